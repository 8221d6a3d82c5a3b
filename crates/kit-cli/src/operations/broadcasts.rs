use clap::{Args, Subcommand, ValueEnum};
use kit_ureq::broadcasts::{
    BroadcastStatus, CreateBroadcast, DeleteBroadcast, GetBroadcast, GetBroadcastStats,
    ListBroadcastClicks, ListBroadcastStats, ListBroadcasts, RecipientGroup, Recipients,
    UpdateBroadcast,
};
use kit_ureq::{BroadcastId, EmailTemplateId, SegmentId, TagId, Timestamp};

use super::options::{Html, SentAt, either, flag, with};
use crate::{Context, Failure};

/// Broadcasts: emails to many
#[derive(Debug, Subcommand)]
pub(crate) enum Broadcasts {
    /// List the broadcasts
    List {
        /// Only those of this status.
        #[arg(long)]
        status: Option<BroadcastStatus>,
        #[command(flatten)]
        sent: SentAt,
        /// Leave out the content.
        #[arg(long)]
        slim: bool,
    },
    /// Show a broadcast
    Get {
        /// The broadcast.
        id: BroadcastId,
    },
    /// Draft a broadcast, or schedule one with --send-at
    Create {
        /// The subject.
        #[arg(long)]
        subject: String,
        #[command(flatten)]
        content: Html,
        #[command(flatten)]
        options: Options,
        /// Show it on the creator profile.
        #[arg(long)]
        public: bool,
    },
    /// Change a broadcast that is not sent yet
    Update {
        /// The broadcast.
        id: BroadcastId,
        /// The subject.
        #[arg(long)]
        subject: Option<String>,
        #[command(flatten)]
        content: Html,
        #[command(flatten)]
        options: Options,
        /// Show it on the creator profile.
        #[arg(long, conflicts_with = "not_public")]
        public: bool,
        /// Do not show it on the creator profile.
        #[arg(long, conflicts_with = "send_at")]
        not_public: bool,
        /// Make a draft of it: it is not sent.
        #[arg(long, conflicts_with_all = ["send_at", "public"])]
        draft: bool,
        /// To all subscribers, whoever it was for before.
        #[arg(long, conflicts_with_all = ["tags", "segments"])]
        to_all: bool,
        #[command(flatten)]
        less: Less,
    },
    /// Delete a broadcast that is not sent yet
    Delete {
        /// The broadcast.
        id: BroadcastId,
    },
    /// Show the statistics of a broadcast
    Stats {
        /// The broadcast.
        id: BroadcastId,
    },
    /// List the statistics of the broadcasts
    AllStats {
        /// Only those of this status.
        #[arg(long)]
        status: Option<BroadcastStatus>,
        #[command(flatten)]
        sent: SentAt,
    },
    /// List the links of a broadcast, and how often they were clicked
    Clicks {
        /// The broadcast.
        id: BroadcastId,
    },
}

/// Options that take away what a broadcast has
#[derive(Args, Debug)]
pub(crate) struct Less {
    /// Show it without a time of publication.
    #[arg(long, conflicts_with = "published_at")]
    no_published_at: bool,
    /// Send it from the account's own address.
    #[arg(long, conflicts_with = "email_address")]
    no_email_address: bool,
    /// Take the picture away.
    #[arg(long, conflicts_with_all = ["thumbnail_url", "thumbnail_alt"])]
    no_thumbnail: bool,
}

impl Less {
    fn of(self, update: UpdateBroadcast) -> UpdateBroadcast {
        let update = flag(update, self.no_published_at, UpdateBroadcast::without_published_at);
        let update = flag(update, self.no_email_address, UpdateBroadcast::without_email_address);
        flag(update, self.no_thumbnail, UpdateBroadcast::without_thumbnail)
    }
}

/// Options of a broadcast
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// When it is sent, such as 2026-07-29T14:32:10Z. An update shows it on the creator profile, too, as Kit does.
    #[arg(long, value_name = "TIME")]
    send_at: Option<Timestamp>,
    /// When it is shown as published.
    #[arg(long, value_name = "TIME")]
    published_at: Option<Timestamp>,
    /// The text that inboxes show beside the subject.
    #[arg(long, value_name = "TEXT")]
    preview_text: Option<String>,
    /// What the broadcast is, for yourself.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The template.
    #[arg(long, value_name = "ID")]
    email_template: Option<EmailTemplateId>,
    /// The address that it is sent from.
    #[arg(long, value_name = "ADDRESS")]
    email_address: Option<String>,
    /// The URL of a picture.
    #[arg(long, value_name = "URL")]
    thumbnail_url: Option<String>,
    /// What the picture shows.
    #[arg(long, value_name = "TEXT")]
    thumbnail_alt: Option<String>,
    /// Allow a template of the category Starting point together with content.
    #[arg(long)]
    allow_starting_point: bool,
    /// Only to those who have one of these tags; see --match.
    #[arg(long = "to-tag", value_name = "ID", value_delimiter = ',')]
    tags: Vec<TagId>,
    /// Only to those in one of these segments; see --match.
    #[arg(long = "to-segment", value_name = "ID", value_delimiter = ',')]
    segments: Vec<SegmentId>,
    /// How many of the tags or segments somebody has to be in.
    #[arg(long = "match", value_name = "HOW", value_enum, default_value_t = Match::Any)]
    how: Match,
}

/// How many of several groups somebody has to be in.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Match {
    Any,
    All,
    None,
}

