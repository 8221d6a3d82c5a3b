use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;
use crate::{FormId, SegmentId, SequenceId, TagId};

/// Subscribers who skip a sequence because of their tags, forms, sequences or segments.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::SubscriberSource;
///
/// let customers = SubscriberSource::tags([44.into()]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriberSource {
    /// Whether the ids are of tags, sequences, forms or segments.
    #[serde(default, rename = "type")]
    pub of: SubscriberSourceType,
    /// The ids.
    #[serde(default)]
    pub ids: Vec<u64>,
}

impl SubscriberSource {
    /// The subscribers with one of these tags.
    pub fn tags(ids: impl IntoIterator<Item = TagId>) -> Self {
        Self::new(SubscriberSourceType::Tag, ids)
    }

    /// The subscribers in one of these sequences.
    pub fn sequences(ids: impl IntoIterator<Item = SequenceId>) -> Self {
        Self::new(SubscriberSourceType::Sequence, ids)
    }

    /// The subscribers of one of these forms.
    pub fn forms(ids: impl IntoIterator<Item = FormId>) -> Self {
        Self::new(SubscriberSourceType::Form, ids)
    }

    /// The subscribers in one of these segments.
    pub fn segments(ids: impl IntoIterator<Item = SegmentId>) -> Self {
        Self::new(SubscriberSourceType::Segment, ids)
    }

    /// The subscribers of any of these tags, sequences, forms or segments, by their type and ids.
    pub fn new<T: Into<u64>>(of: SubscriberSourceType, ids: impl IntoIterator<Item = T>) -> Self {
        Self { of, ids: ids.into_iter().map(Into::into).collect() }
    }
}

text_enum! {
    /// The kind of resource that the ids of a [`SubscriberSource`] belong to.
    pub enum SubscriberSourceType {
        /// Tags:
        Tag = "tag",
        /// Sequences:
        Sequence = "sequence",
        /// Forms:
        Form = "form",
        /// Segments:
        Segment = "segment",
    } else Other
}
