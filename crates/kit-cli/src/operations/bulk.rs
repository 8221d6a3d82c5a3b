use clap::{Args, Subcommand};
use kit_ureq::bulk::{
    BulkAddSubscribersToForms, BulkCreateCustomFields, BulkCreateSubscribers, BulkCreateTags,
    BulkDeleteTags, BulkTagSubscribers, BulkUntagSubscribers, BulkUpdateCustomFieldValues,
    CustomFieldValue, FormAddition, NewCustomField, NewSubscriber, NewTag, Tagging,
};
use kit_ureq::subscribers::SubscriberState;
use kit_ureq::{Error, TagId};

use super::options::with;
use crate::{Context, Failure};

/// Bulk operations (an access token alone): up to 100 items are done at once, more are queued
///
/// To bring people over, `kit import` is the better way.
#[derive(Debug, Subcommand)]
pub(crate) enum Bulk {
    /// Create subscribers, or change the first names of those who are there
    CreateSubscribers {
        /// The email addresses, alone or with a first name: "Ada <ada@example.com>".
        #[arg(required = true, value_name = "ADDRESS", value_parser = subscriber)]
        subscribers: Vec<NewSubscriber>,
        /// The state that they are created in: active (the default), inactive, bounced, complained or cancelled.
        #[arg(long)]
        state: Option<SubscriberState>,
        #[command(flatten)]
        callback: Callback,
    },
    /// Create tags, or find them
    CreateTags {
        /// Their names.
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
        #[command(flatten)]
        callback: Callback,
    },
    /// Delete tags
    DeleteTags {
        /// The tags.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<TagId>,
        #[command(flatten)]
        callback: Callback,
    },
    /// Give tags to subscribers
    Tag {
        /// A tag and a subscriber, by their ids.
        #[arg(required = true, value_name = "TAG:SUBSCRIBER", value_parser = ids::<TagId, kit_ureq::SubscriberId>)]
        taggings: Vec<(TagId, kit_ureq::SubscriberId)>,
        #[command(flatten)]
        callback: Callback,
    },
    /// Take tags from subscribers
    Untag {
        /// A tag and a subscriber, by their ids.
        #[arg(required = true, value_name = "TAG:SUBSCRIBER", value_parser = ids::<TagId, kit_ureq::SubscriberId>)]
        taggings: Vec<(TagId, kit_ureq::SubscriberId)>,
        #[command(flatten)]
        callback: Callback,
    },
    /// Create custom fields, or find them
    CreateCustomFields {
        /// Their labels.
        #[arg(required = true, value_name = "LABEL")]
        labels: Vec<String>,
        #[command(flatten)]
        callback: Callback,
    },
    /// Set values of custom fields
    SetCustomFields {
        /// A subscriber and a custom field, by their ids, and the value.
        #[arg(required = true, value_name = "SUBSCRIBER:FIELD=VALUE", value_parser = value)]
        values: Vec<CustomFieldValue>,
        #[command(flatten)]
        callback: Callback,
    },
    /// Add subscribers to forms
    AddToForms {
        /// A form and a subscriber, by their ids.
        #[arg(required = true, value_name = "FORM:SUBSCRIBER", value_parser = ids::<kit_ureq::FormId, kit_ureq::SubscriberId>)]
        additions: Vec<(kit_ureq::FormId, kit_ureq::SubscriberId)>,
        /// The URL of the page where they signed up.
        #[arg(long, value_name = "URL")]
        referrer: Option<String>,
        #[command(flatten)]
        callback: Callback,
    },
}

/// The place that Kit posts the result to
#[derive(Args, Debug)]
pub(crate) struct Callback {
    /// The URL that Kit posts the result to, if it queues the request.
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,
}

impl Callback {
    fn of<O>(self, operation: O, set: fn(O, String) -> Result<O, Error>) -> Result<O, Error> {
        match self.callback_url {
            Some(url) => set(operation, url),
            None => Ok(operation),
        }
    }
}

