use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kit_core::deliveries::{
    AfterFailure, AsyncInbox, Claim, ClaimedEvent, EventId, InboxEvent, SetAsideEvent,
};
use kit_core::oauth::StoreError;
use tokio::sync::Notify;
use tokio_postgres::types::Type;

use crate::inbox::{self, Claims, Columns, Retention, TIDIED};
use crate::lost::{is_deadlock, may_be_done};
use crate::mark::mark;
use crate::secrets::microseconds;
use crate::{Database, Error, Parameters, Tables};

/// How long an event waits whose content cannot be read.
const UNREADABLE: Duration = Duration::from_secs(60);

/// An [`AsyncInbox`] in PostgreSQL: events that wait to be handled, by any of an app's processes. Clones are one inbox.
///
/// Make the tables with [`Postgres::install`](crate::Postgres::install). Handling is **at least once**; with
/// [`done_in`](Self::done_in), exactly once where the effect is in the same database.
///
/// # Examples
///
/// ```no_run
/// use kit_postgres::{Postgres, PostgresInbox, Tables};
/// use kit_receiver::Receiver;
///
/// # async fn example(pool: std::sync::Arc<tokio_postgres::Client>) -> Result<(), Box<dyn std::error::Error>> {
/// let tables = Tables::default();
/// Postgres::new(pool.clone(), tables.clone()).install().await?;
/// let (receiver, events) = Receiver::builder(["whsec_…"]).inbox(PostgresInbox::new(pool, tables)).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PostgresInbox<D> {
    database: D,
    tables: Tables,
    retention: Retention,
    is_in_order: bool,
    notifies: bool,
    hint: Arc<Notify>,
}

impl<D: Database> PostgresInbox<D> {
    /// An inbox in these tables.
    pub fn new(database: D, tables: Tables) -> Self {
        let (retention, hint) = (Retention::default(), Arc::default());
        Self { database, tables, retention, is_in_order: false, notifies: true, hint }
    }

    /// Hands out the events of one subscriber in the order in which they were put in: an event waits while an earlier one
    /// of its subscriber is being handled, or waits behind a failure. By default there is no order. Each process has to
    /// say the same. Two deliveries that are put in at the same moment have no order.
    #[must_use]
    pub fn in_order_of_subscribers(self) -> Self {
        Self { is_in_order: true, ..self }
    }

    /// Sets how long the content of an event is kept that was handled, and how long it is remembered that the event was
    /// there. Default: 7 and 31 days, since Kit keeps deliveries for 30.
    #[must_use]
    pub fn with_retention(self, content: Duration, event: Duration) -> Self {
        Self { retention: Retention { content, event }, ..self }
    }

    /// Puts events in without telling the other processes: PostgreSQL commits transactions that notify one after the
    /// other, which many deliveries at once may feel. The other processes see new events when they next look.
    #[must_use]
    pub fn without_notifications(self) -> Self {
        Self { notifies: false, ..self }
    }

    /// Says that there may be something to claim: call this when PostgreSQL notifies a connection that listens on the
    /// [channel](Tables::channel). Without hints, a new event waits for the next look: a second at most.
    pub fn wake(&self) {
        self.hint.notify_waiters();
    }

    /// Marks an event as handled in the transaction of its effect: if the transaction is committed, the event was
    /// handled, and otherwise nothing has happened. Call it last, and then commit: until then the row is locked. Returns whether the claim still was there: roll the transaction back
    /// if it was not, since somebody else handles the event.
    ///
    /// # Errors
    ///
    /// The error of PostgreSQL.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(inbox: &kit_postgres::PostgresInbox<std::sync::Arc<tokio_postgres::Client>>, received: &kit_receiver::Received, client: &mut tokio_postgres::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let transaction = client.transaction().await?;
    /// transaction.execute("UPDATE counts SET events = events + 1", &[]).await?;
    /// let Some(claim) = received.claim() else { return Ok(()) };
    /// if inbox.done_in(&transaction, claim).await? {
    ///     transaction.commit().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn done_in(
        &self,
        transaction: &tokio_postgres::Transaction<'_>,
        claim: &Claim,
    ) -> Result<bool, Error> {
        let (source, id, token) = (&claim.source, claim.id.as_str(), claim.token.as_slice());
        let parameters: &Parameters<'_> =
            &[(source, Type::TEXT), (&id, Type::TEXT), (&token, Type::BYTEA)];
        let rows = transaction.query_typed(&self.tables.events.done, parameters).await;
        Ok(!rows.map_err(StoreError::from)?.is_empty())
    }

    /// Runs a statement that can be repeated: once more if its reply was lost.
    async fn twice(
        &self,
        statement: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        match self.database.rows(statement, parameters).await {
            Err(error) if may_be_done(&error) || is_deadlock(&error) => {
                self.database.rows(statement, parameters).await
            }
            done => done,
        }
    }

    async fn forget(&self, statement: &str, age: Duration) -> Result<bool, StoreError> {
        let age = microseconds(age);
        let parameters: &Parameters<'_> = &[(&age, Type::INT8), (&TIDIED, Type::INT8)];
        let rows = self.database.rows(statement, parameters).await?;
        Ok(i64::try_from(rows.len()).is_ok_and(|count| count >= TIDIED))
    }
}

