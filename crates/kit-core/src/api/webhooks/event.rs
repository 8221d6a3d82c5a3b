use std::borrow::Cow;
use std::fmt;

use super::OtherEvent;
use super::argument::Argument;
use super::parameter::Parameter::{
    self, CustomFieldId as CustomField, FormId as Form, InitiatorValue as Link,
    ProductId as Product, SequenceId as Sequence, TagId as Tag,
};
use crate::{CustomFieldId, Error, FormId, ProductId, SequenceId, TagId};

/// The event that a webhook watches.
///
/// Each variant has exactly the parameter that Kit requires for the event, so that a request cannot lack its
/// parameter.
///
/// In JSON an event is its name and six parameters, null where they do not apply. Requests have the full name
/// (`subscriber.tag_add`), replies the name without its group (`tag_add`). Serde reads both names, and reads
/// ids from numbers and from decimal strings. An event that this version does not recognise exactly becomes
/// [`Event::Other`], so that serde fails for no event that has a name.
///
/// To make an event from a person's input, such as a name and a parameter of a command line, use
/// [`Event::named`]. To make one from JSON of another program, use serde:
/// [`CreateWebhook::new`](super::CreateWebhook::new) then returns an error for a documented event without its
/// parameter.
///
/// Source: Kit's API v4, "Create a webhook".
///
/// # Examples
///
/// ```
/// use kit_core::webhooks::Event;
///
/// let event = Event::TagAdd { tag_id: 44.into() };
/// assert_eq!(event.name(), "subscriber.tag_add");
///
/// let read: Event = serde_json::from_str(r#"{"name": "tag_add", "tag_id": "44"}"#)?;
/// assert_eq!(read, event);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// `subscriber.subscriber_activate`: a subscriber becomes active.
    SubscriberActivate,
    /// `subscriber.subscriber_unsubscribe`: a subscriber unsubscribes.
    SubscriberUnsubscribe,
    /// `subscriber.subscriber_bounce`: an email to a subscriber bounces.
    SubscriberBounce,
    /// `subscriber.subscriber_complain`: a subscriber marks an email as spam.
    SubscriberComplain,
    /// `subscriber.form_subscribe`: somebody subscribes to a form.
    FormSubscribe {
        /// The form.
        form_id: FormId,
    },
    /// `subscriber.course_subscribe`: a subscriber enters a sequence.
    CourseSubscribe {
        /// The sequence, which Kit once called a course.
        sequence_id: SequenceId,
    },
    /// `subscriber.course_complete`: a subscriber reaches the end of a sequence.
    CourseComplete {
        /// The sequence, which Kit once called a course.
        sequence_id: SequenceId,
    },
    /// `subscriber.link_click`: a subscriber clicks a link in an email.
    LinkClick {
        /// The link: an absolute http or https URL.
        initiator_value: String,
    },
    /// `subscriber.product_purchase`: a subscriber buys a product.
    ProductPurchase {
        /// The product.
        product_id: ProductId,
    },
    /// `subscriber.tag_add`: a subscriber gets a tag.
    TagAdd {
        /// The tag.
        tag_id: TagId,
    },
    /// `subscriber.tag_remove`: a subscriber loses a tag.
    TagRemove {
        /// The tag.
        tag_id: TagId,
    },
    /// `purchase.purchase_create`: a purchase is recorded.
    PurchaseCreate,
    /// `custom_field.field_created`: a custom field is created.
    FieldCreated,
    /// `custom_field.field_deleted`: a custom field is deleted.
    FieldDeleted,
    /// `custom_field.field_value_updated`: a custom field gets another value.
    FieldValueUpdated {
        /// The custom field.
        custom_field_id: CustomFieldId,
    },
    /// Any other event, with the name and the parameters that it was read with.
    Other(OtherEvent),
}

