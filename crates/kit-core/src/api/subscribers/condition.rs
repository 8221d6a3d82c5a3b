use serde::Serialize;
use serde_json::Value;

use super::{
    AttributionSource, Clicks, Engagement, FieldCondition, FieldTest, Place, Subscribed,
    SubscriberState, TagSet,
};
use crate::error::Error;
use crate::{CustomFieldId, FormId, TagId};

/// What subscribers have to meet.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::{Condition, FieldTest, SubscriberState};
///
/// let active = Condition::states([SubscriberState::Active]);
/// let of_age = Condition::field(8.into(), FieldTest::AtLeast(18.into()));
/// let near = Condition::near(43.6, -116.2, 25.0)?;
/// // One that this version does not know:
/// let other = Condition::Other(serde_json::json!({"type": "purchased", "ids": [3]}));
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Condition {
    /// They opened emails.
    Opens(Engagement),
    /// They clicked links.
    Clicks(Clicks),
    /// Emails were sent to them.
    Sent(Engagement),
    /// Emails reached them.
    Delivered(Engagement),
    /// They were created at some time.
    Subscribed(Subscribed),
    /// They are in one of these states.
    SubscriberState {
        /// The states.
        states: Vec<SubscriberState>,
    },
    /// They have tags.
    Tags {
        /// Entries, of which one has to hold.
        any: Vec<TagSet>,
    },
    /// They came from somewhere: not where they are now.
    Attribution {
        /// Entries, of which one has to hold.
        any: Vec<AttributionSource>,
    },
    /// The value of a custom field.
    CustomField(FieldCondition),
    /// They are at some place.
    Location(Place),
    /// One that this version does not know: an object with its `type`.
    #[serde(untagged)]
    Other(Value),
}

impl Condition {
    /// Whether it names no state, no tag, no form or no broadcast, although it is about some: whom Kit finds by that is
    /// not documented.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Opens(engagement) | Self::Sent(engagement) | Self::Delivered(engagement) => {
                engagement.names_nothing()
            }
            Self::Clicks(clicks) => clicks.names_nothing(),
            Self::SubscriberState { states } => states.is_empty(),
            Self::Tags { any } => any.is_empty() || any.iter().any(TagSet::is_empty),
            Self::Attribution { any } => {
                any.is_empty() || any.iter().any(AttributionSource::is_empty)
            }
            _ => false,
        }
    }

    /// They are in one of these states.
    pub fn states(states: impl IntoIterator<Item = SubscriberState>) -> Self {
        Self::SubscriberState { states: states.into_iter().collect() }
    }

    /// They have these tags. Whether one of them is enough is not documented: for one of several, give an entry of
    /// [`Condition::Tags`] for each.
    pub fn tags(ids: impl IntoIterator<Item = TagId>) -> Self {
        Self::Tags { any: vec![TagSet::new(ids)] }
    }

    /// They came by one of these forms or landing pages.
    pub fn came_by_forms(ids: impl IntoIterator<Item = FormId>) -> Self {
        Self::Attribution { any: vec![AttributionSource::Forms { ids: ids.into_iter().collect() }] }
    }

    /// The value of this custom field.
    pub fn field(id: CustomFieldId, test: FieldTest) -> Self {
        Self::CustomField(FieldCondition::new(id, test))
    }

    /// They are within so many miles of a place.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `latitude`, `longitude` or `radius` where it is out of range.
    pub fn near(latitude: f64, longitude: f64, miles: f64) -> Result<Self, Error> {
        Place::new(latitude, longitude, miles).map(Self::Location)
    }
}