impl<D: Database> AsyncInbox for PostgresInbox<D> {
    async fn put(&self, events: &[InboxEvent]) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let columns = Columns::of(events, &*self.tables.seal)?;
        let statements = &self.tables.events;
        let put = if self.notifies { &statements.put_and_notify } else { &statements.put };
        self.twice(put, &columns.parameters()).await?;
        self.wake();
        Ok(())
    }

    async fn claim(&self, limit: usize, lease: Duration) -> Result<Vec<ClaimedEvent>, StoreError> {
        let statements = &self.tables.events;
        let statement =
            if self.is_in_order { &statements.claim_in_order } else { &statements.claim };
        let (limit, lease) = (i64::try_from(limit).unwrap_or(i64::MAX), microseconds(lease));
        let token = mark()?;
        let token_bytes = token.as_slice();
        let parameters: &Parameters<'_> =
            &[(&limit, Type::INT8), (&token_bytes, Type::BYTEA), (&lease, Type::INT8)];
        let rows = self.database.rows(statement, parameters).await?;
        let (claimed, unreadable) = inbox::claimed(&rows, token, &*self.tables.seal)?;
        let mut problem = None;
        for (claim, error) in unreadable {
            // The key may be known to another process, or to this one soon.
            let text = format!("the event {} cannot be read: {error}", claim.id);
            self.failed(&claim, &text, AfterFailure::Again(UNREADABLE)).await?;
            problem = Some(text);
        }
        match problem {
            Some(text) if claimed.is_empty() => Err(text.into()),
            _ => Ok(claimed),
        }
    }

    async fn renew(&self, claims: &[Claim], lease: Duration) -> Result<Vec<Claim>, StoreError> {
        let (claims, lease) = (Claims::of(claims), microseconds(lease));
        let mut parameters = claims.parameters().to_vec();
        parameters.push((&lease, Type::INT8));
        inbox::renewed(&self.twice(&self.tables.events.renew, &parameters).await?)
    }

    async fn done(&self, claim: &Claim) -> Result<bool, StoreError> {
        let (id, token) = (claim.id.as_str(), claim.token.as_slice());
        let parameters: &Parameters<'_> =
            &[(&claim.source, Type::TEXT), (&id, Type::TEXT), (&token, Type::BYTEA)];
        Ok(!self.twice(&self.tables.events.done, parameters).await?.is_empty())
    }

    async fn failed(
        &self,
        claim: &Claim,
        error: &str,
        then: AfterFailure,
    ) -> Result<bool, StoreError> {
        // PostgreSQL keeps no text with a NUL.
        let (id, token, error) =
            (claim.id.as_str(), claim.token.as_slice(), error.replace('\0', " "));
        let mut parameters: Vec<(&(dyn tokio_postgres::types::ToSql + Sync), Type)> = vec![
            (&claim.source, Type::TEXT),
            (&id, Type::TEXT),
            (&token, Type::BYTEA),
            (&error, Type::TEXT),
        ];
        let wait;
        let statement = match then {
            AfterFailure::Again(after) => {
                wait = microseconds(after);
                parameters.push((&wait, Type::INT8));
                &self.tables.events.again
            }
            _ => &self.tables.events.set_aside,
        };
        Ok(!self.database.rows(statement, &parameters).await?.is_empty())
    }

    async fn set_aside(&self, limit: usize) -> Result<Vec<SetAsideEvent>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let statement = &self.tables.events.list_set_aside;
        let rows = self.database.rows(statement, &[(&limit, Type::INT8)]).await?;
        inbox::set_aside(&rows, &*self.tables.seal)
    }

    async fn put_back(&self, source: &str, id: &EventId) -> Result<bool, StoreError> {
        let id = id.as_str();
        let parameters: &Parameters<'_> = &[(&source, Type::TEXT), (&id, Type::TEXT)];
        let rows = self.database.rows(&self.tables.events.put_back, parameters).await?;
        self.wake();
        Ok(!rows.is_empty())
    }

    async fn tidy(&self) -> Result<bool, StoreError> {
        let Retention { content, event } = self.retention;
        let statements = &self.tables.events;
        let more_contents = self.forget(&statements.forget_content, content).await?;
        Ok(self.forget(&statements.forget, event).await? || more_contents)
    }

    async fn hint(&self) {
        self.hint.notified().await;
    }
}

impl<D> fmt::Debug for PostgresInbox<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresInbox").finish_non_exhaustive()
    }
}
