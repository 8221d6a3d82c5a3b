use std::fmt;
use std::time::Duration;

use kit_core::budgets::{AsyncBudgetStore, Budget, LoadedBudget};
use kit_core::deliveries::AsyncSecretStore;
use kit_core::oauth::{
    AsyncSessionStore, ListedSessions, Record, SaveError, StoreError, StoredSession,
};
use kit_core::sync::LogCursor;
use kit_core::webhook_endpoints::SigningSecret;
use tokio_postgres::types::Type;

use crate::budgets;
use crate::log_cursors;
use crate::lost::{is_duplicate, may_be_done};
use crate::secrets;
use crate::sessions::{self, Save};
use crate::{Database, Error, Parameters, Tables};

/// How many rotations of one name at the same moment are waited for, by each of them.
const ROTATIONS: u32 = 32;

/// The tables that the processes of an app share, for async programs.
///
/// As an [`AsyncSessionStore`] it keeps the sessions of accounts: a row for each key. Where the reply of a save is lost,
/// since the connection broke, the row is looked up before anything is called failed. As an [`AsyncBudgetStore`] it keeps
/// the budgets that processes share, a row for each name; its rows are updated for each share. As an
/// [`AsyncSecretStore`] it keeps the secrets of webhook endpoints, for a receiver of many accounts.
#[derive(Clone)]
pub struct Postgres<D> {
    database: D,
    tables: Tables,
}

impl<D: Database> Postgres<D> {
    /// Keeps everything in these tables.
    pub fn new(database: D, tables: Tables) -> Self {
        Self { database, tables }
    }

    /// Makes the tables, if they are not there. It can be repeated, and run by several processes at once.
    ///
    /// # Errors
    ///
    /// The error of PostgreSQL: that the user may not make tables, or that the tables are of a newer version than this
    /// crate knows.
    pub async fn install(&self) -> Result<(), Error> {
        Ok(self.database.run(self.tables.install_statement()).await?)
    }

    /// Adds the newest secret of a webhook endpoint, by the name in its [`EndpointTokens`] token: that of a new endpoint,
    /// or of one whose secret was rotated. Earlier secrets of the name end after `overlap`: deliveries that Kit has signed
    /// by them may still be on their way.
    ///
    /// [`EndpointTokens`]: kit_core::deliveries::EndpointTokens
    ///
    /// # Errors
    ///
    /// The error of PostgreSQL, or of the seal. Repeating it does no harm.
    pub async fn set_secret(
        &self,
        name: &str,
        secret: &SigningSecret,
        overlap: Duration,
    ) -> Result<(), Error> {
        let sealed = secrets::sealed(name, secret, &*self.tables.seal)?;
        let overlap = secrets::microseconds(overlap);
        let parameters: &Parameters<'_> =
            &[(&name, Type::TEXT), (&sealed, Type::BYTEA), (&overlap, Type::INT8)];
        let set = || self.database.rows(&self.tables.secrets.set, parameters);
        let mut done = set().await;
        for _ in 0..ROTATIONS {
            match &done {
                Err(error) if is_duplicate(error) => done = set().await,
                _ => break,
            }
        }
        done?;
        Ok(())
    }

    /// Deletes all secrets of a name: its deliveries are refused from now on, by each receiver within the time that it
    /// keeps secrets.
    ///
    /// # Errors
    ///
    /// The error of PostgreSQL.
    pub async fn delete_secrets(&self, name: &str) -> Result<(), Error> {
        self.database.rows(&self.tables.secrets.delete, &[(&name, Type::TEXT)]).await?;
        Ok(())
    }

    /// Takes a lock that is held until the end of the transaction: for what one process at a time is to do for a name,
    /// such as seeing to it that an account has one webhook endpoint whose secret is known. Waits while another holds it.
    ///
    /// # Errors
    ///
    /// The error of PostgreSQL.
    pub async fn lock(
        &self,
        transaction: &tokio_postgres::Transaction<'_>,
        name: &str,
    ) -> Result<(), Error> {
        let parameters: &Parameters<'_> = &[(&name, Type::TEXT)];
        let locked = transaction.query_typed(&self.tables.lock, parameters).await;
        locked.map_err(StoreError::from)?;
        Ok(())
    }

