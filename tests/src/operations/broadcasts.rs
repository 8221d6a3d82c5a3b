use kit_core::broadcasts::{
    CreateBroadcast, DeleteBroadcast, GetBroadcast, GetBroadcastStats, ListBroadcastClicks,
    ListBroadcastStats, ListBroadcasts, RecipientGroup, Recipients, UpdateBroadcast,
};
use kit_core::{EmailTemplateId, Error};

use super::arguments::{Arguments, either, with};
use super::{Built, built};

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    Ok(match name {
        "GET /v4/broadcasts" => {
            let list = ListBroadcasts::new().with_sent(a.range("sent"));
            let list =
                with(list, a.optional_text("status").map(Into::into), ListBroadcasts::with_status);
            let list = either(list, a.flag("slim"), (ListBroadcasts::slim, |list| list));
            built(a.paged(list)?)
        }
        "GET /v4/broadcasts/stats" => {
            let list = ListBroadcastStats::new().with_sent(a.range("sent"));
            let status = a.optional_text("status").map(Into::into);
            built(a.paged(with(list, status, ListBroadcastStats::with_status))?)
        }
        "GET /v4/broadcasts/{broadcast_id}/clicks" => {
            built(a.paged(ListBroadcastClicks::new(a.id("broadcast_id")))?)
        }
        "GET /v4/broadcasts/{broadcast_id}/stats" => {
            built(GetBroadcastStats::new(a.id("broadcast_id")))
        }
        "GET /v4/broadcasts/{id}" => built(GetBroadcast::new(a.id("id"))),
        "DELETE /v4/broadcasts/{id}" => built(DeleteBroadcast::new(a.id("id"))),
        "POST /v4/broadcasts" => {
            let create =
                CreateBroadcast::new(a.text("subject"), a.text("content"), a.time("published_at"))
                    .with_preview_text(a.text("preview_text"))
                    .with_description(a.text("description"))
                    .to(recipients(a));
            let create =
                either(create, a.flag("public"), (CreateBroadcast::public, |create| create));
            let create = with(create, a.parsed("send_at"), CreateBroadcast::with_send_at);
            let starting_point = a.flag("allow_starting_point");
            let create = either(
                create,
                starting_point,
                (CreateBroadcast::allowing_starting_point, |create| create),
            );
            let template = a.number("email_template_id").map(EmailTemplateId::from);
            let create = with(create, template, CreateBroadcast::with_email_template_id);
            let create =
                with(create, a.optional_text("email_address"), CreateBroadcast::with_email_address);
            let create =
                with(create, a.optional_text("thumbnail_alt"), CreateBroadcast::with_thumbnail_alt);
            built(with(
                create,
                a.optional_text("thumbnail_url"),
                CreateBroadcast::with_thumbnail_url,
            ))
        }
        "PUT /v4/broadcasts/{id}" => {
            let update = UpdateBroadcast::partial(a.id("id"));
            let template = a.number("email_template_id").map(EmailTemplateId::from);
            let update = with(update, template, UpdateBroadcast::with_email_template_id);
            let update = with(update, a.optional_text("subject"), UpdateBroadcast::with_subject);
            let update = with(update, a.optional_text("content"), UpdateBroadcast::with_content);
            let published_at = a.parsed("published_at");
            let update = with(update, published_at, UpdateBroadcast::with_published_at);
            let update =
                with(update, a.optional_text("preview_text"), UpdateBroadcast::with_preview_text);
            let update =
                with(update, a.optional_text("description"), UpdateBroadcast::with_description);
            let update = with(update, a.parsed("send_at"), UpdateBroadcast::scheduled_at);
            let update = if a.is_null("send_at") { update.as_draft() } else { update };
            let filter = a.get("subscriber_filter").map(|_| recipients(a));
            let update = with(update, filter, UpdateBroadcast::to);
            let update =
                with(update, a.optional_text("email_address"), UpdateBroadcast::with_email_address);
            let update =
                with(update, a.optional_text("thumbnail_alt"), UpdateBroadcast::with_thumbnail_alt);
            let update =
                with(update, a.optional_text("thumbnail_url"), UpdateBroadcast::with_thumbnail_url);
            let update = either(
                update,
                a.flag("public"),
                (UpdateBroadcast::public, UpdateBroadcast::not_public),
            );
            let clear = |update: UpdateBroadcast, name: &str, clear: fn(UpdateBroadcast) -> _| {
                if a.is_null(name) { clear(update) } else { update }
            };
            let update = clear(update, "published_at", UpdateBroadcast::without_published_at);
            let update = clear(update, "email_address", UpdateBroadcast::without_email_address);
            let update = clear(update, "thumbnail_url", UpdateBroadcast::without_thumbnail);
            let starting_point = a.flag("allow_starting_point");
            built(either(
                update,
                starting_point,
                (UpdateBroadcast::allowing_starting_point, |update| update),
            ))
        }
        _ => None,
    })
}

fn recipients(a: &Arguments) -> Recipients {
    let list = a.list("subscriber_filter");
    let Some(group) = list.first() else { return Recipients::Everyone };
    let groups = |name: &str| -> Option<Vec<RecipientGroup>> {
        group.get(name)?;
        let of = |given: &Arguments| match &*given.text("type") {
            "tag" => {
                RecipientGroup::Tags(given.numbers("ids").into_iter().map(Into::into).collect())
            }
            _ => {
                RecipientGroup::Segments(given.numbers("ids").into_iter().map(Into::into).collect())
            }
        };
        Some(group.list(name).iter().map(of).collect())
    };
    let all = groups("all").map(Recipients::InAll);
    let any = || groups("any").map(Recipients::InAny);
    let none = || groups("none").map(Recipients::InNone);
    all.or_else(any).or_else(none).expect("a group")
}
