use std::fmt;

use kit_core::oauth::{
    AsyncSessionStore, ListedSessions, Record, SaveError, StoreError, StoredSession,
};
use tokio_postgres::types::Type;

use crate::lost::may_be_done;
use crate::sessions::{self, Save};
use crate::{Database, Parameters, Tables};

/// What the processes of an app share, in PostgreSQL, for async programs.
///
/// As an [`AsyncSessionStore`] it keeps the sessions of accounts: a row for each key. Where the reply of a save is lost,
/// since the connection broke, the row is looked up before anything is called failed.
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
    pub async fn install(&self) -> Result<(), StoreError> {
        self.database.run(self.tables.install_statement()).await
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

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let statement = &self.tables.sessions.delete;
        self.database.rows(statement, &[(&key, Type::TEXT)]).await.map(drop)
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

impl<D> fmt::Debug for Postgres<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}
