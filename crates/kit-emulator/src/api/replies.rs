//! Replies in the shapes that the operations share.

use http::StatusCode;
use serde_json::{Map, Value};

use super::call::Call;
use crate::server::Reply;
use crate::world::{Page, Row, Table};

/// A page of a table, from the newest row to the oldest, as a reply.
pub(super) fn page<'t, R: Row>(
    call: &Call<'_>,
    name: &str,
    table: &'t Table<R>,
    is_asked_for: impl Fn(&R) -> bool,
    to_json: impl FnMut(&'t R) -> Value,
) -> Result<Reply, Reply> {
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let (rows, pagination) = page.of(table, is_asked_for);
    Ok(listed(name, rows.into_iter().map(to_json).collect(), pagination))
}

/// The same of rows that are in no table, in the order of their ids.
pub(super) fn page_of_rows<R: Row>(
    call: &Call<'_>,
    name: &str,
    rows: impl Iterator<Item = R>,
    to_json: impl FnMut(R) -> Value,
) -> Result<Reply, Reply> {
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let (rows, pagination) = page.of_rows(rows);
    Ok(listed(name, rows.into_iter().map(to_json).collect(), pagination))
}

/// A list with its position.
pub(super) fn listed(name: &str, rows: Value, pagination: Value) -> Reply {
    let mut body = Map::new();
    body.insert(name.into(), rows);
    body.insert("pagination".into(), pagination);
    Reply::json(StatusCode::OK, body.into())
}

/// Every row.
pub(super) fn all<R>(_: &R) -> bool {
    true
}

pub(super) fn ok(name: &str, value: Value) -> Reply {
    Reply::json(StatusCode::OK, Value::Object(Map::from_iter([(name.to_owned(), value)])))
}

pub(super) fn created(name: &str, value: Value) -> Reply {
    Reply::json(StatusCode::CREATED, Value::Object(Map::from_iter([(name.to_owned(), value)])))
}

/// The reply with a thing that was there already, or is new.
pub(super) fn upserted(name: &str, value: Value, is_new: bool) -> Reply {
    if is_new { created(name, value) } else { ok(name, value) }
}

pub(super) fn no_content() -> Reply {
    Reply::empty(StatusCode::NO_CONTENT)
}

/// The table has no room.
pub(super) fn full(_: crate::world::Full) -> Reply {
    Reply::unprocessable("This Kit holds no more of them: delete some")
}
