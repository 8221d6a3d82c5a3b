//! The commands of events that were seen, and what comes of them. Each can be repeated where its reply was lost.

use kit_core::deliveries::{EventId, EventRecord, Saved};
use kit_core::oauth::StoreError;
use redis::{Cmd, FromRedisValue, Value, cmd};

use crate::Keys;
use crate::sessions::{mark, script};

/// How long an event is remembered, in seconds: Kit keeps deliveries for 30 days.
const MEMORY: u64 = 31 * 24 * 60 * 60;

/// Saves where the record is the one to be replaced. A save that was done before, and whose reply was lost, has left its
/// mark.
const SAVE: &str = "
local held = redis.call('HMGET', KEYS[1], 'record', 'writer')
if held[2] == ARGV[3] then return 1 end
if (held[1] or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[2], 'writer', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1";

pub(crate) fn load(keys: &Keys, source: &str, id: &EventId) -> Cmd {
    let mut load = cmd("HGET");
    load.arg(keys.event(source, id.as_str())).arg("record");
    load
}

pub(crate) fn loaded(value: Value) -> Result<Option<EventRecord>, StoreError> {
    let json = Option::<Vec<u8>>::from_redis_value(value)?;
    Ok(json.map(|json| serde_json::from_slice(&json)).transpose()?)
}

pub(crate) fn save(
    keys: &Keys,
    source: &str,
    record: &EventRecord,
    replaces: Option<&EventRecord>,
) -> Result<Cmd, StoreError> {
    let mut save = script(SAVE, &[keys.event(source, record.id.as_str())]);
    save.arg(replaces.map(serde_json::to_vec).transpose()?.unwrap_or_default())
        .arg(serde_json::to_vec(record)?)
        .arg(mark()?.as_slice())
        .arg(MEMORY);
    Ok(save)
}

pub(crate) fn saved(value: Value) -> Result<Saved, StoreError> {
    if bool::from_redis_value(value)? { Ok(Saved::Yes) } else { Ok(Saved::Conflict) }
}
