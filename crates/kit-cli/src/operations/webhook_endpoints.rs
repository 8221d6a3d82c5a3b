use clap::Subcommand;
use kit_ureq::webhook_endpoints::{
    CreateWebhookEndpoint, DeleteWebhookEndpoint, DeliveryStatus, EndpointStatus, EventType,
    GetWebhookDelivery, GetWebhookEndpoint, ListWebhookDeliveries, ListWebhookEndpoints,
    RevokePreviousSecret, RotateSecret, UpdateWebhookEndpoint,
};
use kit_ureq::{DeliveryId, WebhookEndpointId};

use super::options::{flag, with};
use crate::{Context, Failure};

/// Webhook endpoints: URLs that Kit calls, with signatures
#[derive(Debug, Subcommand)]
pub(crate) enum WebhookEndpoints {
    /// List the endpoints
    List {
        /// Only those of this status.
        #[arg(long)]
        status: Option<EndpointStatus>,
    },
    /// Show an endpoint
    Get {
        /// The endpoint.
        id: WebhookEndpointId,
    },
    /// Create an endpoint. The reply has its secret, once
    Create {
        /// The URL that Kit calls.
        url: String,
        /// The types of its events, such as subscriber.created.
        #[arg(long, required = true, value_name = "TYPE", value_delimiter = ',')]
        events: Vec<EventType>,
        #[arg(long)]
        name: Option<String>,
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
    },
    /// Change an endpoint
    Update {
        /// The endpoint.
        id: WebhookEndpointId,
        #[arg(long)]
        url: Option<String>,
        #[arg(long, value_name = "TYPE", value_delimiter = ',')]
        events: Vec<EventType>,
        #[arg(long)]
        name: Option<String>,
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// Such as disabled.
        #[arg(long)]
        status: Option<EndpointStatus>,
    },
    /// Delete an endpoint, and its log
    Delete {
        /// The endpoint.
        id: WebhookEndpointId,
    },
    /// List what Kit has posted to an endpoint, or is about to
    Deliveries {
        /// The endpoint.
        id: WebhookEndpointId,
        /// Only those of this status.
        #[arg(long)]
        status: Option<DeliveryStatus>,
        /// Only those of this type.
        #[arg(long, value_name = "TYPE")]
        event_type: Option<EventType>,
    },
    /// Show what Kit has posted
    Delivery {
        /// The endpoint.
        id: WebhookEndpointId,
        /// The delivery.
        delivery: DeliveryId,
        /// Ask for its payload.
        #[arg(long)]
        with_payload: bool,
    },
    /// Make a new secret. The reply has it, once; the previous one stays for a while
    RotateSecret {
        /// The endpoint.
        id: WebhookEndpointId,
        /// Even while a previous secret is there, which ends then.
        #[arg(long)]
        force: bool,
    },
    /// End the previous secret now
    RevokePreviousSecret {
        /// The endpoint.
        id: WebhookEndpointId,
    },
}

impl WebhookEndpoints {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List { status } => kit.list(with(
                ListWebhookEndpoints::new(),
                status,
                ListWebhookEndpoints::with_status,
            )),
            Self::Get { id } => kit.show(&GetWebhookEndpoint::new(id)),
            Self::Create { url, events, name, description } => {
                let create = CreateWebhookEndpoint::new(url, events)?;
                let create = with(create, name, CreateWebhookEndpoint::with_name);
                let create = with(create, description, CreateWebhookEndpoint::with_description);
                kit.show(&create)
            }
            Self::Update { id, url, events, name, description, status } => {
                let mut update = UpdateWebhookEndpoint::new(id);
                if let Some(url) = url {
                    update = update.with_url(url)?;
                }
                if !events.is_empty() {
                    update = update.with_events(events)?;
                }
                let update = with(update, name, UpdateWebhookEndpoint::with_name);
                let update = with(update, description, UpdateWebhookEndpoint::with_description);
                kit.show(&with(update, status, UpdateWebhookEndpoint::with_status))
            }
            Self::Delete { id } => {
                kit.confirm(&format!("Delete the endpoint {id}, and its log"))?;
                kit.run(&DeleteWebhookEndpoint::new(id))
            }
            Self::Deliveries { id, status, event_type } => {
                let list = ListWebhookDeliveries::new(id);
                let list = with(list, status, ListWebhookDeliveries::with_status);
                kit.list(with(list, event_type, ListWebhookDeliveries::with_event_type))
            }
            Self::Delivery { id, delivery, with_payload } => {
                let get = GetWebhookDelivery::new(id, delivery);
                kit.show(&flag(get, with_payload, GetWebhookDelivery::with_payload))
            }
            Self::RotateSecret { id, force } => {
                if force {
                    kit.confirm(&format!("Rotate the secret of {id}, and end the previous one"))?;
                }
                kit.show(&flag(RotateSecret::new(id), force, RotateSecret::force))
            }
            Self::RevokePreviousSecret { id } => {
                kit.confirm(&format!("End the previous secret of the endpoint {id}"))?;
                kit.show(&RevokePreviousSecret::new(id))
            }
        }
    }
}
