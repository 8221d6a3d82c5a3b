//! `GET /v4/webhooks`: cursor pages, oldest first.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::json;

use crate::account::{Account, Webhook};
use crate::reply::Reply;

const DEFAULT_PER_PAGE: usize = 500;
const MAX_PER_PAGE: usize = 1000;

pub(crate) fn list_webhooks(account: &Account, query: &str) -> Reply {
    match Page::read(query) {
        Ok(page) => page.of(account.webhooks()),
        Err(message) => Reply::unprocessable(message),
    }
}

struct Page {
    from: From,
    per_page: usize,
    include_total_count: bool,
}

enum From {
    Start,
    After(u64),
    Before(u64),
}

impl Page {
    fn read(query: &str) -> Result<Self, String> {
        let mut page =
            Self { from: From::Start, per_page: DEFAULT_PER_PAGE, include_total_count: false };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "after" | "before" if !matches!(page.from, From::Start) => {
                    return Err("`after` and `before` exclude each other".into());
                }
                "after" => page.from = From::After(read_cursor("after", &value)?),
                "before" => page.from = From::Before(read_cursor("before", &value)?),
                "per_page" => {
                    let asked = value.parse().ok().filter(|n| (1..=MAX_PER_PAGE).contains(n));
                    page.per_page = asked.ok_or("`per_page` must be from 1 to 1000")?;
                }
                "include_total_count" => page.include_total_count = value == "true",
                _ => {}
            }
        }
        Ok(page)
    }

    fn of(&self, all: &[Webhook]) -> Reply {
        let (first, last) = match self.from {
            From::Start => (0, self.per_page),
            From::After(id) => {
                let first = all.partition_point(|webhook| webhook.id <= id);
                (first, first + self.per_page)
            }
            From::Before(id) => {
                let last = all.partition_point(|webhook| webhook.id < id);
                (last.saturating_sub(self.per_page), last)
            }
        };
        let last = last.min(all.len());
        let page = all.get(first..last).unwrap_or_default();
        let mut pagination = json!({
            "has_previous_page": first > 0,
            "has_next_page": last < all.len(),
            "start_cursor": page.first().map(cursor),
            "end_cursor": page.last().map(cursor),
            "per_page": self.per_page,
        });
        if let (true, Some(fields)) = (self.include_total_count, pagination.as_object_mut()) {
            fields.insert("total_count".into(), all.len().into());
        }
        let webhooks: Vec<_> = page.iter().map(Webhook::to_json).collect();
        Reply::json(StatusCode::OK, json!({"webhooks": webhooks, "pagination": pagination}))
    }
}

/// Opaque to clients; holds what a query must encode.
fn cursor(webhook: &Webhook) -> String {
    STANDARD.encode(format!("\u{ff}\u{ff}{}", webhook.id))
}

fn read_cursor(field: &str, cursor: &str) -> Result<u64, String> {
    let id = STANDARD.decode(cursor).ok().and_then(|text| String::from_utf8(text).ok());
    id.and_then(|id| id.trim_start_matches('\u{ff}').parse().ok())
        .ok_or_else(|| format!("`{field}` is not a cursor"))
}
