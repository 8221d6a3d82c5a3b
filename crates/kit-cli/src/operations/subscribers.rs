use clap::{Args, Subcommand};
use kit_ureq::SubscriberId;
use kit_ureq::subscribers::{
    CreateSubscriber, DeleteLocation, GetSubscriber, GetSubscriberStats, ListSubscriberTags,
    ListSubscribers, PinLocation, PinnedLocation, SortOrder, SubscriberExtra, SubscriberSortField,
    SubscriberState, SubscriberStatus, Unsubscribe, UpdateLocation, UpdateSubscriber,
};

use super::filter::Filter;
use super::options::{Created, EmailSent, Updated, flag, pair, with};
use crate::{Context, Failure};

/// Subscribers
#[derive(Debug, Subcommand)]
pub(crate) enum Subscribers {
    /// List subscribers
    List {
        /// Only those with this email address; can be repeated.
        #[arg(long, value_name = "ADDRESS")]
        email_address: Vec<String>,
        /// Only those of this status: active (the default), inactive, bounced, complained, cancelled or all.
        #[arg(long)]
        status: Option<SubscriberStatus>,
        #[command(flatten)]
        created: Created,
        #[command(flatten)]
        updated: Updated,
        /// Ask for these: tags, attribution, location, canceled_at.
        #[arg(long, value_name = "PART", value_delimiter = ',')]
        include: Vec<SubscriberExtra>,
        /// Sort by this field, such as created_at.
        #[arg(long, value_name = "FIELD")]
        sort: Option<SubscriberSortField>,
        /// asc or desc.
        #[arg(long)]
        order: Option<SortOrder>,
        /// Leave out the custom fields.
        #[arg(long)]
        slim: bool,
    },
    /// Find subscribers by what they did: conditions as JSON
    Filter(Filter),
    /// Show a subscriber
    Get {
        /// The subscriber.
        id: SubscriberId,
    },
    /// Create a subscriber, or change the first name of the one with this email address
    Create {
        /// The email address.
        email_address: String,
        /// The first name.
        #[arg(long, value_name = "NAME")]
        first_name: Option<String>,
        /// The state of a new subscriber: active (the default), inactive, cancelled, bounced or complained.
        #[arg(long)]
        state: Option<SubscriberState>,
        /// The value of a custom field by its key; can be repeated.
        #[arg(long = "field", value_name = "KEY=VALUE", value_parser = pair)]
        fields: Vec<(String, String)>,
    },
    /// Change a subscriber
    Update {
        /// The subscriber.
        id: SubscriberId,
        /// The new email address.
        #[arg(long, value_name = "ADDRESS")]
        email_address: Option<String>,
        /// The new first name.
        #[arg(long, value_name = "NAME", conflicts_with = "no_first_name")]
        first_name: Option<String>,
        /// Take the first name away.
        #[arg(long)]
        no_first_name: bool,
        /// The value of a custom field by its key; can be repeated.
        #[arg(long = "field", value_name = "KEY=VALUE", value_parser = pair)]
        fields: Vec<(String, String)>,
        /// Take the value of a custom field away; can be repeated.
        #[arg(long = "no-field", value_name = "KEY")]
        no_fields: Vec<String>,
    },
    /// Unsubscribe a subscriber
    Unsubscribe {
        /// The subscriber.
        id: SubscriberId,
    },
    /// Show the statistics of a subscriber
    Stats {
        /// The subscriber.
        id: SubscriberId,
        #[command(flatten)]
        email_sent: EmailSent,
    },
    /// List the tags of a subscriber
    Tags {
        /// The subscriber.
        id: SubscriberId,
    },
    /// Pin the location of a subscriber
    PinLocation {
        /// The subscriber.
        id: SubscriberId,
        #[command(flatten)]
        location: Location,
    },
    /// Change the pinned location of a subscriber
    UpdateLocation {
        /// The subscriber.
        id: SubscriberId,
        #[command(flatten)]
        location: Location,
    },
    /// Delete the pinned location of a subscriber
    DeleteLocation {
        /// The subscriber.
        id: SubscriberId,
    },
}

/// A place
#[derive(Args, Debug)]
pub(crate) struct Location {
    /// The city.
    #[arg(long)]
    city: String,
    /// The state or province.
    #[arg(long, value_name = "STATE")]
    state_province: String,
    /// The code of the country, such as US.
    #[arg(long, value_name = "CODE")]
    country_code: String,
    /// In degrees.
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true)]
    latitude: f64,
    /// In degrees.
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true)]
    longitude: f64,
    /// The time zone, such as America/Boise.
    #[arg(long, value_name = "ZONE")]
    timezone: String,
}

impl From<Location> for PinnedLocation {
    fn from(given: Location) -> Self {
        let Location { city, state_province, country_code, latitude, longitude, timezone } = given;
        Self { city, state_province, country_code, latitude, longitude, timezone }
    }
}

impl Subscribers {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List { email_address, status, created, updated, include, sort, order, slim } => {
                let list = ListSubscribers::new()
                    .with_created(created.into())
                    .with_updated(updated.into())
                    .including(include);
                let addresses = Some(email_address).filter(|addresses| !addresses.is_empty());
                let list = with(list, addresses, ListSubscribers::with_email_addresses);
                let list = with(list, status, ListSubscribers::with_status);
                let list = with(list, sort, ListSubscribers::with_sort_field);
                let list = with(list, order, ListSubscribers::with_sort_order);
                kit.list(flag(list, slim, ListSubscribers::slim))
            }
            Self::Filter(filter) => filter.run(kit),
            Self::Get { id } => kit.show(&GetSubscriber::new(id)),
            Self::Create { email_address, first_name, state, fields } => {
                let create = CreateSubscriber::new(email_address)?;
                let create = with(create, first_name, CreateSubscriber::with_first_name);
                let create = with(create, state, CreateSubscriber::with_state);
                let set = |create: CreateSubscriber, (key, value): (String, String)| {
                    create.with_field(key, value)
                };
                kit.show(&fields.into_iter().fold(create, set))
            }
            Self::Update { id, email_address, first_name, no_first_name, fields, no_fields } => {
                let mut update = UpdateSubscriber::new(id);
                if let Some(address) = email_address {
                    update = update.with_email_address(address)?;
                }
                let update = with(update, first_name, UpdateSubscriber::with_first_name);
                let update = flag(update, no_first_name, UpdateSubscriber::without_first_name);
                let set = |update: UpdateSubscriber, (key, value): (String, String)| {
                    update.with_field(key, value)
                };
                let update = fields.into_iter().fold(update, set);
                kit.show(&no_fields.into_iter().fold(update, UpdateSubscriber::without_field))
            }
            Self::Unsubscribe { id } => {
                kit.confirm(&format!("Unsubscribe {id}"))?;
                kit.run(&Unsubscribe::new(id))
            }
            Self::Stats { id, email_sent } => {
                kit.show(&GetSubscriberStats::new(id).with_email_sent(email_sent.into()))
            }
            Self::Tags { id } => kit.list(ListSubscriberTags::new(id)),
            Self::PinLocation { id, location } => kit.show(&PinLocation::new(id, location.into())?),
            Self::UpdateLocation { id, location } => {
                kit.show(&UpdateLocation::new(id, location.into())?)
            }
            Self::DeleteLocation { id } => {
                kit.confirm(&format!("Delete the location of {id}"))?;
                kit.run(&DeleteLocation::new(id))
            }
        }
    }
}
