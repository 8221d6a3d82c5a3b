use kit_core::Error;
use kit_core::bulk::{
    BulkAddSubscribersToForms, BulkCreateCustomFields, BulkCreateSubscribers, BulkCreateTags,
    BulkDeleteTags, BulkTagSubscribers, BulkUntagSubscribers, BulkUpdateCustomFieldValues,
    CustomFieldValue, FormAddition, NewCustomField, NewSubscriber, NewTag, Tagging,
};

use super::arguments::{Arguments, with, with_checked};
use super::{Built, built};

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    Ok(match name {
        "POST /v4/bulk/subscribers" => {
            let items = a.list("subscribers");
            let operation = BulkCreateSubscribers::new(items.iter().map(new_subscriber))?;
            built(with_checked(
                operation,
                a.optional_text("callback_url"),
                BulkCreateSubscribers::with_callback_url,
            )?)
        }
        "POST /v4/bulk/tags" => {
            let items = a.list("tags");
            let operation =
                BulkCreateTags::new(items.iter().map(|item| NewTag::new(item.text("name"))))?;
            built(with_checked(
                operation,
                a.optional_text("callback_url"),
                BulkCreateTags::with_callback_url,
            )?)
        }
        "DELETE /v4/bulk/tags" => {
            let items = a.list("tags");
            let operation = BulkDeleteTags::new(items.iter().map(|item| item.id("id")))?;
            built(with_checked(
                operation,
                a.optional_text("callback_url"),
                BulkDeleteTags::with_callback_url,
            )?)
        }
        "POST /v4/bulk/tags/subscribers" => {
            let items = a.list("taggings");
            let operation = BulkTagSubscribers::new(items.iter().map(tagging))?;
            built(with_checked(
                operation,
                a.optional_text("callback_url"),
                BulkTagSubscribers::with_callback_url,
            )?)
        }
        "DELETE /v4/bulk/tags/subscribers" => {
            let items = a.list("taggings");
            let operation = BulkUntagSubscribers::new(items.iter().map(tagging))?;
            built(with_checked(
                operation,
                a.optional_text("callback_url"),
                BulkUntagSubscribers::with_callback_url,
            )?)
        }
        "POST /v4/bulk/custom_fields" => {
            let items = a.list("custom_fields");
            let operation = BulkCreateCustomFields::new(
                items.iter().map(|item| NewCustomField::new(item.text("label"))),
            )?;
            built(with_checked(
                operation,
                a.optional_text("callback_url"),
                BulkCreateCustomFields::with_callback_url,
            )?)
        }
        "POST /v4/bulk/custom_fields/subscribers" => {
            let items = a.list("custom_field_values");
            let operation = BulkUpdateCustomFieldValues::new(items.iter().map(value))?;
            built(with_checked(
                operation,
                a.optional_text("callback_url"),
                BulkUpdateCustomFieldValues::with_callback_url,
            )?)
        }
        "POST /v4/bulk/forms/subscribers" => {
            let items = a.list("additions");
            let operation = BulkAddSubscribersToForms::new(items.iter().map(addition))?;
            built(with_checked(
                operation,
                a.optional_text("callback_url"),
                BulkAddSubscribersToForms::with_callback_url,
            )?)
        }
        _ => None,
    })
}

fn new_subscriber(item: &Arguments) -> NewSubscriber {
    let new = NewSubscriber::new(item.text("email_address"));
    let new = with(new, item.optional_text("first_name"), NewSubscriber::with_first_name);
    with(new, item.optional_text("state").map(Into::into), NewSubscriber::with_state)
}

fn tagging(item: &Arguments) -> Tagging {
    Tagging::new(item.id("tag_id"), item.id("subscriber_id"))
}

fn value(item: &Arguments) -> CustomFieldValue {
    let field = item.id("subscriber_custom_field_id");
    CustomFieldValue::new(item.id("subscriber_id"), field, item.text("value"))
}

fn addition(item: &Arguments) -> FormAddition {
    let addition = FormAddition::new(item.id("form_id"), item.id("subscriber_id"));
    with(addition, item.optional_text("referrer"), FormAddition::with_referrer)
}
