//! Arguments that the documents allow.

use serde_json::{Map, Value, json};

use super::{Arguments, conditions};
use crate::facts::{Field, Kind, Operation, Values};

/// Arguments of an operation, by its documents, and by what is said there in words.
pub fn made_up(operation: &Operation, values: &mut Values) -> Arguments {
    let mut path = Map::new();
    for parameter in &operation.path_parameters {
        path.insert(parameter.name.to_owned(), json!(values.below(1 << 53)));
    }
    let mut query = Map::new();
    for parameter in &operation.query {
        if values.is_there() {
            query.insert(parameter.name.to_owned(), parameter_value(parameter, values));
        }
    }
    if query.contains_key("after") {
        query.remove("before");
    }
    if query.contains_key("starting") {
        query.insert("starting".into(), "2022-12-31".into());
    }
    // Kit sorts and tells so of those alone who have unsubscribed.
    if operation.name() == "GET /v4/subscribers"
        && (query.contains_key("sort_field") || query.contains_key("include"))
    {
        query.insert("status".into(), "cancelled".into());
        let sort_field = query.get("sort_field").and_then(Value::as_str).unwrap_or_default();
        if sort_field.starts_with("engagement__") {
            query.remove("email_address");
        }
    }
    let body = body(operation, values).unwrap_or_default();
    Arguments { path, query, body }
}

fn parameter_value(parameter: &Field, values: &mut Values) -> Value {
    match parameter.name {
        "after" | "before" => json!(values.text()),
        "per_page" => json!(values.below(1000) + 1),
        "include_total_count" | "include_content" | "include_payload" | "archived" | "slim" => {
            json!(true)
        }
        "sent_after" | "sent_before" | "starting" | "ending" => json!(values.date()),
        "email_address" => json!("ann@example.com,bob@example.com"),
        "include" if matches!(&parameter.shape.kind, Kind::Text(texts) if texts.is_empty()) => {
            json!("attribution,tags,location,canceled_at")
        }
        "type" => json!(values.one(&["embed", "hosted"])),
        "snippet_type" => json!(values.one(&["inline", "block"])),
        _ => loop {
            let value = values.field(parameter);
            if !value.is_null() {
                break value;
            }
        },
    }
}

fn body(operation: &Operation, values: &mut Values) -> Option<Value> {
    let name = operation.name();
    let fields = match &*name {
        "DELETE /v4/bulk/tags/subscribers" => {
            return Some(
                json!({"taggings": [{"tag_id": values.below(99), "subscriber_id": values.below(99)}]}),
            );
        }
        "POST /v4/snippets" | "PUT /v4/snippets/{id}" => return Some(snippet(operation, values)),
        _ => operation.body.as_ref()?,
    };
    let mut body = values.object(fields);
    let is_update = operation.method == "PUT";
    // A field that may be null and need not be there is left out, unless null changes something.
    if let Value::Object(body) = &mut body {
        for field in fields {
            let is_null = body.get(field.name).is_some_and(Value::is_null);
            let is_kept = !field.is_optional || is_update || name.ends_with("/emails");
            if is_null && (!is_kept || field.name == "position") {
                body.remove(field.name);
            }
        }
    }
    match &*name {
        // The client sends each type once.
        "POST /v4/webhook_endpoints" | "PATCH /v4/webhook_endpoints/{id}" => {
            if let Some(Value::Array(events)) = body.get_mut("events") {
                let mut seen = Vec::new();
                events.retain(|event| {
                    let is_new = !seen.contains(event);
                    seen.push(event.clone());
                    is_new
                });
            }
        }
        "POST /v4/webhooks" => body["event"] = event(values),
        "POST /v4/subscribers/filter" => {
            let all =
                (0..=values.below(3)).map(|_| conditions::made_up(values)).collect::<Vec<_>>();
            body["all"] = all.into();
            if body.get("sort_field").is_some_and(|field| field == "location__distance") {
                body["sort_field"] = "id".into();
            }
            // A range is of statistics alone.
            let extras = body.get_mut("include").and_then(Value::as_array_mut);
            for extra in extras.into_iter().flatten() {
                if extra["type"] != "stats" {
                    extra.as_object_mut().expect("an object").remove("range");
                }
            }
        }
        "POST /v4/subscribers" | "PUT /v4/subscribers/{id}" => {
            if let Some(fields) = body.get_mut("fields") {
                *fields = json!({"last_name": values.text(), "company": values.text()});
            }
        }
        "POST /v4/broadcasts" | "PUT /v4/broadcasts/{id}" => {
            // The picture and its text are removed together.
            let no_picture = body.get("thumbnail_url").is_some_and(Value::is_null)
                || body.get("thumbnail_alt").is_some_and(Value::is_null);
            if is_update && no_picture {
                body["thumbnail_url"] = Value::Null;
                body["thumbnail_alt"] = Value::Null;
            }
            // A time, or none, goes with whether the broadcast is public.
            if is_update && let Some(send_at) = body.get("send_at") {
                body["public"] = (!send_at.is_null()).into();
            }
            if body.get("allow_starting_point").is_some() {
                body["allow_starting_point"] = true.into();
            }
            if body.get("subscriber_filter").is_some() {
                body["subscriber_filter"] = recipients(values);
            }
        }
        // A delay has a value and a unit, and days do not go with hours.
        "POST /v4/sequences/{sequence_id}/emails"
        | "PUT /v4/sequences/{sequence_id}/emails/{id}"
            if (body.get("delay_value").is_some() || body.get("delay_unit").is_some()) =>
        {
            let unit = values.one(&["days", "hours"]);
            body["delay_value"] = json!(values.below(99) + 1);
            body["delay_unit"] = json!(unit);
            if let (Value::Object(body), "hours") = (&mut body, unit) {
                body.remove("send_days");
            }
        }
        // The schema does not require it, and the text does.
        "POST /v4/sequences" if body.get("name").is_none() => body["name"] = values.text().into(),
        "POST /v4/purchases" => {
            body["purchase"]["currency"] = "USD".into();
        }
        "POST /v4/subscribers/{subscriber_id}/location"
        | "PATCH /v4/subscribers/{subscriber_id}/location" => {
            body["location"]["country_code"] = "US".into();
        }
        "POST /v4/webhook_endpoints/{id}/rotate_secret" if body.get("force").is_some() => {
            body["force"] = true.into();
        }
        _ => {}
    }
    if let Value::Object(object) = &mut body {
        object
            .retain(|key, value| !value.is_null() || fields.iter().any(|field| field.name == key));
    }
    without_null_in_items(&name, &mut body);
    Some(body)
}

