//! `GET /v4/purchases`: the account has none.

use http::StatusCode;
use serde_json::json;

use super::World;
use super::call::Call;
use crate::server::Reply;
use crate::world::{Page, Row, Table};

/// Nobody makes one.
enum Purchase {}

impl Row for Purchase {
    fn id(&self) -> u64 {
        match *self {}
    }
}

pub(super) fn list(_: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let (_, pagination) = page.of(&Table::<Purchase>::default());
    Ok(Reply::json(StatusCode::OK, json!({"purchases": [], "pagination": pagination})))
}
