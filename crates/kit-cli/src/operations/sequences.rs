use clap::{Args, Subcommand};
use kit_ureq::sequences::{
    AddSubscriberToSequence, AddSubscriberToSequenceByEmail, CreateSequence, CreateSequenceEmail,
    Delay, DeleteSequence, DeleteSequenceEmail, GetSequence, GetSequenceEmail, ListSequenceEmails,
    ListSequenceSubscribers, ListSequences, SubscriberSource, UpdateSequence, UpdateSequenceEmail,
    Weekday,
};
use kit_ureq::subscribers::SubscriberStatus;
use kit_ureq::{EmailTemplateId, FormId, SegmentId, SequenceEmailId, SequenceId, TagId};

use super::options::{Added, Created, Html, either, flag, with};
use super::who::Who;
use crate::{Context, Failure};

/// Sequences: emails one after the other
#[derive(Debug, Subcommand)]
pub(crate) enum Sequences {
    /// List the sequences
    List {
        /// Ask for their statistics.
        #[arg(long)]
        with_stats: bool,
    },
    /// Show a sequence
    Get {
        /// The sequence.
        id: SequenceId,
        /// Ask for its statistics.
        #[arg(long)]
        with_stats: bool,
    },
    /// Create a sequence
    Create {
        /// The name.
        name: String,
        #[command(flatten)]
        options: Options,
    },
    /// Change a sequence
    Update {
        /// The sequence.
        id: SequenceId,
        /// The new name.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        options: Options,
    },
    /// Delete a sequence
    Delete {
        /// The sequence.
        id: SequenceId,
    },
    /// List the subscribers of a sequence
    Subscribers {
        /// The sequence.
        id: SequenceId,
        /// Only those of this status: active (the default), inactive, bounced, complained, cancelled or all.
        #[arg(long)]
        status: Option<SubscriberStatus>,
        #[command(flatten)]
        added: Added,
        #[command(flatten)]
        created: Created,
    },
    /// Add a subscriber to a sequence
    Add {
        /// The sequence.
        id: SequenceId,
        /// The id or the email address of the subscriber.
        subscriber: Who,
    },
    /// List the emails of a sequence
    Emails {
        /// The sequence.
        id: SequenceId,
        /// Ask for their statistics.
        #[arg(long)]
        with_stats: bool,
        /// Ask for their content.
        #[arg(long)]
        with_content: bool,
    },
    /// Show an email of a sequence
    Email {
        /// The sequence.
        id: SequenceId,
        /// The email.
        email: SequenceEmailId,
        /// Ask for its statistics.
        #[arg(long)]
        with_stats: bool,
    },
    /// Create an email of a sequence
    CreateEmail {
        /// The sequence.
        id: SequenceId,
        /// The subject.
        #[arg(long)]
        subject: String,
        /// How long after the one before it is sent, such as 1d or 5h.
        #[arg(long, value_parser = delay)]
        delay: Delay,
        #[command(flatten)]
        options: EmailOptions,
    },
    /// Change an email of a sequence
    UpdateEmail {
        /// The sequence.
        id: SequenceId,
        /// The email.
        email: SequenceEmailId,
        /// The subject.
        #[arg(long)]
        subject: Option<String>,
        /// How long after the one before it is sent, such as 1d or 5h.
        #[arg(long, value_parser = delay)]
        delay: Option<Delay>,
        #[command(flatten)]
        options: EmailOptions,
    },
    /// Delete an email of a sequence
    DeleteEmail {
        /// The sequence.
        id: SequenceId,
        /// The email.
        email: SequenceEmailId,
    },
}