impl Options {
    /// Asks before something is sent to many; `otherwise` is who it is sent to where nobody is named.
    fn confirm(&self, kit: &Context, otherwise: &str) -> Result<(), Failure> {
        let Some(send_at) = self.send_at else { return Ok(()) };
        let to = match (self.recipients(), self.how) {
            (None, _) => otherwise,
            (Some(_), Match::Any) => "those who are in any of the groups",
            (Some(_), Match::All) => "those who are in all of the groups",
            (Some(_), Match::None) => "those who are in none of the groups",
        };
        kit.confirm(&format!("Send it to {to} at {send_at}"))
    }

    /// # Errors
    ///
    /// That nobody says which groups are matched.
    fn check(&self) -> Result<(), Failure> {
        if matches!(self.how, Match::Any) || self.recipients().is_some() {
            return Ok(());
        }
        Err(Failure::usage("--match is there without --to-tag or --to-segment"))
    }

    fn recipients(&self) -> Option<Recipients> {
        let tags = Some(self.tags.clone()).filter(|ids| !ids.is_empty()).map(RecipientGroup::Tags);
        let segments = Some(self.segments.clone()).filter(|ids| !ids.is_empty());
        let groups: Vec<_> =
            tags.into_iter().chain(segments.map(RecipientGroup::Segments)).collect();
        (!groups.is_empty()).then_some(match self.how {
            Match::Any => Recipients::InAny(groups),
            Match::All => Recipients::InAll(groups),
            Match::None => Recipients::InNone(groups),
        })
    }

    fn create(self, create: CreateBroadcast) -> CreateBroadcast {
        let recipients = self.recipients();
        let starts = self.allow_starting_point;
        let create = flag(create, starts, CreateBroadcast::allowing_starting_point);
        let create = with(create, self.send_at, CreateBroadcast::with_send_at);
        let create = with(create, self.preview_text, CreateBroadcast::with_preview_text);
        let create = with(create, self.description, CreateBroadcast::with_description);
        let create = with(create, self.email_template, CreateBroadcast::with_email_template_id);
        let create = with(create, self.email_address, CreateBroadcast::with_email_address);
        let create = with(create, self.thumbnail_url, CreateBroadcast::with_thumbnail_url);
        let create = with(create, self.thumbnail_alt, CreateBroadcast::with_thumbnail_alt);
        with(create, recipients, CreateBroadcast::to)
    }

    fn update(self, update: UpdateBroadcast) -> UpdateBroadcast {
        let recipients = self.recipients();
        let starts = self.allow_starting_point;
        let update = flag(update, starts, UpdateBroadcast::allowing_starting_point);
        let update = with(update, self.send_at, UpdateBroadcast::scheduled_at);
        let update = with(update, self.published_at, UpdateBroadcast::with_published_at);
        let update = with(update, self.preview_text, UpdateBroadcast::with_preview_text);
        let update = with(update, self.description, UpdateBroadcast::with_description);
        let update = with(update, self.email_template, UpdateBroadcast::with_email_template_id);
        let update = with(update, self.email_address, UpdateBroadcast::with_email_address);
        let update = with(update, self.thumbnail_url, UpdateBroadcast::with_thumbnail_url);
        let update = with(update, self.thumbnail_alt, UpdateBroadcast::with_thumbnail_alt);
        with(update, recipients, UpdateBroadcast::to)
    }
}

impl Broadcasts {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        match self {
            Self::List { status, sent, slim } => {
                let list = ListBroadcasts::new().with_sent(sent.into());
                let list = with(list, status, ListBroadcasts::with_status);
                kit.list(flag(list, slim, ListBroadcasts::slim))
            }
            Self::Get { id } => kit.show(&GetBroadcast::new(id)),
            Self::Create { subject, content, options, public } => {
                options.check()?;
                options.confirm(kit, "all subscribers")?;
                let content = content.read()?.unwrap_or_default();
                let now = Timestamp::from(std::time::SystemTime::now());
                let published_at = options.published_at.or(options.send_at).unwrap_or(now);
                let create = CreateBroadcast::new(subject, content, published_at);
                kit.show(&flag(options.create(create), public, CreateBroadcast::public))
            }
            Self::Update {
                id,
                subject,
                content,
                options,
                public,
                not_public,
                draft,
                to_all,
                less,
            } => {
                options.check()?;
                let otherwise = if to_all { "all subscribers" } else { "those whom it is for" };
                options.confirm(kit, otherwise)?;
                let content = content.read()?;
                let update = UpdateBroadcast::partial(id);
                let update = with(update, subject, UpdateBroadcast::with_subject);
                let update = with(update, content, UpdateBroadcast::with_content);
                let update = less.of(options.update(update));
                let update = flag(update, to_all, |update| update.to(Recipients::Everyone));
                let update = either(
                    update,
                    (public, UpdateBroadcast::public),
                    (not_public, UpdateBroadcast::not_public),
                );
                kit.show(&flag(update, draft, UpdateBroadcast::as_draft))
            }
            Self::Delete { id } => {
                kit.confirm(&format!("Delete the broadcast {id}"))?;
                kit.run(&DeleteBroadcast::new(id))
            }
            Self::Stats { id } => kit.show(&GetBroadcastStats::new(id)),
            Self::AllStats { status, sent } => {
                let list = ListBroadcastStats::new().with_sent(sent.into());
                kit.list(with(list, status, ListBroadcastStats::with_status))
            }
            Self::Clicks { id } => kit.list(ListBroadcastClicks::new(id)),
        }
    }
}
