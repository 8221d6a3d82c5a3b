//! Tags: names that subscribers carry.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | list the tags | [`ListTags`] | `GET /v4/tags` |
//! | create a tag | [`CreateTag`] | `POST /v4/tags` |
//! | rename a tag | [`UpdateTag`] | `PUT /v4/tags/{id}` |
//! | list who has a tag | [`ListTagSubscribers`] | `GET /v4/tags/{tag_id}/subscribers` |
//! | tag a subscriber | [`TagSubscriber`] | `POST /v4/tags/{tag_id}/subscribers/{id}` |
//! | tag the subscriber of an address | [`TagSubscriberByEmail`] | `POST /v4/tags/{tag_id}/subscribers` |
//! | untag a subscriber | [`UntagSubscriber`] | `DELETE /v4/tags/{tag_id}/subscribers/{id}` |
//! | untag the subscriber of an address | [`UntagSubscriberByEmail`] | `DELETE /v4/tags/{tag_id}/subscribers` |
//!
//! Tags are deleted by [`BulkDeleteTags`](crate::bulk::BulkDeleteTags). Source: Kit's API v4, "Tags".

mod create_tag;
mod list_tag_subscribers;
mod list_tags;
mod tag;
mod tag_subscriber;
mod tag_subscriber_by_email;
mod tagged_subscriber;
mod untag_subscriber;
mod untag_subscriber_by_email;
mod update_tag;

pub use create_tag::CreateTag;
pub use list_tag_subscribers::ListTagSubscribers;
pub use list_tags::ListTags;
pub use tag::Tag;
pub use tag_subscriber::TagSubscriber;
pub use tag_subscriber_by_email::TagSubscriberByEmail;
pub use tagged_subscriber::TaggedSubscriber;
pub use untag_subscriber::UntagSubscriber;
pub use untag_subscriber_by_email::UntagSubscriberByEmail;
pub use update_tag::UpdateTag;
