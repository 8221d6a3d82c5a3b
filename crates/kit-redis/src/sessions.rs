//! The commands of sessions, and what comes of them. Each can be repeated where its reply was lost.

use kit_core::oauth::{ListedSessions, Record, SaveError, StoreError, StoredSession};
use redis::{Cmd, FromRedisValue, Value, cmd};

use crate::Keys;

/// Saves where the version is the one to be replaced. A save that was done before, and whose reply was lost, has left its
/// mark: it is no conflict.
const SAVE: &str = "
local held = redis.call('HMGET', KEYS[1], 'version', 'writer')
if held[2] == ARGV[3] then return 1 end
if (held[1] or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'writer', ARGV[3], 'record', ARGV[4])
redis.call('ZADD', KEYS[2], 0, ARGV[5])
if ARGV[6] == '1' then redis.call('ZADD', KEYS[3], 0, ARGV[5]) else redis.call('ZREM', KEYS[3], ARGV[5]) end
return 1";

/// Deletes where the version is this one. Where its reply was lost, the second time says that it was not there.
const DELETE: &str = "
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1";

/// Keys in turns with whether the user has to authorize the app again.
const LIST: &str = "
local list = {}
for _, key in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])) do
    list[#list + 1] = key
    list[#list + 1] = redis.call('ZSCORE', KEYS[2], key) and 1 or 0
end
return list";

pub(crate) fn script(text: &str, keys: &[String]) -> Cmd {
    let mut script = cmd("EVAL");
    script.arg(text).arg(keys.len()).arg(keys);
    script
}

/// A random mark, by which a write is recognised whose reply was lost.
pub(crate) fn mark() -> Result<[u8; 16], StoreError> {
    let mut mark = [0; 16];
    getrandom::fill(&mut mark)?;
    Ok(mark)
}

fn of_session(keys: &Keys, key: &str) -> [String; 3] {
    [keys.session(key), keys.sessions(), keys.sessions_needing_authorization()]
}

pub(crate) fn load(keys: &Keys, key: &str) -> Cmd {
    let mut load = cmd("HGET");
    load.arg(keys.session(key)).arg("record");
    load
}

pub(crate) fn loaded(keys: &Keys, key: &str, value: Value) -> Result<Option<Record>, StoreError> {
    let sealed = Option::<Vec<u8>>::from_redis_value(value)?;
    sealed.map(|sealed| Record::open(key, &sealed, &*keys.seal)).transpose()
}

pub(crate) fn save(keys: &Keys, key: &str, record: &Record) -> Result<Cmd, StoreError> {
    let mut save = script(SAVE, &of_session(keys, key));
    save.arg(record.replaces().map(|version| version.to_string()).unwrap_or_default())
        .arg(record.version())
        .arg(mark()?.as_slice())
        .arg(record.sealed(key, &*keys.seal)?.as_slice())
        .arg(key)
        .arg(u8::from(record.needs_authorization()));
    Ok(save)
}

pub(crate) fn saved(value: Value) -> Result<(), SaveError> {
    if bool::from_redis_value(value)? { Ok(()) } else { Err(SaveError::Conflict) }
}

pub(crate) fn delete(keys: &Keys, key: &str, version: u64) -> Cmd {
    let mut delete = script(DELETE, &of_session(keys, key));
    delete.arg(key).arg(version);
    delete
}

pub(crate) fn deleted(value: Value) -> Result<bool, StoreError> {
    Ok(bool::from_redis_value(value)?)
}

pub(crate) fn list(keys: &Keys, which: ListedSessions, after: Option<&str>, limit: usize) -> Cmd {
    let needing = keys.sessions_needing_authorization();
    let listed = match which {
        ListedSessions::All => keys.sessions(),
        ListedSessions::NeedAuthorization => needing.clone(),
    };
    let mut list = script(LIST, &[listed, needing]);
    // `(` is behind, `-` is from the first on. A limit of -1 would be none.
    list.arg(after.map_or("-".into(), |after| format!("({after}")))
        .arg(i64::try_from(limit).unwrap_or(i64::MAX));
    list
}

pub(crate) fn listed(value: Value) -> Result<Vec<StoredSession>, StoreError> {
    let listed = Vec::<(String, bool)>::from_redis_value(value)?;
    Ok(listed.into_iter().map(|(key, needs)| StoredSession::new(key, needs)).collect())
}
