//! The resources with few operations.

use kit_core::Error;
use kit_core::custom_fields::{
    CreateCustomField, DeleteCustomField, ListCustomFields, UpdateCustomField,
};
use kit_core::email_templates::ListEmailTemplates;
use kit_core::posts::{GetPost, ListPosts};
use kit_core::segments::ListSegments;

use super::arguments::{Arguments, either};
use super::{Built, built};

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    Ok(match name {
        "GET /v4/custom_fields" => built(a.paged(ListCustomFields::new())?),
        "POST /v4/custom_fields" => built(CreateCustomField::new(a.text("label"))?),
        "PUT /v4/custom_fields/{id}" => built(UpdateCustomField::new(a.id("id"), a.text("label"))?),
        "DELETE /v4/custom_fields/{id}" => built(DeleteCustomField::new(a.id("id"))),
        "GET /v4/email_templates" => built(a.paged(ListEmailTemplates::new())?),
        "GET /v4/posts" => {
            let content = a.flag("include_content");
            built(a.paged(either(
                ListPosts::new(),
                content,
                (ListPosts::with_content, |list| list),
            ))?)
        }
        "GET /v4/posts/{id}" => built(GetPost::new(a.id("id"))),
        "GET /v4/segments" => built(a.paged(ListSegments::new())?),
        _ => None,
    })
}
