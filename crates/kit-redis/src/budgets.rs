//! The commands of budgets, and what comes of them. Each can be repeated where its reply was lost.

use std::time::Duration;

use kit_core::budgets::{Budget, LoadedBudget, StoreError};
use redis::{Cmd, FromRedisValue, Value};

use crate::Keys;
use crate::sessions::script;

/// The time of the server, and the budget.
const LOAD: &str = "
local time = redis.call('TIME')
return {tonumber(time[1]), tonumber(time[2]), redis.call('HGET', KEYS[1], 'budget')}";

/// Saves where the version is the one to be replaced. A budget that nobody uses counts nothing after two minutes.
const SAVE: &str = "
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'budget', ARGV[3])
redis.call('EXPIRE', KEYS[1], 3600)
return 1";

pub(crate) fn load(keys: &Keys, name: &str) -> Cmd {
    script(LOAD, &[keys.budget(name)])
}

pub(crate) fn loaded(value: Value) -> Result<LoadedBudget, StoreError> {
    let (seconds, microseconds, budget) = <(u64, u32, Option<Vec<u8>>)>::from_redis_value(value)?;
    let now = Duration::from_secs(seconds) + Duration::from_micros(microseconds.into());
    let budget = budget.map(|budget| Budget::from_bytes(&budget)).transpose()?;
    Ok(LoadedBudget::new(budget, now))
}

pub(crate) fn save(keys: &Keys, name: &str, budget: &Budget) -> Result<Cmd, StoreError> {
    let mut save = script(SAVE, &[keys.budget(name)]);
    save.arg(budget.replaces().map(|version| version.to_string()).unwrap_or_default())
        .arg(budget.version())
        .arg(budget.to_bytes()?);
    Ok(save)
}
