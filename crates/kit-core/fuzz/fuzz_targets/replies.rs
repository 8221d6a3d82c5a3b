//! The reply of each operation, with any status: never a panic, and what is read is written and read again.
#![no_main]

use kit_core::oauth::{App, ExchangeCode, RefreshTokens, RevokeToken};
use kit_core::webhook_endpoints::{
    CreateWebhookEndpoint, DeleteWebhookEndpoint, EventType, GetWebhookDelivery,
    GetWebhookEndpoint, ListWebhookDeliveries, ListWebhookEndpoints, RevokePreviousSecret,
    RotateSecret, UpdateWebhookEndpoint,
};
use kit_core::webhooks::{CreateWebhook, DeleteWebhook, Event, ListWebhooks};
use kit_core::{Credentials, Endpoint, Kit};
use libfuzzer_sys::fuzz_target;

fn read<E: Endpoint>(kit: &Kit, endpoint: E, status: u16, body: &[u8]) -> Option<E::Reply> {
    let response = http::Response::builder().status(status).body(body).unwrap();
    match kit.response(&endpoint, response) {
        Ok(reply) => Some(reply),
        Err(error) => {
            let text = format!("{error} {error:?}");
            assert!(!text.contains("kit_0123456789"), "{text}");
            None
        }
    }
}

macro_rules! check {
    ($reply:expr, $of:ty) => {
        if let Some(reply) = $reply {
            let written = serde_json::to_string(&reply).unwrap();
            let read: $of = serde_json::from_str(&written).unwrap();
            assert_eq!(read, reply);
        }
    };
}

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let status = 200 + u16::from(*first) * 2 % 400;
    let kit = Kit::new(Credentials::api_key("kit_0123456789"));
    let id = || 7.into();
    let app = App::confidential("id", "app_s3cret");
    let create = CreateWebhook::new("https://a.b/", Event::PurchaseCreate).unwrap();
    check!(read(&kit, create, status, body), kit_core::webhooks::Webhook);
    read(&kit, ListWebhooks::new(), status, body);
    read(&kit, DeleteWebhook::new(id()), status, body);
    let create = CreateWebhookEndpoint::new("https://a.b/", [EventType::TagCreated]).unwrap();
    check!(read(&kit, create, status, body), kit_core::webhook_endpoints::EndpointWithSecret);
    let get = GetWebhookEndpoint::new(7.into());
    check!(read(&kit, get, status, body), kit_core::webhook_endpoints::WebhookEndpoint);
    read(&kit, ListWebhookEndpoints::new(), status, body);
    read(&kit, UpdateWebhookEndpoint::new(7.into()), status, body);
    read(&kit, DeleteWebhookEndpoint::new(7.into()), status, body);
    read(&kit, RotateSecret::new(7.into()), status, body);
    read(&kit, RevokePreviousSecret::new(7.into()), status, body);
    read(&kit, ListWebhookDeliveries::new(7.into()), status, body);
    let get = GetWebhookDelivery::new(7.into(), 9.into());
    check!(read(&kit, get, status, body), kit_core::webhook_endpoints::DeliveryRecord);
    read(&kit, ExchangeCode::new(&app, "code", "https://a.b/").unwrap(), status, body);
    read(&kit, RefreshTokens::new(&app, "refresh"), status, body);
    let _ = RevokeToken::access(&app, "access");
});
