use serde::{Serialize, Serializer};

use crate::error::Error;
use crate::{SegmentId, TagId};

/// The recipients of a broadcast. Kit takes one kind of choice alone, and so this is an enum.
///
/// # Examples
///
/// ```
/// use kit_core::broadcasts::{RecipientGroup, Recipients};
///
/// let recipients = Recipients::InAll(vec![RecipientGroup::Tags(vec![44.into()])]);
/// let json = serde_json::to_string(&recipients)?;
/// assert_eq!(json, r#"[{"all":[{"type":"tag","ids":[44]}],"any":null,"none":null}]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Recipients {
    /// All subscribers.
    #[default]
    Everyone,
    /// Subscribers who are in all of these segments and tags.
    InAll(Vec<RecipientGroup>),
    /// Subscribers who are in at least one of these segments and tags.
    InAny(Vec<RecipientGroup>),
    /// Subscribers who are in none of these segments and tags.
    InNone(Vec<RecipientGroup>),
}

impl Recipients {
    /// # Errors
    ///
    /// [`Error::Input`] for `subscriber_filter` where no segment or tag is named: Kit may take that for everyone.
    pub(super) fn check(&self) -> Result<(), Error> {
        let (Self::InAll(groups) | Self::InAny(groups) | Self::InNone(groups)) = self else {
            return Ok(());
        };
        if groups.is_empty() || groups.iter().any(RecipientGroup::is_empty) {
            return Err(Error::input("subscriber_filter", "names no segment or tag"));
        }
        Ok(())
    }
}

impl RecipientGroup {
    fn is_empty(&self) -> bool {
        match self {
            Self::Segments(ids) => ids.is_empty(),
            Self::Tags(ids) => ids.is_empty(),
        }
    }
}

/// Segments or tags by which subscribers are chosen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "type", content = "ids", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecipientGroup {
    /// Segments.
    #[serde(rename = "segment")]
    Segments(Vec<SegmentId>),
    /// Tags.
    #[serde(rename = "tag")]
    Tags(Vec<TagId>),
}

/// Writes a list of at most one group, which is all that Kit accepts. The group has all three keys, because Kit's
/// schema requires them. (The schema does not let `all` be null; Kit's documentation has no example of another
/// choice.)
impl Serialize for Recipients {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Group<'a> {
            all: Option<&'a [RecipientGroup]>,
            any: Option<&'a [RecipientGroup]>,
            none: Option<&'a [RecipientGroup]>,
        }
        let none = Group { all: None, any: None, none: None };
        let groups = match self {
            Self::Everyone => Vec::new(),
            Self::InAll(all) => vec![Group { all: Some(all), ..none }],
            Self::InAny(any) => vec![Group { any: Some(any), ..none }],
            Self::InNone(given) => vec![Group { none: Some(given), ..none }],
        };
        groups.serialize(serializer)
    }
}
