//! Webhooks: created, listed, deleted.

mod create_webhook;
mod delete_webhook;
mod list_webhooks;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::POST, "/v4/webhooks", Credential, create_webhook::create),
    Route::new(Method::GET, "/v4/webhooks", Credential, list_webhooks::list),
    Route::new(Method::DELETE, "/v4/webhooks/{id}", Credential, delete_webhook::delete)
        .refusing("Unable to destroy the webhook."),
];