    /// The cursor in the log of an endpoint, for one process at a time: the others wait until the transaction ends. Call
    /// [`set_log_cursor`](Self::set_log_cursor) and commit when the missed deliveries were taken.
    ///
    /// # Errors
    ///
    /// The error of PostgreSQL.
    pub async fn log_cursor(
        &self,
        transaction: &tokio_postgres::Transaction<'_>,
        name: &str,
    ) -> Result<LogCursor, Error> {
        self.lock(transaction, &format!("log of {name}")).await?;
        let parameters: &Parameters<'_> = &[(&name, Type::TEXT)];
        let rows = transaction.query_typed(&self.tables.log_cursors.load, parameters).await;
        Ok(log_cursors::loaded(&rows.map_err(StoreError::from)?)?)
    }

    /// Keeps the cursor in the log of an endpoint for the next time.
    ///
    /// # Errors
    ///
    /// The error of PostgreSQL.
    pub async fn set_log_cursor(
        &self,
        transaction: &tokio_postgres::Transaction<'_>,
        name: &str,
        cursor: &LogCursor,
    ) -> Result<(), Error> {
        let text = log_cursors::text(cursor)?;
        let parameters: &Parameters<'_> = &[(&name, Type::TEXT), (&text, Type::TEXT)];
        let saved = transaction.query_typed(&self.tables.log_cursors.save, parameters).await;
        saved.map_err(StoreError::from)?;
        Ok(())
    }

    async fn is_written(&self, save: &Save<'_>) -> Result<bool, StoreError> {
        let statement = &self.tables.sessions.is_written;
        Ok(!self.database.rows(statement, &save.look()).await?.is_empty())
    }
}

impl<D: Database> AsyncSessionStore for Postgres<D> {
    async fn load(&self, key: &str) -> Result<Option<Record>, StoreError> {
        let statement = &self.tables.sessions.load;
        let rows = self.database.rows(statement, &[(&key, Type::TEXT)]).await?;
        sessions::record(key, &rows, &*self.tables.seal)
    }

    async fn save(&self, key: &str, record: &Record) -> Result<(), SaveError> {
        let save = Save::new(key, record, &*self.tables.seal)?;
        let statement = save.statement(&self.tables.sessions);
        match self.database.rows(statement, &save.parameters()).await {
            Ok(rows) => sessions::saved(&rows),
            Err(error)
                if may_be_done(&error) && matches!(self.is_written(&save).await, Ok(true)) =>
            {
                Ok(())
            }
            Err(error) => Err(SaveError::Failed(error)),
        }
    }

    async fn delete(&self, key: &str, version: u64) -> Result<bool, StoreError> {
        let version = i64::try_from(version)?;
        let parameters: &Parameters<'_> = &[(&key, Type::TEXT), (&version, Type::INT8)];
        Ok(!self.database.rows(&self.tables.sessions.delete, parameters).await?.is_empty())
    }

    async fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let limit = sessions::limit(limit);
        let parameters: &Parameters<'_> = &[(&after, Type::TEXT), (&limit, Type::INT8)];
        let statement = self.tables.sessions.list(which);
        sessions::listed(&self.database.rows(statement, parameters).await?)
    }
}

impl<D: Database> AsyncBudgetStore for Postgres<D> {
    async fn load_budget(&self, name: &str) -> Result<LoadedBudget, StoreError> {
        let statement = &self.tables.budgets.load;
        budgets::loaded(&self.database.rows(statement, &[(&name, Type::TEXT)]).await?)
    }

    async fn save_budget(&self, name: &str, budget: &Budget) -> Result<(), SaveError> {
        let save = budgets::Save::new(name, budget)?;
        let statement = save.statement(&self.tables.budgets);
        sessions::saved(&self.database.rows(statement, &save.parameters()).await?)
    }
}

impl<D: Database> AsyncSecretStore for Postgres<D> {
    async fn secrets(&self, name: &str) -> Result<Vec<SigningSecret>, StoreError> {
        let statement = &self.tables.secrets.find;
        let rows = self.database.rows(statement, &[(&name, Type::TEXT)]).await?;
        secrets::found(name, &rows, &*self.tables.seal)
    }
}

impl<D> fmt::Debug for Postgres<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}
