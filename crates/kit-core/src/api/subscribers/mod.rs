//! Subscribers: who gets emails.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | list the subscribers | [`ListSubscribers`] | `GET /v4/subscribers` |
//! | create or update a subscriber | [`CreateSubscriber`] | `POST /v4/subscribers` |
//! | find subscribers | [`FilterSubscribers`] | `POST /v4/subscribers/filter` |
//! | read a subscriber | [`GetSubscriber`] | `GET /v4/subscribers/{id}` |
//! | change a subscriber | [`UpdateSubscriber`] | `PUT /v4/subscribers/{id}` |
//! | unsubscribe a subscriber | [`Unsubscribe`] | `POST /v4/subscribers/{id}/unsubscribe` |
//! | read the statistics of a subscriber | [`GetSubscriberStats`] | `GET /v4/subscribers/{subscriber_id}/stats` |
//! | list the tags of a subscriber | [`ListSubscriberTags`] | `GET /v4/subscribers/{subscriber_id}/tags` |
//! | pin a location | [`PinLocation`] | `POST /v4/subscribers/{subscriber_id}/location` |
//! | change a pinned location | [`UpdateLocation`] | `PATCH /v4/subscribers/{subscriber_id}/location` |
//! | take a pinned location away | [`DeleteLocation`] | `DELETE /v4/subscribers/{subscriber_id}/location` |
//!
//! To create many at once, see [`BulkCreateSubscribers`](crate::bulk::BulkCreateSubscribers). Source: Kit's API v4, "Subscribers".

mod attribution;
mod attribution_source;
mod condition;
mod counting_mode;
mod create_subscriber;
mod delete_location;
mod engagement;
mod field_condition;
mod filter_extra;
mod filter_subscribers;
mod filtered_subscriber;
mod get_subscriber;
mod get_subscriber_stats;
mod list_subscriber_tags;
mod list_subscribers;
mod location;
mod pin_location;
mod pinned_location;
mod place;
mod saved_subscriber;
mod sent_fields;
mod sort;
mod subscribed;
mod subscriber;
mod subscriber_extra;
mod subscriber_state;
mod subscriber_stats;
mod subscriber_status;
mod subscriber_tag;
mod tag_set;
mod unsubscribe;
mod update_location;
mod update_subscriber;

pub use attribution::Attribution;
pub use attribution_source::{AttributionSource, KitSource};
pub use condition::Condition;
pub use counting_mode::CountingMode;
pub use create_subscriber::CreateSubscriber;
pub use delete_location::DeleteLocation;
pub use engagement::{ClickedUrls, Clicks, Engagement, UrlMatch};
pub use field_condition::{FieldCondition, FieldTest};
pub use filter_extra::{FilterExtra, StatsRange};
pub use filter_subscribers::FilterSubscribers;
pub use filtered_subscriber::{FilteredStats, FilteredSubscriber};
pub use get_subscriber::GetSubscriber;
pub use get_subscriber_stats::GetSubscriberStats;
pub use list_subscriber_tags::ListSubscriberTags;
pub use list_subscribers::ListSubscribers;
pub use location::Location;
pub use pin_location::PinLocation;
pub use pinned_location::{PinnedLocation, SavedLocation, SubscriberWithLocation};
pub use place::Place;
pub use saved_subscriber::SavedSubscriber;
pub use sort::{FilterSortField, SortOrder, SubscriberSortField};
pub use subscribed::Subscribed;
pub use subscriber::{Subscriber, TagName};
pub use subscriber_extra::SubscriberExtra;
pub use subscriber_state::SubscriberState;
pub use subscriber_stats::{SubscriberStats, SubscriberWithStats};
pub use subscriber_status::SubscriberStatus;
pub use subscriber_tag::SubscriberTag;
pub use tag_set::TagSet;
pub use unsubscribe::Unsubscribe;
pub use update_location::UpdateLocation;
pub use update_subscriber::UpdateSubscriber;
