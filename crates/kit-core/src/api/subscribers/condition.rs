use serde::Serialize;
use serde_json::Value;

use super::{
    AttributionSource, Clicks, Engagement, FieldCondition, FieldTest, Place, Subscribed,
    SubscriberState, TagSet,
};
use crate::error::Error;
use crate::{CustomFieldId, FormId, TagId};

/// A condition that subscribers have to meet.
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
    /// Subscribers who opened emails.
    Opens(Engagement),
    /// Subscribers who clicked links.
    Clicks(Clicks),
    /// Subscribers to whom emails were sent.
    Sent(Engagement),
    /// Subscribers whom emails reached.
    Delivered(Engagement),
    /// Subscribers who were created in a period.
    Subscribed(Subscribed),
    /// Subscribers who are in one of these states.
    SubscriberState {
        /// The states.
        states: Vec<SubscriberState>,
    },
    /// Subscribers who have tags.
    Tags {
        /// The entries, of which at least one has to match.
        any: Vec<TagSet>,
    },
    /// Subscribers who came from a source. The condition is on the original source, not on their current forms.
    Attribution {
        /// The entries, of which at least one has to match.
        any: Vec<AttributionSource>,
    },
    /// Subscribers whose value of a custom field passes a test.
    CustomField(FieldCondition),
    /// Subscribers who are near a place.
    Location(Place),
    /// A condition that this version does not know, as a JSON object with its `type`.
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

    /// Subscribers who are in one of these states.
    pub fn states(states: impl IntoIterator<Item = SubscriberState>) -> Self {
        Self::SubscriberState { states: states.into_iter().collect() }
    }

    /// Subscribers who have these tags.
    ///
    /// Kit's documentation does not say whether one of the tags is enough. To match any of several tags, give
    /// [`Condition::Tags`] one entry for each tag.
    pub fn tags(ids: impl IntoIterator<Item = TagId>) -> Self {
        Self::Tags { any: vec![TagSet::new(ids)] }
    }

    /// Subscribers who came by one of these forms or landing pages.
    pub fn came_by_forms(ids: impl IntoIterator<Item = FormId>) -> Self {
        Self::Attribution { any: vec![AttributionSource::Forms { ids: ids.into_iter().collect() }] }
    }

    /// Subscribers whose value of this custom field passes this test.
    pub fn field(id: CustomFieldId, test: FieldTest) -> Self {
        Self::CustomField(FieldCondition::new(id, test))
    }

    /// Subscribers who are within this many miles of a place.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `latitude`, `longitude` or `radius` where it is out of range.
    pub fn near(latitude: f64, longitude: f64, miles: f64) -> Result<Self, Error> {
        Place::new(latitude, longitude, miles).map(Self::Location)
    }
}