/// `ADDRESS`, or `FIRST NAME <ADDRESS>`
fn subscriber(text: &str) -> Result<NewSubscriber, String> {
    let Some((name, rest)) = text.rsplit_once('<') else { return Ok(NewSubscriber::new(text)) };
    let address = rest.trim_end().strip_suffix('>').ok_or("has a < without a > at the end")?;
    let subscriber = NewSubscriber::new(address.trim());
    let name = Some(name.trim()).filter(|name| !name.is_empty());
    Ok(with(subscriber, name, NewSubscriber::with_first_name))
}

fn ids<A, B>(text: &str) -> Result<(A, B), String>
where
    A: std::str::FromStr<Err: std::fmt::Display>,
    B: std::str::FromStr<Err: std::fmt::Display>,
{
    let (first, second) = text.split_once(':').ok_or("is not two ids with a colon between")?;
    let first = first.parse().map_err(|error| format!("{first}: {error}"))?;
    let second = second.parse().map_err(|error| format!("{second}: {error}"))?;
    Ok((first, second))
}

fn value(text: &str) -> Result<CustomFieldValue, String> {
    let (place, value) = text.split_once('=').ok_or("is not of the form SUBSCRIBER:FIELD=VALUE")?;
    let (subscriber, field) = ids(place)?;
    Ok(CustomFieldValue::new(subscriber, field, value))
}

impl Bulk {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::CreateSubscribers { subscribers, state, callback } => {
                let in_state =
                    |subscriber| with(subscriber, state.clone(), NewSubscriber::with_state);
                let create = BulkCreateSubscribers::new(subscribers.into_iter().map(in_state))?;
                kit.show_bulk(&callback.of(create, BulkCreateSubscribers::with_callback_url)?)
            }
            Self::CreateTags { names, callback } => {
                let create = BulkCreateTags::new(names.into_iter().map(NewTag::new))?;
                kit.show_bulk(&callback.of(create, BulkCreateTags::with_callback_url)?)
            }
            Self::DeleteTags { ids, callback } => {
                kit.confirm(&format!("Delete {} tags", ids.len()))?;
                let delete = BulkDeleteTags::new(ids)?;
                kit.show_bulk(&callback.of(delete, BulkDeleteTags::with_callback_url)?)
            }
            Self::Tag { taggings, callback } => {
                let tagging = |(tag, subscriber)| Tagging::new(tag, subscriber);
                let tag = BulkTagSubscribers::new(taggings.into_iter().map(tagging))?;
                kit.show_bulk(&callback.of(tag, BulkTagSubscribers::with_callback_url)?)
            }
            Self::Untag { taggings, callback } => {
                let tagging = |(tag, subscriber)| Tagging::new(tag, subscriber);
                let untag = BulkUntagSubscribers::new(taggings.into_iter().map(tagging))?;
                kit.show_bulk(&callback.of(untag, BulkUntagSubscribers::with_callback_url)?)
            }
            Self::CreateCustomFields { labels, callback } => {
                let create =
                    BulkCreateCustomFields::new(labels.into_iter().map(NewCustomField::new))?;
                kit.show_bulk(&callback.of(create, BulkCreateCustomFields::with_callback_url)?)
            }
            Self::SetCustomFields { values, callback } => {
                let update = BulkUpdateCustomFieldValues::new(values)?;
                kit.show_bulk(&callback.of(update, BulkUpdateCustomFieldValues::with_callback_url)?)
            }
            Self::AddToForms { additions, referrer, callback } => {
                let addition = |(form, subscriber)| {
                    let addition = FormAddition::new(form, subscriber);
                    with(addition, referrer.clone(), FormAddition::with_referrer)
                };
                let add = BulkAddSubscribersToForms::new(additions.into_iter().map(addition))?;
                kit.show_bulk(&callback.of(add, BulkAddSubscribersToForms::with_callback_url)?)
            }
        }
    }
}
