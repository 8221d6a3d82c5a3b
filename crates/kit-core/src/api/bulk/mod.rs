//! Bulk operations: Kit handles up to 100 items at once, and queues more. They need an OAuth access token.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | create or update subscribers | [`BulkCreateSubscribers`] | `POST /v4/bulk/subscribers` |
//! | create tags | [`BulkCreateTags`] | `POST /v4/bulk/tags` |
//! | delete tags | [`BulkDeleteTags`] | `DELETE /v4/bulk/tags` |
//! | tag subscribers | [`BulkTagSubscribers`] | `POST /v4/bulk/tags/subscribers` |
//! | untag subscribers | [`BulkUntagSubscribers`] | `DELETE /v4/bulk/tags/subscribers` |
//! | create custom fields | [`BulkCreateCustomFields`] | `POST /v4/bulk/custom_fields` |
//! | set values of custom fields | [`BulkUpdateCustomFieldValues`] | `POST /v4/bulk/custom_fields/subscribers` |
//! | add subscribers to forms | [`BulkAddSubscribersToForms`] | `POST /v4/bulk/forms/subscribers` |
//!
//! [`Batches`] splits any number of items into requests. Source: Kit's API v4, "Bulk & async processing".

mod batch;
mod batches;
mod bulk_add_subscribers_to_forms;
mod bulk_create_custom_fields;
mod bulk_create_subscribers;
mod bulk_create_tags;
mod bulk_delete_tags;
mod bulk_operation;
mod bulk_reply;
mod bulk_report;
mod bulk_tag_subscribers;
mod bulk_untag_subscribers;
mod bulk_update_custom_field_values;
mod callback_url;
mod custom_field_value;
mod form_addition;
mod matching;
mod new_custom_field;
mod new_subscriber;
mod new_tag;
mod round;
mod tagging;

pub use batch::Batch;
pub use batches::Batches;
pub use bulk_add_subscribers_to_forms::BulkAddSubscribersToForms;
pub use bulk_create_custom_fields::BulkCreateCustomFields;
pub use bulk_create_subscribers::BulkCreateSubscribers;
pub use bulk_create_tags::BulkCreateTags;
pub use bulk_delete_tags::BulkDeleteTags;
pub use bulk_operation::BulkOperation;
pub use bulk_reply::{Bulk, BulkDone, BulkFailure, Echo};
pub use bulk_report::{BulkOutcome, BulkReport};
pub use bulk_tag_subscribers::BulkTagSubscribers;
pub use bulk_untag_subscribers::BulkUntagSubscribers;
pub use bulk_update_custom_field_values::BulkUpdateCustomFieldValues;
pub use custom_field_value::CustomFieldValue;
pub use form_addition::{BulkFormSubscriber, FormAddition, FormAdditionEcho};
pub use new_custom_field::NewCustomField;
pub use new_subscriber::{CreatedSubscriber, NewSubscriber, SubscriberEcho};
pub use new_tag::{NewTag, TagRef};
pub use tagging::{BulkTaggedSubscriber, Tagging};
