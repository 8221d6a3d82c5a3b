//! Arguments that a server takes: those that the documents allow, with ids that exist and texts that mean something.

use serde_json::{Map, Value, json};

use super::Ids;
use crate::facts::{Operation, Values, Variant};
use crate::operations::{Arguments, made_up};

/// Far away: nothing is sent by this run.
const FUTURE: &str = "2099-01-27T11:43:55Z";

pub(super) fn arguments(
    operation: &Operation,
    variant: Variant,
    ids: &mut Ids<'_>,
) -> Result<Arguments, String> {
    let mut arguments = made_up(operation, &mut Values::new(1, variant));
    let name = operation.name();
    for (parameter, value) in &mut arguments.path {
        *value = path_id(operation, parameter, ids)?.into();
    }
    query(&mut arguments.query, operation, ids)?;
    if let Some(body) = body(&name, variant, ids)? {
        arguments.body = body;
    } else if let Value::Object(body) = &mut arguments.body {
        sensible(body, variant, ids)?;
    }
    Ok(arguments)
}

/// Things that are deleted or rotated are made anew.
fn path_id(operation: &Operation, parameter: &str, ids: &mut Ids<'_>) -> Result<u64, String> {
    let path = operation.path;
    let kind = match parameter {
        "id" if path.starts_with("/v4/webhook_endpoints") => "webhook_endpoint",
        "id" if path.starts_with("/v4/webhooks") => "webhook",
        "id" if path.ends_with("/subscribers/{id}") => "subscriber",
        "id" if path.ends_with("/emails/{id}") => "sequence_email",
        "id" if path.starts_with("/v4/subscribers") => "subscriber",
        "id" => path.split('/').nth(2).unwrap_or_default().trim_end_matches('s'),
        other => other.trim_end_matches("_id"),
    };
    let is_last = path.ends_with(&format!("{{{parameter}}}"));
    let is_deleted = operation.method == "DELETE" && is_last && kind != "subscriber";
    if is_deleted || path.ends_with("/rotate_secret") {
        return ids.of_new(kind);
    }
    if path.ends_with("/location") && operation.method == "DELETE" {
        let subscriber = ids.of_new("subscriber")?;
        let pin = "/v4/subscribers/{subscriber_id}/location";
        ids.call("POST", pin, &json!({"subscriber_id": subscriber}), location())?;
        return Ok(subscriber);
    }
    ids.of(kind)
}

fn query(
    query: &mut Map<String, Value>,
    operation: &Operation,
    ids: &mut Ids<'_>,
) -> Result<(), String> {
    query.remove("before");
    if query.remove("after").is_some() && !operation.path.contains('{') {
        // A cursor that exists: that of the first page.
        let path: &'static str = operation.path;
        let first = ids.call("GET", path, &json!({}), Value::Null)?;
        if let Some(cursor) = first["pagination"]["end_cursor"].as_str() {
            query.insert("after".into(), cursor.into());
        }
    }
    if let Some(per_page) = query.get_mut("per_page") {
        *per_page = json!(50);
    }
    if query.contains_key("sort_field") {
        // Nobody may have unsubscribed: there is no cursor.
        query.remove("after");
        query.insert("status".into(), "cancelled".into());
    }
    if query.contains_key("event_type") {
        query.insert("event_type".into(), "tag.created".into());
    }
    if query.contains_key("ending") {
        query.insert("ending".into(), "2023-12-31".into());
    }
    Ok(())
}

/// The address of a subscriber that exists.
fn known_address(ids: &mut Ids<'_>) -> Result<String, String> {
    let email_address = ids.email_address();
    ids.call("POST", "/v4/subscribers", &json!({}), json!({"email_address": email_address}))?;
    Ok(email_address)
}

fn location() -> Value {
    json!({"location": {"city": "Boise", "state_province": "Idaho", "country_code": "US",
        "latitude": 43.6, "longitude": -116.2, "timezone": "America/Boise"}})
}

