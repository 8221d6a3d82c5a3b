use serde::{Deserialize, Serialize};

use super::{Delay, DelayUnit, SequenceStats, Weekday};
use crate::wire::Presence;
use crate::{EmailTemplateId, SequenceEmailId, SequenceId};

/// An email of a sequence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SequenceEmail {
    /// The id.
    pub id: SequenceEmailId,
    /// The sequence.
    pub sequence_id: Option<SequenceId>,
    /// The subject.
    #[serde(default)]
    pub subject: String,
    /// The preview text, which email programs show beside the subject.
    pub preview_text: Option<String>,
    /// The address that the email comes from.
    pub email_address: Option<String>,
    /// The template. `None` if the email has none of its own.
    pub email_template_id: Option<EmailTemplateId>,
    /// Whether the email is sent; otherwise it is a draft.
    pub published: Option<bool>,
    /// The place in the sequence, from 0 on.
    pub position: Option<u64>,
    /// How long after the previous email Kit sends this one, in `delay_unit`.
    pub delay_value: Option<u64>,
    /// The unit of the delay.
    #[serde(default)]
    pub delay_unit: DelayUnit,
    /// The days on which the email is sent. `None` where the delay is in hours.
    pub send_days: Option<Vec<Weekday>>,
    /// The content, as HTML. Lists have it where it was asked for.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub content: Presence<String>,
    /// The statistics, if they were asked for with `with_stats`.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub stats: Presence<Box<SequenceStats>>,
}

impl SequenceEmail {
    /// The delay in the form that requests use. `None` if this version does not know the unit.
    pub fn delay(&self) -> Option<Delay> {
        let value = self.delay_value?;
        match &self.delay_unit {
            DelayUnit::Days => Some(Delay::Days(value)),
            DelayUnit::Hours => Some(Delay::Hours(value)),
            DelayUnit::Other(_) => None,
        }
    }
}
