use std::collections::BTreeMap;

use crate::outbox::{Event, Outbox};
use crate::rows::{
    ACCOUNT_ID, Account, Broadcasts, Callbacks, CustomField, EmailTemplate, Form, Later, Post,
    Purchase, Segment, Sequence, SequenceEmail, Snippet, Subscribers, Tag, Webhook,
    WebhookEndpoint,
};
use crate::world::{Named, Table};

/// A table for each resource of the account, and what Kit posts and does later.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) account: Account,
    pub(crate) broadcasts: Broadcasts,
    pub(crate) custom_fields: Named<CustomField>,
    pub(crate) email_templates: Table<EmailTemplate>,
    pub(crate) forms: Table<Form>,
    pub(crate) posts: Table<Post>,
    pub(crate) purchases: Table<Purchase>,
    pub(crate) segments: Table<Segment>,
    pub(crate) sequences: Table<Sequence>,
    pub(crate) sequence_emails: Table<SequenceEmail>,
    pub(crate) snippets: Table<Snippet>,
    pub(crate) subscribers: Subscribers,
    pub(crate) tags: Named<Tag>,
    pub(crate) webhooks: Table<Webhook>,
    pub(crate) endpoints: Table<WebhookEndpoint>,
    pub(crate) callbacks: Callbacks,
    pub(crate) later: Later,
    pub(crate) outbox: Outbox,
    /// While a bulk operation goes on: the events so far, by their types.
    pub(crate) gathered: Option<BTreeMap<String, Vec<Event>>>,
    /// How many events with made-up data there were.
    pub(crate) made_up: u64,
}

impl Tables {
    /// Gives no id again that other tables have given.
    pub(crate) fn after(&mut self, other: &Self) {
        self.broadcasts.after(&other.broadcasts);
        self.custom_fields.after(&other.custom_fields);
        self.email_templates.after(&other.email_templates);
        self.forms.after(&other.forms);
        self.posts.after(&other.posts);
        self.purchases.after(&other.purchases);
        self.segments.after(&other.segments);
        self.sequences.after(&other.sequences);
        self.sequence_emails.after(&other.sequence_emails);
        self.snippets.after(&other.snippets);
        self.subscribers.after(&other.subscribers);
        self.tags.after(&other.tags);
        self.webhooks.after(&other.webhooks);
        self.endpoints.after(&other.endpoints);
    }

    /// Gives no id that is not greater: those of another account are others.
    pub(crate) fn begin_after(&mut self, id: u64) {
        self.broadcasts.begin_after(id);
        self.custom_fields.begin_after(id);
        self.email_templates.begin_after(id);
        self.forms.begin_after(id);
        self.posts.begin_after(id);
        self.purchases.begin_after(id);
        self.segments.begin_after(id);
        self.sequences.begin_after(id);
        self.sequence_emails.begin_after(id);
        self.snippets.begin_after(id);
        self.subscribers.begin_after(id);
        self.tags.begin_after(id);
        self.webhooks.begin_after(id);
        self.endpoints.begin_after(id);
    }

    /// With nothing in it.
    pub(crate) fn empty() -> Self {
        Self {
            account: Account::default(),
            broadcasts: Broadcasts::default(),
            custom_fields: Named::default(),
            email_templates: Table::default(),
            forms: Table::default(),
            posts: Table::default(),
            purchases: Table::default(),
            segments: Table::default(),
            sequences: Table::default(),
            sequence_emails: Table::default(),
            snippets: Table::default(),
            subscribers: Subscribers::default(),
            tags: Named::default(),
            webhooks: Table::default(),
            endpoints: Table::default(),
            callbacks: Callbacks::default(),
            later: Later::default(),
            outbox: Outbox::default(),
            gathered: None,
            made_up: 0,
        }
    }
}

/// How many ids an account has for each resource.
const IDS: u64 = 1_000_000_000;

impl Default for Tables {
    fn default() -> Self {
        Self::of_account(ACCOUNT_ID)
    }
}

impl Tables {
    /// The tables of a new account, with what people make at Kit alone, and no program can: templates, forms, a segment, and
    /// a post.
    pub(crate) fn of_account(account: u64) -> Self {
        let mut tables = Self::empty();
        tables.account.id = account;
        let base = account.saturating_sub(ACCOUNT_ID).saturating_mul(IDS);
        tables.begin_after(base);
        let created_at = "2023-01-27T11:43:55Z".to_owned();
        for (id, name, category) in
            [(1, "Text only", "HTML"), (2, "Starting point", "Starting point")]
        {
            let (name, category) = (name.to_owned(), category.to_owned());
            tables.email_templates.restore(EmailTemplate { id: base + id, name, category });
        }
        for (id, name, form_type) in [(1, "Newsletter", "embed"), (2, "Landing page", "hosted")] {
            tables.forms.restore(Form {
                id: base + id,
                name: name.into(),
                created_at: created_at.clone(),
                form_type: form_type.into(),
                status: "active".into(),
            });
        }
        let (id, name) = (base + 1, "Everybody".into());
        tables.segments.restore(Segment { id, name, created_at: created_at.clone() });
        tables.posts.restore(Post {
            id,
            publication_id: 1_000_000,
            created_at: created_at.clone(),
            title: "Hello".into(),
            slug: "hello".into(),
            published_at: created_at,
            sent_at: None,
            content: "<p>Hello</p>".into(),
        });
        tables
    }
}
