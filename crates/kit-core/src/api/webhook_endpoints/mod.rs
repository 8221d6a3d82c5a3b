//! Webhook endpoints: Kit posts events to a URL of yours, many types to one URL, signed and retried.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | create an endpoint | [`CreateWebhookEndpoint`] | `POST /v4/webhook_endpoints` |
//! | list the endpoints | [`ListWebhookEndpoints`] | `GET /v4/webhook_endpoints` |
//! | read an endpoint | [`GetWebhookEndpoint`] | `GET /v4/webhook_endpoints/{id}` |
//! | change an endpoint | [`UpdateWebhookEndpoint`] | `PATCH /v4/webhook_endpoints/{id}` |
//! | delete an endpoint | [`DeleteWebhookEndpoint`] | `DELETE /v4/webhook_endpoints/{id}` |
//! | get a new signing secret | [`RotateSecret`] | `POST /v4/webhook_endpoints/{id}/rotate_secret` |
//! | end the previous signing secret | [`RevokePreviousSecret`] | `POST /v4/webhook_endpoints/{id}/revoke_previous_secret` |
//! | list what Kit has posted | [`ListWebhookDeliveries`] | `GET /v4/webhook_endpoints/{id}/deliveries` |
//! | read one of these | [`GetWebhookDelivery`] | `GET /v4/webhook_endpoints/{id}/deliveries/{delivery_id}` |
//!
//! Source: Kit's API v4, "Webhook endpoints", and Kit's guides about webhooks.

mod create_webhook_endpoint;
mod delete_webhook_endpoint;
mod delivery_record;
mod delivery_status;
mod endpoint_status;
mod endpoint_with_secret;
mod event_type;
mod get_webhook_delivery;
mod get_webhook_endpoint;
mod list_webhook_deliveries;
mod list_webhook_endpoints;
mod revoke_previous_secret;
mod rotate_secret;
mod signing_secret;
mod update_webhook_endpoint;
mod webhook_endpoint;

pub use create_webhook_endpoint::CreateWebhookEndpoint;
pub use delete_webhook_endpoint::DeleteWebhookEndpoint;
pub use delivery_record::DeliveryRecord;
pub use delivery_status::DeliveryStatus;
pub use endpoint_status::EndpointStatus;
pub use endpoint_with_secret::EndpointWithSecret;
pub use event_type::EventType;
pub use get_webhook_delivery::GetWebhookDelivery;
pub use get_webhook_endpoint::GetWebhookEndpoint;
pub use list_webhook_deliveries::ListWebhookDeliveries;
pub use list_webhook_endpoints::ListWebhookEndpoints;
pub use revoke_previous_secret::RevokePreviousSecret;
pub use rotate_secret::RotateSecret;
pub use signing_secret::SigningSecret;
pub use update_webhook_endpoint::UpdateWebhookEndpoint;
pub use webhook_endpoint::WebhookEndpoint;
