use kit_core::Error;
use kit_core::tags::{
    CreateTag, ListTagSubscribers, ListTags, TagSubscriber, TagSubscriberByEmail, UntagSubscriber,
    UntagSubscriberByEmail, UpdateTag,
};

use super::arguments::{Arguments, either, with};
use super::{Built, built};

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    Ok(match name {
        "GET /v4/tags" => {
            let count = a.get("include").map(|_| true);
            let list =
                either(ListTags::new(), count, (ListTags::with_subscriber_count, |list| list));
            built(a.paged(list)?)
        }
        "POST /v4/tags" => built(CreateTag::new(a.text("name"))?),
        "PUT /v4/tags/{id}" => built(UpdateTag::new(a.id("id"), a.text("name"))?),
        "GET /v4/tags/{tag_id}/subscribers" => {
            let list = ListTagSubscribers::new(a.id("tag_id"))
                .with_tagged(a.range("tagged"))
                .with_created(a.range("created"));
            let status = a.optional_text("status").map(Into::into);
            let list = with(list, status, ListTagSubscribers::with_status);
            built(a.paged(either(list, a.flag("slim"), (ListTagSubscribers::slim, |list| list)))?)
        }
        "POST /v4/tags/{tag_id}/subscribers/{id}" => {
            built(TagSubscriber::new(a.id("tag_id"), a.id("id")))
        }
        "POST /v4/tags/{tag_id}/subscribers" => {
            built(TagSubscriberByEmail::new(a.id("tag_id"), a.text("email_address"))?)
        }
        "DELETE /v4/tags/{tag_id}/subscribers/{id}" => {
            built(UntagSubscriber::new(a.id("tag_id"), a.id("id")))
        }
        "DELETE /v4/tags/{tag_id}/subscribers" => {
            built(UntagSubscriberByEmail::new(a.id("tag_id"), a.text("email_address"))?)
        }
        _ => None,
    })
}
