//! Data of events that nobody has given: plausible, and the same for the same number.

use serde_json::{Value, json};

fn subscriber(number: u64, created: &str) -> Value {
    json!({
        "id": number,
        "first_name": format!("Subscriber {number}"),
        "email_address": format!("subscriber-{number}@example.com"),
        "state": "active",
        "created_at": created,
        "fields": {"last_name": null},
    })
}

fn tag(created: &str) -> Value {
    json!({"id": 1, "name": "VIP", "created_at": created})
}

fn sequence(created: &str) -> Value {
    json!({"id": 1, "name": "Welcome", "hold": false, "repeat": false, "created_at": created,
        "updated_at": created, "email_template_id": null, "active": true})
}

fn form(created: &str) -> Value {
    json!({"id": 1, "name": "Newsletter", "created_at": created, "type": "embed", "format": null,
        "archived": false, "uid": "0123456789"})
}

fn custom_field() -> Value {
    json!({"id": 1, "name": "ck_field_1_last_name", "key": "last_name", "label": "Last name"})
}

/// The data of an event of this type.
pub(crate) fn data(event_type: &str, number: u64, created: &str) -> Value {
    let subscriber = || subscriber(number, created);
    let (group, name) = event_type.split_once('.').unwrap_or((event_type, ""));
    match (group, name) {
        ("subscriber", "subscribed_to_form") => {
            json!({"subscriber": subscriber(), "form": form(created)})
        }
        ("subscriber", "added_to_sequence" | "sequence_completed") => {
            json!({"subscriber": subscriber(), "sequence": sequence(created)})
        }
        ("subscriber", "tag_added" | "tag_removed") => {
            json!({"subscriber": subscriber(), "tag": tag(created)})
        }
        ("subscriber", "custom_field_value_updated") => {
            let mut field = custom_field();
            if let Some(fields) = field.as_object_mut() {
                fields.insert("value".into(), format!("Name {number}").into());
            }
            json!({"subscriber": subscriber(), "custom_field": field})
        }
        ("subscriber", _) => json!({"subscriber": subscriber()}),
        ("tag", _) => json!({"tag": tag(created)}),
        ("custom_field", _) => json!({"custom_field": custom_field()}),
        ("sequence", _) => json!({"sequence": sequence(created)}),
        ("broadcast", _) => json!({"broadcast": {"id": number, "publication_id": number,
            "created_at": created, "subject": "News", "preview_text": null, "description": null,
            "public": false, "published_at": null, "send_at": created, "status": "completed"}}),
        _ => {
            json!({"post": {"id": number, "publication_id": number, "title": "News", "slug": "news",
            "published_at": created, "is_paid": false,
            "public_url": "https://example.com/posts/news"}})
        }
    }
}

/// The body of a delivery to a legacy webhook.
pub(crate) fn legacy(event: &str, number: u64, created: &str) -> Value {
    match event {
        "purchase.purchase_create" => json!({
            "id": number, "transaction_id": format!("transaction-{number}"), "status": "paid",
            "email_address": format!("subscriber-{number}@example.com"), "currency": "USD",
            "transaction_time": created, "subtotal": 10.0, "discount": 0.0, "tax": 0.0, "total": 10.0,
            "products": [{"quantity": 1, "lid": "1", "unit_price": 10.0, "sku": null, "name": "Book",
                "pid": "1"}],
        }),
        // Their body is not documented.
        "custom_field.field_created" | "custom_field.field_deleted" => {
            json!({"custom_field": custom_field()})
        }
        _ => json!({"subscriber": subscriber(number, created)}),
    }
}
