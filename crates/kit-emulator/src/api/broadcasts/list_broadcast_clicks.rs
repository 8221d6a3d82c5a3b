//! `GET /v4/broadcasts/{broadcast_id}/clicks`.

use serde_json::{Value, json};

use super::stats::counts;
use crate::api::call::Call;
use crate::rows::World;
use crate::rows::engagement::rate;
use crate::server::Reply;
use crate::world::{Page, Row};

/// A link of a broadcast, by its place.
struct Link {
    place: u64,
    url: String,
}

impl Row for Link {
    fn id(&self) -> u64 {
        self.place
    }
}

pub(super) fn clicks(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let broadcast = world.tables.broadcasts.get(call.first_id()?).ok_or_else(Reply::not_found)?;
    let links: Vec<Link> =
        (1..).zip(broadcast.links()).map(|(place, url)| Link { place, url }).collect();
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let (links, pagination) = page.of_rows(links.into_iter());
    let (opened, clicked) = counts(broadcast);
    let clicks: Vec<Value> = links
        .into_iter()
        .map(|link| {
            json!({
                "id": link.place,
                "url": link.url,
                "unique_clicks": clicked,
                "click_to_delivery_rate": rate(clicked, broadcast.recipients.len()),
                "click_to_open_rate": rate(clicked, opened),
            })
        })
        .collect();
    let body =
        json!({"broadcast": {"id": broadcast.id, "clicks": clicks}, "pagination": pagination});
    Ok(Reply::json(http::StatusCode::OK, body))
}
