//! What is queued, and who is told when it is done.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::Operation;
use crate::api::World;
use crate::api::later::Later;
use crate::server::Reply;

/// How many bytes may be queued: 300 MB for all bulk operations together.
const MAX_BYTES: usize = 300_000_000;

/// Kit's message.
const TOO_MUCH: &str = "This request exceeds your queued bulk requests limit. Please wait while we process your existing requests and try again later.";

/// The URLs that results are posted to, by the number of their delivery. Those of the last thousand are kept.
#[derive(Debug, Default)]
pub(crate) struct Callbacks {
    urls: BTreeMap<u64, String>,
    last: u64,
}

impl Callbacks {
    pub(crate) fn url(&self, number: u64) -> Option<&str> {
        self.urls.get(&number).map(String::as_str)
    }

    pub(in crate::api) fn add(&mut self, url: String) -> u64 {
        self.last += 1;
        self.urls.insert(self.last, url);
        if self.urls.len() > 1000 {
            self.urls.pop_first();
        }
        self.last
    }
}

pub(super) fn enqueue(
    world: &mut World,
    operation: Operation,
    items: Vec<Value>,
    callback_url: Option<String>,
    bytes: usize,
) -> Result<Reply, Reply> {
    if world.tables.later.bytes().saturating_add(bytes) > MAX_BYTES {
        return Err(Reply::error(StatusCode::PAYLOAD_TOO_LARGE, TOO_MUCH));
    }
    Later::bulk(world, operation, items, callback_url, bytes);
    Ok(Reply::json(StatusCode::ACCEPTED, json!({})))
}
