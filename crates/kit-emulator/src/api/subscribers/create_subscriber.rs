//! `POST /v4/subscribers`.

use http::StatusCode;
use serde_json::Map;

use super::input::{fields, first_name, save};
use crate::api::call::Call;
use crate::changes::subscribers::{Given, is_later, upsert};
use crate::rows::World;
use crate::server::{Input, Reply};

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let input = Input::read(call.request)?;
    let given = Given {
        email_address: input.text("email_address")?.unwrap_or_default(),
        first_name: first_name(&input)?,
        state: input.text("state")?,
        ..Given::default()
    };
    let fields = fields(&input)?;
    let at_once = if is_later(&fields) { Map::new() } else { fields.clone() };
    let given = Given { fields: at_once, ..given };
    let (id, is_new) = upsert(world, given).map_err(Reply::unprocessable)?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(save(world, id, fields, status))
}
