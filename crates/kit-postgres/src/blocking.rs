//! Stores for programs that block.
//!
//! # Examples
//!
//! ```no_run
//! use std::sync::Mutex;
//!
//! use kit_postgres::Tables;
//! use kit_postgres::blocking::Postgres;
//! use kit_ureq::oauth::{App, Sessions};
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = postgres::Client::connect("host=localhost", postgres::NoTls)?;
//! let postgres = Postgres::new(Mutex::new(client), Tables::default());
//! postgres.install()?;
//! let sessions = Sessions::new(App::confidential("client-id", "client-secret"), postgres);
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use kit_core::budgets::{Budget, BudgetStore, LoadedBudget};
use kit_core::oauth::{ListedSessions, Record, SaveError, SessionStore, StoreError, StoredSession};
use postgres::types::Type;
use postgres::{Client, Row};

use crate::budgets;
use crate::lost::may_be_done;
use crate::sessions::{self, Save};
use crate::{Error, Parameters, Tables};

/// Lends a connection for one statement: your pool, or a single connection.
///
/// A `Mutex` around a [`Client`] lends it in turns; it does not connect again. For a pool such as r2d2's, implement the
/// trait in a few lines, with [`Client::query_typed`] and [`Client::batch_execute`].
pub trait Database: Send + Sync {
    /// Runs a statement with parameters of these types, as [`Client::query_typed`] does, and returns the rows.
    ///
    /// # Errors
    ///
    /// The error of the pool, or of PostgreSQL.
    fn rows(&self, statement: &str, parameters: &Parameters<'_>) -> Result<Vec<Row>, StoreError>;

    /// Runs a statement without parameters and rows, as [`Client::batch_execute`] does.
    ///
    /// # Errors
    ///
    /// The error of the pool, or of PostgreSQL.
    fn run(&self, statement: &str) -> Result<(), StoreError>;
}

impl Database for Mutex<Client> {
    fn rows(&self, statement: &str, parameters: &Parameters<'_>) -> Result<Vec<Row>, StoreError> {
        let mut client = self.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(client.query_typed(statement, parameters)?)
    }

    fn run(&self, statement: &str) -> Result<(), StoreError> {
        let mut client = self.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(client.batch_execute(statement)?)
    }
}

impl<D: Database + ?Sized> Database for Arc<D> {
    fn rows(&self, statement: &str, parameters: &Parameters<'_>) -> Result<Vec<Row>, StoreError> {
        (**self).rows(statement, parameters)
    }

    fn run(&self, statement: &str) -> Result<(), StoreError> {
        (**self).run(statement)
    }
}

/// The tables that the processes of an app share, for programs that block.
///
/// As a [`SessionStore`] it keeps the sessions of accounts: a row for each key. Where the reply of a save is lost, since
/// the connection broke, the row is looked up before anything is called failed. As a [`BudgetStore`] it keeps the budgets
/// that processes share: a row for each name, which is updated for each share.
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
    pub fn install(&self) -> Result<(), Error> {
        Ok(self.database.run(self.tables.install_statement())?)
    }

    /// Takes a lock that is held until the end of the transaction: for what one process at a time is to do for a name.
    /// Waits while another holds it.
    ///
    /// # Errors
    ///
    /// The error of PostgreSQL.
    pub fn lock(
        &self,
        transaction: &mut postgres::Transaction<'_>,
        name: &str,
    ) -> Result<(), Error> {
        let parameters: &Parameters<'_> = &[(&name, Type::TEXT)];
        let locked = transaction.query_typed(&self.tables.lock, parameters);
        locked.map_err(StoreError::from)?;
        Ok(())
    }

    fn is_written(&self, save: &Save<'_>) -> Result<bool, StoreError> {
        Ok(!self.database.rows(&self.tables.sessions.is_written, &save.look())?.is_empty())
    }
}

impl<D: Database> SessionStore for Postgres<D> {
    fn load(&self, key: &str) -> Result<Option<Record>, StoreError> {
        let rows = self.database.rows(&self.tables.sessions.load, &[(&key, Type::TEXT)])?;
        sessions::record(key, &rows, &*self.tables.seal)
    }

    fn save(&self, key: &str, record: &Record) -> Result<(), SaveError> {
        let save = Save::new(key, record, &*self.tables.seal)?;
        match self.database.rows(save.statement(&self.tables.sessions), &save.parameters()) {
            Ok(rows) => sessions::saved(&rows),
            Err(error) if may_be_done(&error) && matches!(self.is_written(&save), Ok(true)) => {
                Ok(())
            }
            Err(error) => Err(SaveError::Failed(error)),
        }
    }

    fn delete(&self, key: &str, version: u64) -> Result<bool, StoreError> {
        let version = i64::try_from(version)?;
        let parameters: &Parameters<'_> = &[(&key, Type::TEXT), (&version, Type::INT8)];
        Ok(!self.database.rows(&self.tables.sessions.delete, parameters)?.is_empty())
    }

    fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let limit = sessions::limit(limit);
        let parameters: &Parameters<'_> = &[(&after, Type::TEXT), (&limit, Type::INT8)];
        sessions::listed(&self.database.rows(self.tables.sessions.list(which), parameters)?)
    }
}

impl<D: Database> BudgetStore for Postgres<D> {
    fn load_budget(&self, name: &str) -> Result<LoadedBudget, StoreError> {
        budgets::loaded(&self.database.rows(&self.tables.budgets.load, &[(&name, Type::TEXT)])?)
    }

    fn save_budget(&self, name: &str, budget: &Budget) -> Result<(), SaveError> {
        let save = budgets::Save::new(name, budget)?;
        let statement = save.statement(&self.tables.budgets);
        sessions::saved(&self.database.rows(statement, &save.parameters())?)
    }
}

impl<D> fmt::Debug for Postgres<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}