/// Options of a sequence
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Options {
    /// The address that its emails are sent from.
    #[arg(long, value_name = "ADDRESS")]
    email_address: Option<String>,
    /// The template.
    #[arg(long, value_name = "ID")]
    email_template: Option<EmailTemplateId>,
    /// The days on which emails are sent, such as monday,friday.
    #[arg(long, value_name = "DAY", value_delimiter = ',')]
    send_days: Vec<Weekday>,
    /// The hour at which emails are sent: 0 to 23.
    #[arg(long, value_name = "HOUR")]
    send_hour: Option<u8>,
    /// The time zone, such as America/Boise.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Its emails are sent.
    #[arg(long, conflicts_with = "paused")]
    active: bool,
    /// Its emails are not sent.
    #[arg(long)]
    paused: bool,
    /// Subscribers may go through it again.
    #[arg(long, conflicts_with = "no_repeat")]
    repeat: bool,
    /// Subscribers go through it once.
    #[arg(long)]
    no_repeat: bool,
    /// Subscribers stay at its end.
    #[arg(long, conflicts_with = "no_hold")]
    hold: bool,
    /// Subscribers leave at its end.
    #[arg(long)]
    no_hold: bool,
    #[command(flatten)]
    skipping: Skipping,
}

/// The subscribers who skip a sequence
#[derive(Args, Debug)]
pub(crate) struct Skipping {
    /// Those who have one of these tags skip it. The options --without... replace all who skipped it before.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    without_tag: Vec<TagId>,
    /// Those who are in one of these sequences skip it.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    without_sequence: Vec<SequenceId>,
    /// Those who are of one of these forms skip it.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    without_form: Vec<FormId>,
    /// Those who are in one of these segments skip it.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    without_segment: Vec<SegmentId>,
    /// Nobody skips it.
    #[arg(long, conflicts_with_all = ["without_tag", "without_sequence", "without_form", "without_segment"])]
    without_nobody: bool,
}

impl Skipping {
    fn sources(self) -> Option<Vec<SubscriberSource>> {
        if self.without_nobody {
            return Some(Vec::new());
        }
        let sources = [
            some(self.without_tag).map(SubscriberSource::tags),
            some(self.without_sequence).map(SubscriberSource::sequences),
            some(self.without_form).map(SubscriberSource::forms),
            some(self.without_segment).map(SubscriberSource::segments),
        ];
        some(sources.into_iter().flatten().collect())
    }
}

/// Options of an email of a sequence
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct EmailOptions {
    #[command(flatten)]
    content: Html,
    /// The text that inboxes show beside the subject.
    #[arg(long, value_name = "TEXT")]
    preview_text: Option<String>,
    /// The template.
    #[arg(long, value_name = "ID")]
    email_template: Option<EmailTemplateId>,
    /// The days on which it is sent, such as monday,friday.
    #[arg(long, value_name = "DAY", value_delimiter = ',')]
    send_days: Vec<Weekday>,
    /// Its place in the sequence, from 0.
    #[arg(long)]
    position: Option<u64>,
    /// It is sent.
    #[arg(long, conflicts_with = "unpublished")]
    published: bool,
    /// It is not sent.
    #[arg(long)]
    unpublished: bool,
    /// It has no content.
    #[arg(long, conflicts_with_all = ["content", "content_file"])]
    no_content: bool,
    /// It has no preview text.
    #[arg(long, conflicts_with = "preview_text")]
    no_preview_text: bool,
    /// It has the template of the sequence.
    #[arg(long, conflicts_with = "email_template")]
    no_email_template: bool,
    /// It is sent on the days of the sequence.
    #[arg(long, conflicts_with = "send_days")]
    no_send_days: bool,
}

fn delay(text: &str) -> Result<Delay, String> {
    let wrong = || "is no number of days or hours, such as 1d or 5h".to_owned();
    let number = |text: &str| text.parse().map_err(|_| wrong());
    match (text.strip_suffix('d'), text.strip_suffix('h')) {
        (Some(days), _) => Ok(Delay::Days(number(days)?)),
        (None, Some(hours)) => Ok(Delay::Hours(number(hours)?)),
        (None, None) => Err(wrong()),
    }
}

fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
    Some(items).filter(|items| !items.is_empty())
}

