//! Webhook endpoints: created, changed, deleted; their secrets; and the log of what was delivered to them.

mod create_webhook_endpoint;
mod delete_webhook_endpoint;
mod deliveries;
mod get_webhook_delivery;
mod get_webhook_endpoint;
mod input;
mod list_webhook_deliveries;
mod list_webhook_endpoints;
mod owner;
mod revoke_previous_secret;
mod rotate_secret;
mod secrets;
mod update_webhook_endpoint;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

const ALL: &str = "/v4/webhook_endpoints";
const ONE: &str = "/v4/webhook_endpoints/{id}";
const ROTATE_SECRET: &str = "/v4/webhook_endpoints/{id}/rotate_secret";
const REVOKE_SECRET: &str = "/v4/webhook_endpoints/{id}/revoke_previous_secret";
const DELIVERIES: &str = "/v4/webhook_endpoints/{id}/deliveries";
const DELIVERY: &str = "/v4/webhook_endpoints/{id}/deliveries/{delivery_id}";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::POST, ALL, Credential, create_webhook_endpoint::create),
    Route::new(Method::GET, ALL, Credential, list_webhook_endpoints::list),
    Route::new(Method::GET, ONE, Credential, get_webhook_endpoint::get),
    Route::new(Method::PATCH, ONE, Credential, update_webhook_endpoint::update),
    Route::new(Method::DELETE, ONE, Credential, delete_webhook_endpoint::delete),
    Route::new(Method::POST, ROTATE_SECRET, Credential, rotate_secret::rotate),
    Route::new(Method::POST, REVOKE_SECRET, Credential, revoke_previous_secret::revoke_previous),
    Route::new(Method::GET, DELIVERIES, Credential, list_webhook_deliveries::list),
    Route::new(Method::GET, DELIVERY, Credential, get_webhook_delivery::get),
];
