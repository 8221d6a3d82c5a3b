//! Sequences: emails that each subscriber gets one after the other, from the day on when they enter.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | list the sequences | [`ListSequences`] | `GET /v4/sequences` |
//! | create a sequence | [`CreateSequence`] | `POST /v4/sequences` |
//! | read a sequence | [`GetSequence`] | `GET /v4/sequences/{id}` |
//! | change a sequence | [`UpdateSequence`] | `PUT /v4/sequences/{id}` |
//! | delete a sequence | [`DeleteSequence`] | `DELETE /v4/sequences/{id}` |
//! | list who is in a sequence | [`ListSequenceSubscribers`] | `GET /v4/sequences/{sequence_id}/subscribers` |
//! | add a subscriber | [`AddSubscriberToSequence`] | `POST /v4/sequences/{sequence_id}/subscribers/{id}` |
//! | add the subscriber of an address | [`AddSubscriberToSequenceByEmail`] | `POST /v4/sequences/{sequence_id}/subscribers` |
//! | list the emails | [`ListSequenceEmails`] | `GET /v4/sequences/{sequence_id}/emails` |
//! | add an email | [`CreateSequenceEmail`] | `POST /v4/sequences/{sequence_id}/emails` |
//! | read an email | [`GetSequenceEmail`] | `GET /v4/sequences/{sequence_id}/emails/{id}` |
//! | change an email | [`UpdateSequenceEmail`] | `PUT /v4/sequences/{sequence_id}/emails/{id}` |
//! | delete an email | [`DeleteSequenceEmail`] | `DELETE /v4/sequences/{sequence_id}/emails/{id}` |
//!
//! Source: Kit's API v4, "Sequences" and "Sequence emails".

mod add_subscriber_to_sequence;
mod add_subscriber_to_sequence_by_email;
mod create_sequence;
mod create_sequence_email;
mod delay;
mod delete_sequence;
mod delete_sequence_email;
mod get_sequence;
mod get_sequence_email;
mod list_sequence_emails;
mod list_sequence_subscribers;
mod list_sequences;
mod sequence;
mod sequence_email;
mod sequence_stats;
mod sequence_subscriber;
mod subscriber_source;
mod update_sequence;
mod update_sequence_email;
mod weekday;

pub use add_subscriber_to_sequence::AddSubscriberToSequence;
pub use add_subscriber_to_sequence_by_email::AddSubscriberToSequenceByEmail;
pub use create_sequence::CreateSequence;
pub use create_sequence_email::CreateSequenceEmail;
pub use delay::{Delay, DelayUnit};
pub use delete_sequence::DeleteSequence;
pub use delete_sequence_email::DeleteSequenceEmail;
pub use get_sequence::GetSequence;
pub use get_sequence_email::GetSequenceEmail;
pub use list_sequence_emails::ListSequenceEmails;
pub use list_sequence_subscribers::ListSequenceSubscribers;
pub use list_sequences::ListSequences;
pub use sequence::Sequence;
pub use sequence_email::SequenceEmail;
pub use sequence_stats::SequenceStats;
pub use sequence_subscriber::SequenceSubscriber;
pub use subscriber_source::{SubscriberSource, SubscriberSourceType};
pub use update_sequence::UpdateSequence;
pub use update_sequence_email::UpdateSequenceEmail;
pub use weekday::Weekday;