impl Event {
    /// The full names of the 15 events that Kit documents.
    pub const NAMES: &'static [&'static str] = &[
        "subscriber.subscriber_activate",
        "subscriber.subscriber_unsubscribe",
        "subscriber.subscriber_bounce",
        "subscriber.subscriber_complain",
        "subscriber.form_subscribe",
        "subscriber.course_subscribe",
        "subscriber.course_complete",
        "subscriber.link_click",
        "subscriber.product_purchase",
        "subscriber.tag_add",
        "subscriber.tag_remove",
        "purchase.purchase_create",
        "custom_field.field_created",
        "custom_field.field_deleted",
        "custom_field.field_value_updated",
    ];

    /// Makes an event from its name, full or short, and its parameter as text: for a command line or a
    /// configuration.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `event.name` where `name` is no documented event, and for the event's parameter
    /// where it is missing, not an id, or given for an event that takes none.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::webhooks::Event;
    ///
    /// let event = Event::named("subscriber.tag_add", Some("44"))?;
    /// assert_eq!(event, Event::TagAdd { tag_id: 44.into() });
    ///
    /// let error = Event::named("subscriber.tag_add", None).unwrap_err();
    /// assert_eq!(error.to_string(), "event.tag_id: is missing: subscriber.tag_add requires it");
    /// # Ok::<(), kit_core::Error>(())
    /// ```
    pub fn named(name: &str, parameter: Option<&str>) -> Result<Self, Error> {
        let mut asked = None;
        let given = parameter.map_or(Argument::Null, |text| Argument::Text(text.into()));
        let event = Self::recognise(name, |required| {
            asked = Some(required);
            &given
        });
        match (event, asked) {
            (Some(event), None) if parameter.is_some() => Err(Error::input(
                "event",
                format!("has a parameter, but {} takes none", event.name()),
            )),
            (Some(event), _) => Ok(event),
            (None, Some(required)) => Err(required.unusable(name, parameter.is_some())),
            (None, None) => Err(Error::input(
                "event.name",
                format!("{name:?} is not known; the events are {}", Self::NAMES.join(", ")),
            )),
        }
    }

    /// The parameter that the documented event with this name requires. `None` where it requires none.
    pub(super) fn required_by(name: &str) -> Option<Parameter> {
        let mut required = None;
        Self::recognise(name, |parameter| {
            required = Some(parameter);
            &Argument::Null
        });
        required
    }

    /// The full name, as in requests: `subscriber.tag_add`. For [`Event::Other`], the name that it was read
    /// with.
    pub fn name(&self) -> &str {
        match self {
            Self::SubscriberActivate => "subscriber.subscriber_activate",
            Self::SubscriberUnsubscribe => "subscriber.subscriber_unsubscribe",
            Self::SubscriberBounce => "subscriber.subscriber_bounce",
            Self::SubscriberComplain => "subscriber.subscriber_complain",
            Self::FormSubscribe { .. } => "subscriber.form_subscribe",
            Self::CourseSubscribe { .. } => "subscriber.course_subscribe",
            Self::CourseComplete { .. } => "subscriber.course_complete",
            Self::LinkClick { .. } => "subscriber.link_click",
            Self::ProductPurchase { .. } => "subscriber.product_purchase",
            Self::TagAdd { .. } => "subscriber.tag_add",
            Self::TagRemove { .. } => "subscriber.tag_remove",
            Self::PurchaseCreate => "purchase.purchase_create",
            Self::FieldCreated => "custom_field.field_created",
            Self::FieldDeleted => "custom_field.field_deleted",
            Self::FieldValueUpdated { .. } => "custom_field.field_value_updated",
            Self::Other(other) => other.name(),
        }
    }

    /// The name without its group, as in replies: `tag_add`. For [`Event::Other`], the name that it was read
    /// with.
    pub fn short_name(&self) -> &str {
        let name = self.name();
        match self {
            Self::Other(_) => name,
            _ => name.split_once('.').map_or(name, |(_, short)| short),
        }
    }

    /// The event with this name, full or short. `None` where the name is not documented, or `given` does not
    /// return a usable value for the parameter that the event requires.
    pub(super) fn recognise<'a>(
        name: &str,
        given: impl FnOnce(Parameter) -> &'a Argument<'a>,
    ) -> Option<Self> {
        Some(match name {
            "subscriber.subscriber_activate" | "subscriber_activate" => Self::SubscriberActivate,
            "subscriber.subscriber_unsubscribe" | "subscriber_unsubscribe" => {
                Self::SubscriberUnsubscribe
            }
            "subscriber.subscriber_bounce" | "subscriber_bounce" => Self::SubscriberBounce,
            "subscriber.subscriber_complain" | "subscriber_complain" => Self::SubscriberComplain,
            "subscriber.form_subscribe" | "form_subscribe" => {
                Self::FormSubscribe { form_id: given(Form).id()?.into() }
            }
            "subscriber.course_subscribe" | "course_subscribe" => {
                Self::CourseSubscribe { sequence_id: given(Sequence).id()?.into() }
            }
            "subscriber.course_complete" | "course_complete" => {
                Self::CourseComplete { sequence_id: given(Sequence).id()?.into() }
            }
            "subscriber.link_click" | "link_click" => {
                Self::LinkClick { initiator_value: given(Link).text()?.into() }
            }
            "subscriber.product_purchase" | "product_purchase" => {
                Self::ProductPurchase { product_id: given(Product).id()?.into() }
            }
            "subscriber.tag_add" | "tag_add" => Self::TagAdd { tag_id: given(Tag).id()?.into() },
            "subscriber.tag_remove" | "tag_remove" => {
                Self::TagRemove { tag_id: given(Tag).id()?.into() }
            }
            "purchase.purchase_create" | "purchase_create" => Self::PurchaseCreate,
            "custom_field.field_created" | "field_created" => Self::FieldCreated,
            "custom_field.field_deleted" | "field_deleted" => Self::FieldDeleted,
            "custom_field.field_value_updated" | "field_value_updated" => {
                Self::FieldValueUpdated { custom_field_id: given(CustomField).id()?.into() }
            }
            _ => return None,
        })
    }

    /// The event's value for a parameter: null where the parameter does not apply.
    pub(super) fn argument(&self, parameter: Parameter) -> Argument<'_> {
        match (self, parameter) {
            (Self::FormSubscribe { form_id }, Form) => Argument::Id(form_id.get()),
            (
                Self::CourseSubscribe { sequence_id } | Self::CourseComplete { sequence_id },
                Sequence,
            ) => Argument::Id(sequence_id.get()),
            (Self::LinkClick { initiator_value }, Link) => Argument::Text(initiator_value.into()),
            (Self::ProductPurchase { product_id }, Product) => Argument::Id(product_id.get()),
            (Self::TagAdd { tag_id } | Self::TagRemove { tag_id }, Tag) => {
                Argument::Id(tag_id.get())
            }
            (Self::FieldValueUpdated { custom_field_id }, CustomField) => {
                Argument::Id(custom_field_id.get())
            }
            (Self::Other(other), parameter) => other
                .parameters()
                .get(parameter.key())
                .map_or(Argument::Null, |value| Argument::Json(Cow::Borrowed(value))),
            _ => Argument::Null,
        }
    }
}