macro_rules! options {
    ($of:ident, $operation:expr, $given:expr) => {{
        let given = $given;
        let mut operation = $operation;
        if let Some(hour) = given.send_hour {
            operation = operation.with_send_hour(hour)?;
        }
        let operation = with(operation, given.email_address, $of::with_email_address);
        let operation = with(operation, given.email_template, $of::with_email_template_id);
        let operation = with(operation, some(given.send_days), $of::with_send_days);
        let operation = with(operation, given.time_zone, $of::with_time_zone);
        let skipping = given.skipping.sources();
        let operation = with(operation, skipping, $of::without_subscribers_of);
        let operation = either(operation, (given.active, $of::active), (given.paused, $of::paused));
        let (repeat, once) = (given.repeat, given.no_repeat);
        let operation = either(operation, (repeat, $of::repeating), (once, $of::not_repeating));
        either(operation, (given.hold, $of::holding), (given.no_hold, $of::not_holding))
    }};
}

macro_rules! email_options {
    ($of:ident, $operation:expr, $given:expr) => {{
        let given = $given;
        let operation = with($operation, given.content.read()?, $of::with_content);
        let operation = with(operation, given.preview_text, $of::with_preview_text);
        let operation = with(operation, given.email_template, $of::with_email_template_id);
        let operation = with(operation, some(given.send_days), $of::with_send_days);
        let operation = with(operation, given.position, $of::with_position);
        let operation = flag(operation, given.no_content, $of::without_content);
        let operation = flag(operation, given.no_preview_text, $of::without_preview_text);
        let operation = flag(operation, given.no_email_template, $of::without_email_template_id);
        let operation = flag(operation, given.no_send_days, $of::without_send_days);
        let (published, unpublished) = (given.published, given.unpublished);
        either(operation, (published, $of::published), (unpublished, $of::unpublished))
    }};
}

impl Sequences {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List { with_stats } => {
                kit.list(flag(ListSequences::new(), with_stats, ListSequences::with_stats))
            }
            Self::Get { id, with_stats } => {
                kit.show(&flag(GetSequence::new(id), with_stats, GetSequence::with_stats))
            }
            Self::Create { name, options } => {
                kit.show(&options!(CreateSequence, CreateSequence::new(name)?, options))
            }
            Self::Update { id, name, options } => {
                let mut update = UpdateSequence::new(id);
                if let Some(name) = name {
                    update = update.with_name(name)?;
                }
                kit.show(&options!(UpdateSequence, update, options))
            }
            Self::Delete { id } => {
                kit.confirm(&format!("Delete the sequence {id}"))?;
                kit.run(&DeleteSequence::new(id))
            }
            Self::Subscribers { id, status, added, created } => {
                let list = ListSequenceSubscribers::new(id)
                    .with_added(added.into())
                    .with_created(created.into());
                kit.list(with(list, status, ListSequenceSubscribers::with_status))
            }
            Self::Add { id, subscriber: Who::Id(subscriber) } => {
                kit.show(&AddSubscriberToSequence::new(id, subscriber))
            }
            Self::Add { id, subscriber: Who::Address(address) } => {
                kit.show(&AddSubscriberToSequenceByEmail::new(id, address)?)
            }
            Self::Emails { id, with_stats, with_content } => {
                let list =
                    flag(ListSequenceEmails::new(id), with_stats, ListSequenceEmails::with_stats);
                kit.list(flag(list, with_content, ListSequenceEmails::with_content))
            }
            Self::Email { id, email, with_stats } => {
                let get = GetSequenceEmail::new(id, email);
                kit.show(&flag(get, with_stats, GetSequenceEmail::with_stats))
            }
            Self::CreateEmail { id, subject, delay, options } => {
                let create = CreateSequenceEmail::new(id, subject, delay)?;
                kit.show(&email_options!(CreateSequenceEmail, create, options))
            }
            Self::UpdateEmail { id, email, subject, delay, options } => {
                let mut update = UpdateSequenceEmail::new(id, email);
                if let Some(subject) = subject {
                    update = update.with_subject(subject)?;
                }
                let update = with(update, delay, UpdateSequenceEmail::with_delay);
                kit.show(&email_options!(UpdateSequenceEmail, update, options))
            }
            Self::DeleteEmail { id, email } => {
                kit.confirm(&format!("Delete the email {email} of the sequence {id}"))?;
                kit.run(&DeleteSequenceEmail::new(id, email))
            }
        }
    }
}
