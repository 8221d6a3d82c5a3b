use serde::{Deserialize, Serialize};

use super::Event;
use crate::{AccountId, WebhookId};

/// A webhook as Kit knows it.
///
/// Fields that this version does not know are ignored when it is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Webhook {
    /// The id that Kit gave it: what it is deleted by.
    pub id: WebhookId,
    /// The account that it belongs to.
    pub account_id: AccountId,
    /// What it watches.
    pub event: Event,
    /// The URL that Kit calls.
    pub target_url: String,
}

impl Webhook {
    /// A webhook of your own, for a test of yours.
    pub fn new(
        id: impl Into<WebhookId>,
        account_id: impl Into<AccountId>,
        event: Event,
        target_url: impl Into<String>,
    ) -> Self {
        let (id, account_id) = (id.into(), account_id.into());
        Self { id, account_id, event, target_url: target_url.into() }
    }
}
