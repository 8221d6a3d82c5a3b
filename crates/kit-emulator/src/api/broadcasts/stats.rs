//! How broadcasts did: made up, as `engagement` says.

use http::StatusCode;
use serde_json::{Value, json};

use super::handlers;
use crate::api::call::Call;
use crate::api::replies::{ok, page};
use crate::rows::engagement::{is_clicked, is_opened, percentage, rate};
use crate::rows::{Broadcast, World};
use crate::server::Reply;
use crate::world::{Page, Row};

/// How far statistics reach back. An older broadcast has none.
const YEARS: i16 = 5;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let now = world.clock.time();
    let (filters, since) = (handlers::Filters::read(call)?, since(&now));
    let rows = world.tables.broadcasts.rows();
    let is_asked_for = |broadcast: &Broadcast| {
        filters.let_through(broadcast, &now) && !is_too_old(broadcast, &since)
    };
    page(call, "broadcasts", rows, is_asked_for, |broadcast| {
        let mut json = with_stats(broadcast, &now);
        json["subject"] = broadcast.subject.clone().unwrap_or_default().into();
        json["send_at"] = broadcast.send_at.as_deref().into();
        json
    })
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let now = world.clock.time();
    let broadcast = world.tables.broadcasts.get(call.first_id()?).ok_or_else(Reply::not_found)?;
    if is_too_old(broadcast, &since(&now)) {
        let message = "Statistics are available for the last five years";
        return Err(Reply::error(StatusCode::BAD_REQUEST, message));
    }
    Ok(ok("broadcast", with_stats(broadcast, &now)))
}

fn is_too_old(broadcast: &Broadcast, since: &str) -> bool {
    broadcast.is_sent && broadcast.sent_at().as_str() < since
}

/// The time so many years ago, as texts of times are compared.
fn since(now: &str) -> String {
    let (year, rest) = now.split_at_checked(4).unwrap_or_default();
    let year = year.parse::<i16>().unwrap_or_default().saturating_sub(YEARS);
    format!("{year:04}{rest}")
}

/// How many recipients opened a broadcast, and how many clicked.
fn counts(broadcast: &Broadcast) -> (usize, usize) {
    let recipients = || broadcast.recipients.iter();
    let opened = recipients().filter(|id| is_opened(broadcast.id, **id)).count();
    (opened, recipients().filter(|id| is_clicked(broadcast, **id)).count())
}

fn with_stats(broadcast: &Broadcast, now: &str) -> Value {
    let recipients = broadcast.recipients.len();
    let (opened, clicked) = counts(broadcast);
    let stats = json!({
        "recipients": recipients,
        "open_rate": percentage(opened, recipients),
        "emails_opened": opened,
        "click_rate": percentage(clicked, recipients),
        "unsubscribe_rate": 0.0,
        "unsubscribes": 0,
        "total_clicks": clicked * broadcast.links().len(),
        "show_total_clicks": true,
        "status": broadcast.status(now),
        "progress": if broadcast.is_sent { 100.0 } else { 0.0 },
        "open_tracking_disabled": false,
        "click_tracking_disabled": false,
    });
    json!({"id": broadcast.id, "stats": stats})
}

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
