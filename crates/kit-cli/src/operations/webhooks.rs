use clap::Subcommand;
use kit_ureq::WebhookId;
use kit_ureq::webhooks::{CreateWebhook, DeleteWebhook, Event, ListWebhooks};

use crate::signatures::Signatures;
use crate::{Context, Failure};

/// Legacy webhooks: one event each, unsigned; and signatures of what endpoints get
#[derive(Debug, Subcommand)]
pub(crate) enum Webhooks {
    /// List the webhooks
    List,
    /// Create a webhook. Kit creates the same one twice
    Create {
        /// The URL that Kit calls.
        target_url: String,
        /// What happens, such as subscriber.tag_add.
        #[arg(long)]
        event: String,
        /// The id of the form, sequence, tag, product or custom field, or the URL of the link; for events that need one.
        #[arg(long, value_name = "VALUE")]
        parameter: Option<String>,
    },
    /// Delete a webhook
    Delete {
        /// The webhook.
        id: WebhookId,
    },
    #[command(flatten)]
    Signatures(Signatures),
}

impl Webhooks {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List => kit.list(ListWebhooks::new()),
            Self::Create { target_url, event, parameter } => {
                let event = Event::named(&event, parameter.as_deref())?;
                kit.show(&CreateWebhook::new(target_url, event)?)
            }
            Self::Delete { id } => {
                kit.confirm(&format!("Delete the webhook {id}"))?;
                kit.run(&DeleteWebhook::new(id))
            }
            Self::Signatures(signatures) => signatures.run(kit),
        }
    }
}
