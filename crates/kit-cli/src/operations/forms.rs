use clap::Subcommand;
use kit_ureq::FormId;
use kit_ureq::forms::{
    AddSubscriberToForm, AddSubscriberToFormByEmail, FormStatus, FormType, ListFormSubscribers,
    ListForms,
};
use kit_ureq::subscribers::SubscriberStatus;

use super::options::{Added, Created, flag, with};
use super::who::Who;
use crate::{Context, Failure};

/// Forms and landing pages, and who signed up by them
#[derive(Debug, Subcommand)]
pub(crate) enum Forms {
    /// List the forms
    List {
        /// Only those of this status: active (the default), archived, trashed or all.
        #[arg(long)]
        status: Option<FormStatus>,
        /// Only these: embed (forms) or hosted (landing pages).
        #[arg(long = "type", value_name = "TYPE")]
        form_type: Option<FormType>,
        /// Ask how many active subscribers came by each form.
        #[arg(long)]
        with_count: bool,
    },
    /// List the subscribers of a form
    Subscribers {
        /// The form.
        id: FormId,
        /// Only those of this status: active (the default), inactive, bounced, complained, cancelled or all.
        #[arg(long)]
        status: Option<SubscriberStatus>,
        #[command(flatten)]
        added: Added,
        #[command(flatten)]
        created: Created,
        /// Leave out the custom fields.
        #[arg(long)]
        slim: bool,
    },
    /// Add a subscriber to a form
    Add {
        /// The form.
        id: FormId,
        /// The id or the email address of the subscriber.
        subscriber: Who,
        /// The URL of the page where they signed up.
        #[arg(long, value_name = "URL")]
        referrer: Option<String>,
    },
}

impl Forms {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List { status, form_type, with_count } => {
                let list = with(ListForms::new(), status, ListForms::with_status);
                let list = with(list, form_type, ListForms::with_form_type);
                kit.list(flag(list, with_count, ListForms::with_subscriber_count))
            }
            Self::Subscribers { id, status, added, created, slim } => {
                let list = ListFormSubscribers::new(id)
                    .with_added(added.into())
                    .with_created(created.into());
                let list = with(list, status, ListFormSubscribers::with_status);
                kit.list(flag(list, slim, ListFormSubscribers::slim))
            }
            Self::Add { id, subscriber: Who::Id(subscriber), referrer } => {
                let referrer = referrer.unwrap_or_default();
                kit.show(&AddSubscriberToForm::new(id, subscriber, referrer))
            }
            Self::Add { id, subscriber: Who::Address(address), referrer } => {
                let add = AddSubscriberToFormByEmail::new(id, address)?;
                kit.show(&with(add, referrer, AddSubscriberToFormByEmail::with_referrer))
            }
        }
    }
}
