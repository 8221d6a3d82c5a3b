use std::sync::Arc;

use kit_core::oauth::StoreError;
use tokio_postgres::{Client, Row};

use crate::Parameters;

/// Lends a connection for one statement: your pool, or a single connection.
///
/// A [`Client`] lends itself: its statements wait for each other in one connection, and it does not connect again. For a
/// pool, implement the trait in a few lines:
///
/// # Examples
///
/// ```
/// use kit_core::oauth::StoreError;
/// use kit_postgres::{Database, Parameters};
/// use tokio_postgres::Row;
/// # struct Pool;
/// # impl Pool { async fn get(&self) -> Result<tokio_postgres::Client, tokio_postgres::Error> { unimplemented!() } }
///
/// struct Pooled(Pool); // of deadpool or bb8
///
/// impl Database for Pooled {
///     async fn rows(&self, statement: &str, parameters: &Parameters<'_>) -> Result<Vec<Row>, StoreError> {
///         Ok(self.0.get().await?.query_typed(statement, parameters).await?)
///     }
///
///     async fn run(&self, statement: &str) -> Result<(), StoreError> {
///         Ok(self.0.get().await?.batch_execute(statement).await?)
///     }
/// }
/// ```
pub trait Database: Send + Sync {
    /// Runs a statement with parameters of these types, as [`Client::query_typed`] does, and returns the rows.
    ///
    /// # Errors
    ///
    /// The error of the pool, or of PostgreSQL.
    fn rows(
        &self,
        statement: &str,
        parameters: &Parameters<'_>,
    ) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;

    /// Runs a statement without parameters and rows, as [`Client::batch_execute`] does.
    ///
    /// # Errors
    ///
    /// The error of the pool, or of PostgreSQL.
    fn run(&self, statement: &str) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl Database for Client {
    async fn rows(
        &self,
        statement: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(self.query_typed(statement, parameters).await?)
    }

    async fn run(&self, statement: &str) -> Result<(), StoreError> {
        Ok(self.batch_execute(statement).await?)
    }
}

impl<D: Database + ?Sized> Database for Arc<D> {
    fn rows(
        &self,
        statement: &str,
        parameters: &Parameters<'_>,
    ) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send {
        (**self).rows(statement, parameters)
    }

    fn run(&self, statement: &str) -> impl Future<Output = Result<(), StoreError>> + Send {
        (**self).run(statement)
    }
}