/// The full name, and the parameter where there is one: `subscriber.tag_add (tag_id 44)`.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        for parameter in Parameter::ALL {
            match self.argument(parameter) {
                Argument::Null => {}
                Argument::Id(id) => write!(f, " ({} {id})", parameter.key())?,
                Argument::Text(text) => write!(f, " ({} {text})", parameter.key())?,
                Argument::Json(value) => write!(f, " ({} {value})", parameter.key())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_a_text_make_an_event() {
        for name in Event::NAMES {
            let given = ["44", "https://example.com/"];
            let events: Vec<Event> =
                given.iter().filter_map(|text| Event::named(name, Some(text)).ok()).collect();
            let event = match events.as_slice() {
                [] => Event::named(name, None).unwrap(),
                [event, ..] => event.clone(),
            };
            assert_eq!(event.name(), *name);
            assert_eq!(Event::named(event.short_name(), None).is_ok(), events.is_empty());
        }
    }

    #[test]
    fn a_wrong_name_or_parameter_is_named() {
        for (name, parameter, error) in [
            ("tag_added", None, "event.name: \"tag_added\" is not known; the events are subs"),
            ("purchase.tag_add", Some("44"), "event.name: \"purchase.tag_add\" is not known"),
            ("tag_add", None, "event.tag_id: is missing"),
            ("tag_add", Some("VIP"), "event.tag_id: is not an id"),
            ("link_click", None, "event.initiator_value: is missing"),
            ("purchase_create", Some("44"), "event: has a parameter"),
        ] {
            let actual = Event::named(name, parameter).unwrap_err().to_string();
            assert!(actual.starts_with(error), "{actual}");
        }
    }

    #[test]
    fn an_event_shows_its_parameter() {
        assert_eq!(
            Event::TagAdd { tag_id: 44.into() }.to_string(),
            "subscriber.tag_add (tag_id 44)"
        );
        assert_eq!(Event::PurchaseCreate.to_string(), "purchase.purchase_create");
    }
}
