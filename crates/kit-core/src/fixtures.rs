//! What the tests of this crate share.

use crate::webhooks::{CreateWebhook, Event};
use crate::{Credentials, Kit};

pub(crate) fn kit() -> Kit {
    Kit::new(Credentials::api_key("kit_0123"))
}

pub(crate) fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

/// The body of a request.
pub(crate) fn json(request: &http::Request<Vec<u8>>) -> serde_json::Value {
    serde_json::from_slice(request.body()).unwrap()
}
