use std::sync::{Arc, Mutex, PoisonError};

use kit_core::oauth::StoreError;
use kit_postgres::{Database, Parameters};
use tokio_postgres::{Client, NoTls, Row};

use super::Postgres;

/// Connections to a PostgreSQL, which are made anew after they broke.
#[derive(Debug)]
pub struct Pool {
    config: String,
    idle: Mutex<Vec<Client>>,
}

impl Pool {
    /// To the server at this port, which may be that of a proxy.
    pub fn by(port: u16) -> Arc<Self> {
        Arc::new(Self { config: Postgres::config_of(port), idle: Mutex::default() })
    }

    /// A connection, for its caller alone.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub async fn take(&self) -> Result<Client, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(client) = idle.filter(|client| !client.is_closed()) {
            return Ok(client);
        }
        let (client, connection) = tokio_postgres::connect(&self.config, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Gives a connection back.
    pub fn give(&self, client: Client) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(client);
    }
}

impl Database for Pool {
    async fn rows(
        &self,
        statement: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let client = self.take().await?;
        let rows = client.rows(statement, parameters).await;
        self.give(client);
        rows
    }

    async fn run(&self, statement: &str) -> Result<(), StoreError> {
        let client = self.take().await?;
        let done = client.run(statement).await;
        self.give(client);
        done
    }
}
