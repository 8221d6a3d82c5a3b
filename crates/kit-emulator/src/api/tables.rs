use super::webhooks::Webhook;
use crate::world::Table;

/// A table for each resource of the account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) webhooks: Table<Webhook>,
}
