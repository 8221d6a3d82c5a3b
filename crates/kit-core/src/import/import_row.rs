use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::subscribers::{
    ListSubscribers, Subscriber, SubscriberExtra, SubscriberState, SubscriberStatus,
};

/// How many custom fields a subscriber of an import may have: as many as a request may.
const MAX_FIELDS: usize = 140;

/// A person of an [`Import`](super::Import), and what the account is to know of them. What a row leaves out stays as it
/// is.
///
/// # Examples
///
/// ```
/// use kit_core::import::ImportRow;
///
/// let row = ImportRow::new("ann@example.com").with_first_name("Ann").with_field("Company", "X").with_tag("VIP");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImportRow {
    /// The email address.
    pub email_address: String,
    /// The first name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The state. Kit sets that of new subscribers alone; [`SubscriberState::Cancelled`] unsubscribes others, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<SubscriberState>,
    /// The values of custom fields, by the keys or the labels of the fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// The names of tags that the subscriber gets. Blank ones are passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The id or the name of a form that the subscriber is added to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Why there is no row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unreadable: Option<String>,
}

impl ImportRow {
    /// A person with this address.
    pub fn new(email_address: impl Into<String>) -> Self {
        Self { email_address: email_address.into(), ..Self::default() }
    }

    /// A row that could not be read, for this reason: it is refused, and so has its place in the report.
    pub fn unreadable(reason: impl Into<String>) -> Self {
        Self { unreadable: Some(reason.into()), ..Self::default() }
    }

    /// The same row with a first name.
    #[must_use]
    pub fn with_first_name(mut self, first_name: impl Into<String>) -> Self {
        self.first_name = Some(first_name.into());
        self
    }

    /// The same row with a state.
    #[must_use]
    pub fn with_state(mut self, state: SubscriberState) -> Self {
        self.state = Some(state);
        self
    }

    /// The same row with the value of a custom field, by the field's key or label.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.insert(field.into(), value.into());
        self
    }

    /// The same row with another tag.
    #[must_use]
    pub fn with_tag(mut self, name: impl Into<String>) -> Self {
        self.tags.push(name.into());
        self
    }

    /// The same row with a form, by its id or its name.
    #[must_use]
    pub fn with_form(mut self, form: impl Into<String>) -> Self {
        self.form = Some(form.into());
        self
    }

    /// Why nothing can be sent for this row, if that can be said without asking Kit: such a row is refused. Whether Kit
    /// takes an address, Kit alone knows.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::import::ImportRow;
    ///
    /// assert_eq!(ImportRow::new("ann@example.com").problem(), None);
    /// assert_eq!(ImportRow::new("ann").problem().unwrap(), "email_address is no email address");
    /// ```
    pub fn problem(&self) -> Option<String> {
        if let Some(reason) = &self.unreadable {
            return Some(reason.clone());
        }
        let address = self.email_address.trim();
        if address.is_empty() {
            return Some("email_address is blank".to_owned());
        }
        let is_address = address.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !host.contains('@')
        });
        if !is_address || address.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Some("email_address is no email address".to_owned());
        }
        if let Some(SubscriberState::Other(state)) = &self.state {
            return Some(format!("state is {state:?}, and none that Kit has"));
        }
        if self.fields.keys().any(|name| name.trim().is_empty()) {
            return Some("fields have one without a name".to_owned());
        }
        let count = self.fields.len();
        (count > MAX_FIELDS).then(|| {
            format!("has {count} custom fields, and Kit takes {MAX_FIELDS} of a subscriber")
        })
    }

    /// What makes two addresses the same.
    pub(super) fn key(&self) -> String {
        self.email_address.trim().to_lowercase()
    }
}

/// All subscribers of an account, whatever their state, with their custom fields and tags: what
/// [`ImportRow::from`](ImportRow) makes rows of.
///
/// # Examples
///
/// ```
/// use kit_core::import::{ImportRow, everybody};
/// use kit_core::{Credentials, Kit};
///
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&everybody())?;
/// # Ok::<(), kit_core::Error>(())
/// ```
pub fn everybody() -> ListSubscribers {
    ListSubscribers::new().with_status(SubscriberStatus::All).including([SubscriberExtra::Tags])
}

/// What an export has of a subscriber: importing it again changes nothing. Fields without a value are left out, and tags
/// are there if the list [asked for them](crate::subscribers::SubscriberExtra::Tags).
impl From<Subscriber> for ImportRow {
    fn from(subscriber: Subscriber) -> Self {
        let fields = subscriber.fields.into_iter();
        let tags = subscriber.tags.unwrap_or_default().into_iter();
        Self {
            email_address: subscriber.email_address,
            first_name: subscriber.first_name,
            state: Some(subscriber.state),
            fields: fields.filter_map(|(key, value)| Some((key, value?))).collect(),
            tags: tags.filter_map(|tag| tag.name.into_value()).collect(),
            form: None,
            unreadable: None,
        }
    }
}
