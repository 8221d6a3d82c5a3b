use clap::Subcommand;
use kit_ureq::TagId;
use kit_ureq::subscribers::SubscriberStatus;
use kit_ureq::tags::{
    CreateTag, ListTagSubscribers, ListTags, TagSubscriber, TagSubscriberByEmail, UntagSubscriber,
    UntagSubscriberByEmail, UpdateTag,
};

use super::options::{Created, Tagged, flag, with};
use super::who::Who;
use crate::{Context, Failure};

/// Tags, and who has them
#[derive(Debug, Subcommand)]
pub(crate) enum Tags {
    /// List the tags
    List {
        /// Ask how many subscribers have each tag.
        #[arg(long)]
        with_count: bool,
    },
    /// Create a tag, or find the one with this name
    Create {
        /// The name.
        name: String,
    },
    /// Rename a tag
    Update {
        /// The tag.
        id: TagId,
        /// The new name.
        #[arg(long)]
        name: String,
    },
    /// List the subscribers who have a tag
    Subscribers {
        /// The tag.
        id: TagId,
        /// Only those of this status: active (the default), inactive, bounced, complained, cancelled or all.
        #[arg(long)]
        status: Option<SubscriberStatus>,
        #[command(flatten)]
        tagged: Tagged,
        #[command(flatten)]
        created: Created,
        /// Leave out the custom fields.
        #[arg(long)]
        slim: bool,
    },
    /// Give a tag to a subscriber
    Add {
        /// The tag.
        id: TagId,
        /// The id or the email address of the subscriber.
        subscriber: Who,
    },
    /// Take a tag from a subscriber
    Remove {
        /// The tag.
        id: TagId,
        /// The id or the email address of the subscriber.
        subscriber: Who,
    },
}

impl Tags {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List { with_count } => {
                kit.list(flag(ListTags::new(), with_count, ListTags::with_subscriber_count))
            }
            Self::Create { name } => kit.show(&CreateTag::new(name)?),
            Self::Update { id, name } => kit.show(&UpdateTag::new(id, name)?),
            Self::Subscribers { id, status, tagged, created, slim } => {
                let list = ListTagSubscribers::new(id)
                    .with_tagged(tagged.into())
                    .with_created(created.into());
                let list = with(list, status, ListTagSubscribers::with_status);
                kit.list(flag(list, slim, ListTagSubscribers::slim))
            }
            Self::Add { id, subscriber: Who::Id(subscriber) } => {
                kit.show(&TagSubscriber::new(id, subscriber))
            }
            Self::Add { id, subscriber: Who::Address(address) } => {
                kit.show(&TagSubscriberByEmail::new(id, address)?)
            }
            Self::Remove { id, subscriber: Who::Id(subscriber) } => {
                kit.run(&UntagSubscriber::new(id, subscriber))
            }
            Self::Remove { id, subscriber: Who::Address(address) } => {
                kit.run(&UntagSubscriberByEmail::new(id, address)?)
            }
        }
    }
}
