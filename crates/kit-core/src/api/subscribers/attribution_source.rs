use serde::Serialize;

use crate::FormId;

/// The origin of subscribers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AttributionSource {
    /// One of these forms or landing pages.
    Forms {
        /// Their ids.
        ids: Vec<FormId>,
    },
    /// A source at Kit. (A newer version of Kit's API.)
    KitSource(KitSource),
}

impl AttributionSource {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Forms { ids } => ids.is_empty(),
            Self::KitSource(source) => *source == KitSource::default(),
        }
    }
}

/// A source at Kit. Subscribers have to match every field that is given.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::{AttributionSource, Condition, KitSource};
///
/// let source = KitSource { source_type: Some("api_subscription".into()), ..KitSource::default() };
/// let by_api = Condition::Attribution { any: vec![AttributionSource::KitSource(source)] };
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct KitSource {
    /// The kind of the source: `form_subscription`, `api_subscription`, `manual` and others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_type: Option<String>,
    /// The ids of the sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source_ids: Vec<u64>,
    /// The names of the sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source_names: Vec<String>,
    /// The mechanism of the source by which subscribers came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// The ids of the mechanisms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mechanism_ids: Vec<u64>,
}