/// The bodies that are made of ids.
fn body(name: &str, variant: Variant, ids: &mut Ids<'_>) -> Result<Option<Value>, String> {
    let is_full = variant == Variant::Full;
    let callback = |mut body: Value| {
        if is_full {
            body["callback_url"] = "https://example.com/callback".into();
        }
        body
    };
    Ok(Some(match name {
        "POST /v4/bulk/subscribers" => {
            let item = json!({"email_address": ids.email_address()});
            let whole = json!({"email_address": ids.email_address(), "first_name": "Ann", "state": "inactive"});
            callback(json!({"subscribers": if is_full { vec![item, whole] } else { vec![item] }}))
        }
        "POST /v4/bulk/tags" => callback(json!({"tags": [{"name": ids.name()}]})),
        "DELETE /v4/bulk/tags" => {
            callback(json!({"tags": [{"id": ids.of_new("tag")?}, {"id": 1_u64 << 50}]}))
        }
        "POST /v4/bulk/tags/subscribers" | "DELETE /v4/bulk/tags/subscribers" => {
            let tagging = json!({"tag_id": ids.of("tag")?, "subscriber_id": ids.of("subscriber")?});
            callback(json!({"taggings": [tagging]}))
        }
        "POST /v4/bulk/custom_fields" => {
            callback(json!({"custom_fields": [{"label": ids.name()}]}))
        }
        "POST /v4/bulk/custom_fields/subscribers" => {
            let value = json!({"subscriber_id": ids.of("subscriber")?,
                "subscriber_custom_field_id": ids.of("custom_field")?, "value": "x"});
            callback(json!({"custom_field_values": [value], "callback_url": null}))
        }
        "POST /v4/bulk/forms/subscribers" => {
            let mut addition =
                json!({"form_id": ids.of("form")?, "subscriber_id": ids.of("subscriber")?});
            if is_full {
                addition["referrer"] = "https://example.com/?utm_source=news".into();
            }
            callback(json!({"additions": [addition]}))
        }
        "POST /v4/purchases" => ids.purchase(),
        "POST /v4/subscribers/filter" => filter(is_full, ids)?,
        "POST /v4/subscribers/{subscriber_id}/location"
        | "PATCH /v4/subscribers/{subscriber_id}/location" => location(),
        "POST /v4/forms/{form_id}/subscribers"
        | "POST /v4/sequences/{sequence_id}/subscribers"
        | "POST /v4/tags/{tag_id}/subscribers"
        | "DELETE /v4/tags/{tag_id}/subscribers" => {
            let mut body = json!({"email_address": known_address(ids)?});
            if is_full && name.contains("/forms/") {
                body["referrer"] = "https://example.com/?utm_source=news".into();
            }
            body
        }
        "PUT /v4/snippets/{id}" if is_full => {
            json!({"name": ids.name(), "archived": false, "snippet_type": "inline", "content": "y"})
        }
        "POST /v4/webhook_endpoints" | "PATCH /v4/webhook_endpoints/{id}" if is_full => {
            let mut body = json!({"url": "https://example.com/kit", "events": ["tag.created"],
                "name": ids.name(), "description": "a run of every operation"});
            if name.starts_with("PATCH") {
                body["status"] = "active".into();
            }
            body
        }
        "POST /v4/webhook_endpoints" => {
            json!({"url": "https://example.com/kit", "events": ["subscriber.tag_added"]})
        }
        _ => return Ok(None),
    }))
}

fn filter(is_full: bool, ids: &mut Ids<'_>) -> Result<Value, String> {
    if !is_full {
        return Ok(json!({"all": [{"type": "subscriber_state", "states": ["active"]}]}));
    }
    let of_broadcast = json!([{"type": "broadcasts", "ids": [ids.of("broadcast")?]}]);
    Ok(json!({
        "all": [
            {"type": "opens", "count_less_than": 99, "after": "2023-01-01", "before": "2099-01-01", "any": of_broadcast},
            {"type": "clicks", "count_less_than_or_equal": 99,
                "any": [{"type": "urls", "urls": ["https://example.com"], "matching": "starts_with"}]},
            {"type": "sent", "count_less_than": 99},
            {"type": "delivered", "count_less_than": 99},
            {"type": "subscribed", "after": "2023-01-01"},
            {"type": "subscriber_state", "states": ["active", "inactive"]},
            {"type": "tags", "any": [{"type": "ids", "matching": [ids.of("tag")?]}]},
            {"type": "attribution", "any": [{"type": "forms", "ids": [ids.of("form")?]}]},
            {"type": "custom_field", "subscriber_custom_field_id": ids.of("custom_field")?,
                "comparison": "contains", "value": "x"},
            {"type": "location", "latitude": 43.6, "longitude": -116.2, "radius": 50.0},
        ],
        "counting_mode": "unique_email",
        "include": [{"type": "attribution"}, {"type": "tags"}, {"type": "location"}, {"type": "canceled_at"},
            {"type": "stats", "range": {"start": "2023-01-01", "end": "2099-01-01"}}, {"type": "custom_fields"}],
        "sort_field": "location__distance",
        "sort_order": "asc",
    }))
}

/// Texts by what their names say, and ids that exist.
fn sensible(
    body: &mut Map<String, Value>,
    variant: Variant,
    ids: &mut Ids<'_>,
) -> Result<(), String> {
    for (key, value) in body.iter_mut() {
        match key.as_str() {
            "email_address" if !value.is_null() => *value = ids.email_address().into(),
            "name" | "label" | "subject" => *value = ids.name().into(),
            "first_name" => *value = "Ann".into(),
            "description" | "preview_text" => *value = "A description".into(),
            "content" if !value.is_null() => {
                *value = "<p><a href=\"https://example.com/a\">Hello</a></p>".into();
            }
            "send_at" => *value = FUTURE.into(),
            "published_at" => *value = "2023-01-27T11:43:55Z".into(),
            "email_template_id" if !value.is_null() => *value = ids.of("email_template")?.into(),
            "thumbnail_url" => *value = "https://example.com/picture.png".into(),
            "thumbnail_alt" => *value = "A picture".into(),
            "time_zone" => *value = "America/New_York".into(),
            "referrer" => *value = "https://example.com/?utm_source=news".into(),
            "delay_value" => *value = json!(1),
            "delay_unit" => *value = "days".into(),
            "position" => *value = ids.position().into(),
            "subscriber_filter" => {
                let of_tag = json!([{"type": "tag", "ids": [ids.of("tag")?]}]);
                let group = json!([{"all": of_tag, "any": null, "none": null}]);
                *value = if variant == Variant::Full { group } else { json!([]) };
            }
            "exclude_subscriber_sources" => {
                *value = json!([{"type": "tag", "ids": [ids.of("tag")?]}]);
            }
            "event" => {
                *value = json!({"name": "subscriber.tag_add", "tag_id": ids.of("tag")?, "form_id": null,
                    "sequence_id": null, "product_id": null, "initiator_value": null, "custom_field_id": null});
            }
            "fields" => *value = json!({"last_name": "Lee"}),
            // Nobody could be added to a sequence that is paused.
            "active" => *value = true.into(),
            "colors" => *value = json!(["#000000", "#1e7ba5"]),
            _ => {}
        }
    }
    Ok(())
}
