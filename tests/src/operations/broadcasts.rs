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
            let update = UpdateBroadcast::new(
                a.id("id"),
                a.id("email_template_id"),
                a.text("subject"),
                a.text("content"),
                a.time("published_at"),
                recipients(a),
            )
            .with_preview_text(a.text("preview_text"))
            .with_description(a.text("description"));
            let update = with(update, a.parsed("send_at"), UpdateBroadcast::scheduled_at);
            let update =
                with(update, a.optional_text("email_address"), UpdateBroadcast::with_email_address);
            let update =
                with(update, a.optional_text("thumbnail_alt"), UpdateBroadcast::with_thumbnail_alt);
            built(with(
                update,
                a.optional_text("thumbnail_url"),
                UpdateBroadcast::with_thumbnail_url,
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
