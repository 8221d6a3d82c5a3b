use kit_core::sequences::{
    AddSubscriberToSequence, AddSubscriberToSequenceByEmail, CreateSequence, CreateSequenceEmail,
    Delay, DeleteSequence, DeleteSequenceEmail, GetSequence, GetSequenceEmail, ListSequenceEmails,
    ListSequenceSubscribers, ListSequences, SubscriberSource, UpdateSequence, UpdateSequenceEmail,
    Weekday,
};
use kit_core::{EmailTemplateId, Error};

use super::arguments::{Arguments, either, with, with_checked};
use super::{Built, built};

/// The options that creating and updating a sequence share.
macro_rules! options {
    ($of:ident, $operation:expr, $a:expr) => {{
        let operation =
            with($operation, $a.optional_text("email_address"), $of::with_email_address);
        let template = $a.number("email_template_id").map(EmailTemplateId::from);
        let operation = with(operation, template, $of::with_email_template_id);
        let operation = with(operation, weekdays($a), $of::with_send_days);
        let hour = $a.number("send_hour").map(|hour| u8::try_from(hour).expect("a small number"));
        let operation = with_checked(operation, hour, $of::with_send_hour)?;
        let operation = with(operation, $a.optional_text("time_zone"), $of::with_time_zone);
        let operation = either(operation, $a.flag("active"), ($of::active, $of::paused));
        let operation = either(operation, $a.flag("repeat"), ($of::repeating, $of::not_repeating));
        let operation = either(operation, $a.flag("hold"), ($of::holding, $of::not_holding));
        with(operation, sources($a), $of::without_subscribers_of)
    }};
}

/// The options that creating and updating an email share.
macro_rules! email_options {
    ($of:ident, $operation:expr, $a:expr) => {{
        let clear = |operation: $of, name: &str, clear: fn($of) -> $of| {
            if $a.is_null(name) { clear(operation) } else { operation }
        };
        let operation = with($operation, $a.optional_text("preview_text"), $of::with_preview_text);
        let operation = clear(operation, "preview_text", $of::without_preview_text);
        let operation = with(operation, $a.optional_text("content"), $of::with_content);
        let operation = clear(operation, "content", $of::without_content);
        let template = $a.number("email_template_id").map(EmailTemplateId::from);
        let operation = with(operation, template, $of::with_email_template_id);
        let operation = clear(operation, "email_template_id", $of::without_email_template_id);
        let operation = either(operation, $a.flag("published"), ($of::published, $of::unpublished));
        let operation = with(operation, weekdays($a), $of::with_send_days);
        let operation = clear(operation, "send_days", $of::without_send_days);
        with(operation, $a.number("position"), $of::with_position)
    }};
}

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    Ok(match name {
        "GET /v4/sequences" => {
            let list = ListSequences::new();
            built(a.paged(either(list, stats(a), (ListSequences::with_stats, |list| list)))?)
        }
        "GET /v4/sequences/{id}" => {
            let get = GetSequence::new(a.id("id"));
            built(either(get, stats(a), (GetSequence::with_stats, |get| get)))
        }
        "DELETE /v4/sequences/{id}" => built(DeleteSequence::new(a.id("id"))),
        "POST /v4/sequences" => {
            built(options!(CreateSequence, CreateSequence::new(a.text("name"))?, a))
        }
        "PUT /v4/sequences/{id}" => {
            let update = UpdateSequence::new(a.id("id"));
            let update = with_checked(update, a.optional_text("name"), UpdateSequence::with_name)?;
            built(options!(UpdateSequence, update, a))
        }
        "GET /v4/sequences/{sequence_id}/subscribers" => {
            let list = ListSequenceSubscribers::new(a.id("sequence_id"))
                .with_added(a.range("added"))
                .with_created(a.range("created"));
            let status = a.optional_text("status").map(Into::into);
            built(a.paged(with(list, status, ListSequenceSubscribers::with_status))?)
        }
        "POST /v4/sequences/{sequence_id}/subscribers/{id}" => {
            built(AddSubscriberToSequence::new(a.id("sequence_id"), a.id("id")))
        }
        "POST /v4/sequences/{sequence_id}/subscribers" => built(
            AddSubscriberToSequenceByEmail::new(a.id("sequence_id"), a.text("email_address"))?,
        ),
        "GET /v4/sequences/{sequence_id}/emails" => {
            let list = ListSequenceEmails::new(a.id("sequence_id"));
            let list = either(list, stats(a), (ListSequenceEmails::with_stats, |list| list));
            let content = a.flag("include_content");
            built(a.paged(either(
                list,
                content,
                (ListSequenceEmails::with_content, |list| list),
            ))?)
        }
        "GET /v4/sequences/{sequence_id}/emails/{id}" => {
            let get = GetSequenceEmail::new(a.id("sequence_id"), a.id("id"));
            built(either(get, stats(a), (GetSequenceEmail::with_stats, |get| get)))
        }
        "DELETE /v4/sequences/{sequence_id}/emails/{id}" => {
            built(DeleteSequenceEmail::new(a.id("sequence_id"), a.id("id")))
        }
        "POST /v4/sequences/{sequence_id}/emails" => {
            let delay = delay(a).expect("a delay");
            let create = CreateSequenceEmail::new(a.id("sequence_id"), a.text("subject"), delay)?;
            built(email_options!(CreateSequenceEmail, create, a))
        }
        "PUT /v4/sequences/{sequence_id}/emails/{id}" => {
            let update = UpdateSequenceEmail::new(a.id("sequence_id"), a.id("id"));
            let update = with_checked(
                update,
                a.optional_text("subject"),
                UpdateSequenceEmail::with_subject,
            )?;
            let update = with(update, delay(a), UpdateSequenceEmail::with_delay);
            built(email_options!(UpdateSequenceEmail, update, a))
        }
        _ => None,
    })
}

fn stats(a: &Arguments) -> Option<bool> {
    a.get("include").map(|_| true)
}

fn delay(a: &Arguments) -> Option<Delay> {
    let value = a.number("delay_value")?;
    Some(if a.text("delay_unit") == "days" { Delay::Days(value) } else { Delay::Hours(value) })
}

fn weekdays(a: &Arguments) -> Option<Vec<Weekday>> {
    a.texts("send_days").map(|days| days.into_iter().map(Into::into).collect())
}

fn sources(a: &Arguments) -> Option<Vec<SubscriberSource>> {
    a.get("exclude_subscriber_sources")?;
    let source = |source: &Arguments| {
        let ids = source.numbers("ids");
        match &*source.text("type") {
            "tag" => SubscriberSource::tags(ids.into_iter().map(Into::into)),
            "sequence" => SubscriberSource::sequences(ids.into_iter().map(Into::into)),
            "form" => SubscriberSource::forms(ids.into_iter().map(Into::into)),
            _ => SubscriberSource::segments(ids.into_iter().map(Into::into)),
        }
    };
    Some(a.list("exclude_subscriber_sources").iter().map(source).collect())
}
