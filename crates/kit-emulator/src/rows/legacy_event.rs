//! The events that Kit documents, as the emulator knows them.

/// Full name, and the parameter that it requires.
pub(crate) const EVENTS: [(&str, Option<Parameter>); 15] = [
    ("subscriber.subscriber_activate", None),
    ("subscriber.subscriber_unsubscribe", None),
    ("subscriber.subscriber_bounce", None),
    ("subscriber.subscriber_complain", None),
    ("subscriber.form_subscribe", Some(Parameter::Id("form_id"))),
    ("subscriber.course_subscribe", Some(Parameter::Id("sequence_id"))),
    ("subscriber.course_complete", Some(Parameter::Id("sequence_id"))),
    ("subscriber.link_click", Some(Parameter::Link("initiator_value"))),
    ("subscriber.product_purchase", Some(Parameter::Id("product_id"))),
    ("subscriber.tag_add", Some(Parameter::Id("tag_id"))),
    ("subscriber.tag_remove", Some(Parameter::Id("tag_id"))),
    ("purchase.purchase_create", None),
    ("custom_field.field_created", None),
    ("custom_field.field_deleted", None),
    ("custom_field.field_value_updated", Some(Parameter::Id("custom_field_id"))),
];

#[derive(Clone, Copy)]
pub(crate) enum Parameter {
    /// An integer.
    Id(&'static str),
    /// A string that is a URL.
    Link(&'static str),
}

impl Parameter {
    pub(crate) fn key(self) -> &'static str {
        let (Self::Id(key) | Self::Link(key)) = self;
        key
    }
}

/// The event of that full name, with its name as replies have it.
pub(crate) fn find(name: &str) -> Option<(&'static str, Option<Parameter>)> {
    let (full, parameter) = EVENTS.into_iter().find(|(full, _)| *full == name)?;
    let (_, short) = full.split_once('.')?;
    Some((short, parameter))
}

/// The full name of the event that replies have by this name.
pub(crate) fn find_short(short: &str) -> Option<(&'static str, Option<Parameter>)> {
    EVENTS.into_iter().find(|(full, _)| full.split_once('.').is_some_and(|(_, name)| name == short))
}
