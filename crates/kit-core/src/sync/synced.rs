use std::fmt;

use crate::endpoint::Endpoint;
use crate::list::List;

/// What can be kept in step: [`Webhook`](crate::webhooks::Webhook) and
/// [`WebhookEndpoint`](crate::webhook_endpoints::WebhookEndpoint).
pub trait Synced: Clone + fmt::Debug + Sized {
    /// The operation that creates one, and so says what is wanted.
    type Create: Endpoint + Clone + fmt::Debug;
    /// The operation that changes one.
    type Update: Endpoint + Clone + fmt::Debug;
    /// The operation that deletes one.
    type Delete: Endpoint + Clone + fmt::Debug;
    /// The operation that lists all.
    type List: List<Item = Self> + fmt::Debug;

    /// Whether Kit shows a secret only when one is created: where nobody knows what came of creating, it has to be
    /// created again.
    const HAS_SECRET: bool;

    /// Lists all.
    fn list() -> Self::List;

    /// The id, which grows: the oldest has the smallest. Of duplicates with the same claim, the oldest is kept.
    fn id(&self) -> u64;

    /// The URL that Kit calls.
    fn url(&self) -> &str;

    /// What it is, but for its URL, as text for people.
    fn description(&self) -> String;

    /// Of two with the same key, one is a duplicate.
    fn key(&self) -> String;

    /// The key of what is created.
    fn wanted_key(wanted: &Self::Create) -> String;

    /// What is created, with its URL, as text for people.
    fn wanted_description(wanted: &Self::Create) -> (String, &str);

    /// What Kit has created.
    fn of_reply(reply: &<Self::Create as Endpoint>::Reply) -> &Self;

    /// Whether it is known what it is. What is not is left alone.
    fn is_known(&self) -> bool {
        true
    }

    /// What is to be changed, so that it is what is wanted. `None` where nothing is.
    fn update(&self, wanted: &Self::Create) -> Option<Self::Update>;

    /// Deletes it.
    fn delete(&self) -> Self::Delete;

    /// Whether both want the same, so that one of them can be left out.
    fn is_same(one: &Self::Create, other: &Self::Create) -> bool;
}
