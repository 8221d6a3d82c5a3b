use std::ops::{Bound, RangeBounds};

use serde::Serialize;

use crate::BroadcastId;
use crate::text_enum::text_enum;
use crate::wire::Date;

/// Which emails count, how many of them are needed, and when: for opened, sent and delivered emails.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::{Condition, Engagement};
///
/// let engaged = Condition::Opens(Engagement::new().with_count(3..).of_broadcasts([7.into()]));
/// let json = serde_json::to_string(&engaged)?;
/// assert_eq!(
///     json,
///     r#"{"type":"opens","count_greater_than_or_equal":3,"any":[{"type":"broadcasts","ids":[7]}]}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Engagement {
    #[serde(flatten)]
    events: Events,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    any: Vec<OfBroadcasts>,
}

/// Which clicks count, how many of them are needed, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Clicks {
    #[serde(flatten)]
    events: Events,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    any: Vec<Clicked>,
}

/// How often, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
struct Events {
    #[serde(skip_serializing_if = "Option::is_none")]
    count_greater_than: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count_greater_than_or_equal: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count_less_than: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count_less_than_or_equal: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Date>,
}

/// One of the broadcasts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "type", rename = "broadcasts")]
struct OfBroadcasts {
    ids: Vec<BroadcastId>,
}

/// One of the broadcasts, or one of the links.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Clicked {
    Broadcasts { ids: Vec<BroadcastId> },
    Urls(ClickedUrls),
}

impl Events {
    fn set_count(&mut self, range: &impl RangeBounds<u64>) {
        let (from, to) = (range.start_bound().cloned(), range.end_bound().cloned());
        (self.count_greater_than, self.count_greater_than_or_equal) = bounds(from);
        (self.count_less_than, self.count_less_than_or_equal) = bounds(to);
    }
}

/// A bound that excludes its number, and one that includes it.
fn bounds(bound: Bound<u64>) -> (Option<u64>, Option<u64>) {
    match bound {
        Bound::Excluded(number) => (Some(number), None),
        Bound::Included(number) => (None, Some(number)),
        Bound::Unbounded => (None, None),
    }
}

macro_rules! events {
    ($name:ident) => {
        impl $name {
            /// Events at any time, without a count. How many events Kit then requires is not documented.
            pub fn new() -> Self {
                Self::default()
            }

            /// How many: `3..` for three or more, `..3` for less than three.
            #[must_use]
            pub fn with_count(mut self, range: impl RangeBounds<u64>) -> Self {
                self.events.set_count(&range);
                self
            }

            /// After a day. Whether the day itself counts is not documented.
            #[must_use]
            pub fn after(mut self, date: Date) -> Self {
                self.events.after = Some(date);
                self
            }

            /// Before a day. Whether the day itself counts is not documented.
            #[must_use]
            pub fn before(mut self, date: Date) -> Self {
                self.events.before = Some(date);
                self
            }
        }
    };
}

events!(Engagement);
events!(Clicks);

impl Engagement {
    /// Whether an entry has no id.
    pub(super) fn names_nothing(&self) -> bool {
        self.any.iter().any(|of| of.ids.is_empty())
    }

    /// Counts only emails of these broadcasts. Further calls add broadcasts.
    #[must_use]
    pub fn of_broadcasts(mut self, ids: impl IntoIterator<Item = BroadcastId>) -> Self {
        self.any.push(OfBroadcasts { ids: ids.into_iter().collect() });
        self
    }
}

impl Clicks {
    /// Whether an entry has neither an id nor a URL.
    pub(super) fn names_nothing(&self) -> bool {
        self.any.iter().any(|clicked| match clicked {
            Clicked::Broadcasts { ids } => ids.is_empty(),
            Clicked::Urls(urls) => urls.ids.is_empty() && urls.urls.is_empty(),
        })
    }

    /// Counts only clicks in these broadcasts. Further calls, also of [`on`](Self::on), add alternatives.
    #[must_use]
    pub fn of_broadcasts(mut self, ids: impl IntoIterator<Item = BroadcastId>) -> Self {
        self.any.push(Clicked::Broadcasts { ids: ids.into_iter().collect() });
        self
    }

    /// Counts only clicks on these links. Further calls, also of [`of_broadcasts`](Self::of_broadcasts), add
    /// alternatives.
    #[must_use]
    pub fn on(mut self, urls: ClickedUrls) -> Self {
        self.any.push(Clicked::Urls(urls));
        self
    }
}

/// Links, chosen by their ids or by their URLs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ClickedUrls {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ids: Vec<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matching: Option<UrlMatch>,
}

impl ClickedUrls {
    /// The links with these ids at Kit.
    pub fn with_ids(ids: impl IntoIterator<Item = u64>) -> Self {
        Self { ids: ids.into_iter().collect(), urls: Vec::new(), matching: None }
    }

    /// The links whose URLs match one of these texts.
    pub fn matching<T: Into<String>>(
        matching: UrlMatch,
        urls: impl IntoIterator<Item = T>,
    ) -> Self {
        let urls = urls.into_iter().map(Into::into).collect();
        Self { ids: Vec::new(), urls, matching: Some(matching) }
    }
}

text_enum! {
    /// How a URL matches a text.
    pub enum UrlMatch {
        /// The link is the text:
        Exact = "exact",
        /// The link contains the text:
        Contains = "contains",
        /// The link starts with the text:
        StartsWith = "starts_with",
        /// The link ends with the text:
        EndsWith = "ends_with",
    } else Other
}
