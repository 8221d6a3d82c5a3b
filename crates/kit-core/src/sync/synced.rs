use std::fmt;

use crate::endpoint::Endpoint;
use crate::list::List;

/// A resource that can be kept in step: [`Webhook`](crate::webhooks::Webhook) and
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

    /// A description for people, without the URL.
    fn description(&self) -> String;

    /// The key of this item. Of several items with the same key, `Synchronize` keeps one and deletes the others.
    fn key(&self) -> String;

    /// The key of what is created.
    fn wanted_key(wanted: &Self::Create) -> String;

    /// A description of a creation for people, and its URL.
    fn wanted_description(wanted: &Self::Create) -> (String, &str);

    /// The item that Kit has created.
    fn of_reply(reply: &<Self::Create as Endpoint>::Reply) -> &Self;

    /// Whether it is known what it is. What is not is left alone.
    fn is_known(&self) -> bool {
        true
    }

    /// The change that makes this item what is wanted. `None` if nothing differs.
    fn update(&self, wanted: &Self::Create) -> Option<Self::Update>;

    /// Deletes it.
    fn delete(&self) -> Self::Delete;

    /// Whether both want the same, so that one of them can be left out.
    fn is_same(one: &Self::Create, other: &Self::Create) -> bool;
}
