//! What the tests of this crate share.

use crate::webhooks::{CreateWebhook, Event};
use crate::{Credentials, Kit};

pub(crate) fn kit() -> Kit {
    Kit::new(Credentials::api_key("kit_0123"))
}

pub(crate) fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}