/// An item of a bulk request has no null: Kit refuses it.
fn without_null_in_items(name: &str, body: &mut Value) {
    if !name.contains("/v4/bulk/") {
        return;
    }
    for list in body.as_object_mut().into_iter().flat_map(Map::values_mut) {
        for item in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            item.retain(|_, value| !value.is_null());
            for (id, list) in [
                ("subscriber_id", "taggings"),
                ("tag_id", "taggings"),
                ("form_id", "forms"),
                ("subscriber_id", "subscribers"),
            ] {
                if name.contains("/subscribers")
                    && name != "POST /v4/bulk/subscribers"
                    && !item.contains_key(id)
                {
                    let is_its = match list {
                        "taggings" => name.contains("/tags/"),
                        "forms" => name.contains("/forms/"),
                        _ => true,
                    };
                    if is_its {
                        item.insert(id.into(), json!(7));
                    }
                }
            }
            if name == "POST /v4/bulk/subscribers" {
                item.entry("email_address").or_insert_with(|| "ann@example.com".into());
            }
        }
    }
}

fn snippet(operation: &Operation, values: &mut Values) -> Value {
    let mut body = Map::new();
    let is_create = operation.method == "POST";
    if is_create || values.is_there() {
        body.insert("name".into(), values.text().into());
    }
    if !is_create && values.is_there() {
        body.insert("archived".into(), json!(values.below(2) == 0));
    }
    if is_create || values.is_there() {
        if values.below(2) == 0 {
            body.insert("snippet_type".into(), "inline".into());
            body.insert("content".into(), values.text().into());
        } else {
            body.insert("snippet_type".into(), "block".into());
            body.insert("document_attributes".into(), json!({"value_html": values.text()}));
        }
    }
    Value::Object(body)
}

fn event(values: &mut Values) -> Value {
    let (name, parameter) = values.one(&[
        ("subscriber.subscriber_activate", None),
        ("subscriber.form_subscribe", Some("form_id")),
        ("subscriber.tag_add", Some("tag_id")),
        ("subscriber.course_subscribe", Some("sequence_id")),
        ("subscriber.product_purchase", Some("product_id")),
        ("custom_field.field_value_updated", Some("custom_field_id")),
    ]);
    let mut event = json!({"name": name, "form_id": null, "tag_id": null, "sequence_id": null,
        "product_id": null, "initiator_value": null, "custom_field_id": null});
    if let Some(parameter) = parameter {
        event[parameter] = json!(values.below(99));
    }
    event
}

fn recipients(values: &mut Values) -> Value {
    let of = ["all", "any", "none"];
    let Some(of) = of.get(values.index(4)) else { return json!([]) };
    let mut group = json!({"all": null, "any": null, "none": null});
    group[of] =
        json!([{"type": "tag", "ids": [values.below(99)]}, {"type": "segment", "ids": [3, 4]}]);
    json!([group])
}
