//! The core: one request built, one reply read.

use http::{Request, Response, StatusCode};
use kit_core::webhooks::{CreateWebhook, Event, Webhook};
use kit_core::{Credentials, Kit};

use crate::floor;

/// The create that is measured.
pub fn create() -> CreateWebhook {
    let event = Event::TagAdd { tag_id: floor::TAG.into() };
    CreateWebhook::new(floor::TARGET_URL, event).expect("a create")
}

/// With the credential that is measured.
pub fn kit() -> Kit {
    Kit::new(Credentials::api_key(floor::API_KEY))
}

/// Builds the request.
pub fn build(kit: &Kit, create: &CreateWebhook) -> Request<Vec<u8>> {
    kit.request(create).expect("a request")
}

/// Reads a 201.
pub fn read(kit: &Kit, create: &CreateWebhook, body: &[u8]) -> Webhook {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::CREATED;
    kit.response(create, response).expect("a webhook")
}
