use kit_core::Error;
use kit_core::subscribers::{
    CreateSubscriber, DeleteLocation, FilterExtra, FilterSubscribers, GetSubscriber,
    GetSubscriberStats, ListSubscriberTags, ListSubscribers, PinLocation, PinnedLocation,
    StatsRange, SubscriberExtra, Unsubscribe, UpdateLocation, UpdateSubscriber,
};

use super::arguments::{Arguments, either, with, with_checked};
use super::{Built, built, conditions};

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    Ok(match name {
        "GET /v4/subscribers" => {
            let list = ListSubscribers::new()
                .with_created(a.range("created"))
                .with_updated(a.range("updated"));
            let list = with(list, a.optional_text("email_address"), |list, text| {
                list.with_email_addresses(text.split(','))
            });
            let list = with(list, a.optional_text("include"), |list, text| {
                list.including(text.split(',').map(SubscriberExtra::from))
            });
            let list =
                with(list, a.optional_text("status").map(Into::into), ListSubscribers::with_status);
            let sort_field = a.optional_text("sort_field").map(Into::into);
            let list = with(list, sort_field, ListSubscribers::with_sort_field);
            let sort_order = a.optional_text("sort_order").map(Into::into);
            let list = with(list, sort_order, ListSubscribers::with_sort_order);
            built(a.paged(either(list, a.flag("slim"), (ListSubscribers::slim, |list| list)))?)
        }
        "POST /v4/subscribers" => {
            let create = CreateSubscriber::new(a.text("email_address"))?;
            let create =
                with(create, a.optional_text("first_name"), CreateSubscriber::with_first_name);
            let create = with(
                create,
                a.optional_text("state").map(Into::into),
                CreateSubscriber::with_state,
            );
            built(
                fields(a)
                    .into_iter()
                    .fold(create, |create, (key, value)| create.with_field(key, value)),
            )
        }
        "PUT /v4/subscribers/{id}" => {
            let update = with_checked(
                UpdateSubscriber::new(a.id("id")),
                a.optional_text("email_address"),
                UpdateSubscriber::with_email_address,
            )?;
            let update =
                with(update, a.optional_text("first_name"), UpdateSubscriber::with_first_name);
            let update = if a.is_null("first_name") { update.without_first_name() } else { update };
            built(
                fields(a)
                    .into_iter()
                    .fold(update, |update, (key, value)| update.with_field(key, value)),
            )
        }
        "POST /v4/subscribers/filter" => {
            let all: Result<Vec<_>, _> = a.list("all").iter().map(conditions::condition).collect();
            let extras = a.list("include");
            let filter = FilterSubscribers::new(all?).including(extras.iter().map(extra));
            let mode = a.optional_text("counting_mode").map(Into::into);
            let filter = with(filter, mode, FilterSubscribers::with_counting_mode);
            let sort_field = a.optional_text("sort_field").map(Into::into);
            let filter = with(filter, sort_field, FilterSubscribers::with_sort_field);
            let sort_order = a.optional_text("sort_order").map(Into::into);
            built(with(filter, sort_order, FilterSubscribers::with_sort_order))
        }
        "GET /v4/subscribers/{id}" => built(GetSubscriber::new(a.id("id"))),
        "POST /v4/subscribers/{id}/unsubscribe" => built(Unsubscribe::new(a.id("id"))),
        "GET /v4/subscribers/{subscriber_id}/stats" => {
            let get = GetSubscriberStats::new(a.id("subscriber_id"));
            built(get.with_email_sent(a.range("email_sent")))
        }
        "GET /v4/subscribers/{subscriber_id}/tags" => {
            built(a.paged(ListSubscriberTags::new(a.id("subscriber_id")))?)
        }
        "POST /v4/subscribers/{subscriber_id}/location" => {
            built(PinLocation::new(a.id("subscriber_id"), location(a))?)
        }
        "PATCH /v4/subscribers/{subscriber_id}/location" => {
            built(UpdateLocation::new(a.id("subscriber_id"), location(a))?)
        }
        "DELETE /v4/subscribers/{subscriber_id}/location" => {
            built(DeleteLocation::new(a.id("subscriber_id")))
        }
        _ => None,
    })
}

fn fields(a: &Arguments) -> Vec<(String, String)> {
    let fields = a.object("fields").body;
    let fields = fields.as_object().cloned().unwrap_or_default();
    fields.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))).collect()
}

fn location(a: &Arguments) -> PinnedLocation {
    let a = a.object("location");
    let degrees = |name| a.get(name).and_then(serde_json::Value::as_f64).expect("degrees");
    PinnedLocation {
        city: a.text("city"),
        state_province: a.text("state_province"),
        country_code: a.text("country_code"),
        latitude: degrees("latitude"),
        longitude: degrees("longitude"),
        timezone: a.text("timezone"),
    }
}

fn extra(a: &Arguments) -> FilterExtra {
    let range = a.object("range");
    match &*a.text("type") {
        "attribution" => FilterExtra::Attribution,
        "tags" => FilterExtra::Tags,
        "location" => FilterExtra::Location,
        "canceled_at" => FilterExtra::CanceledAt,
        "custom_fields" => FilterExtra::CustomFields,
        _ if range.body.is_null() => FilterExtra::Stats,
        _ => FilterExtra::StatsOf {
            range: StatsRange { start: range.parsed("start"), end: range.parsed("end") },
        },
    }
}
