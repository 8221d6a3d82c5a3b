//! The table of budgets: its statements, and what goes into them and comes out.

use std::time::Duration;

use kit_core::budgets::{Budget, LoadedBudget, StoreError};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

pub(crate) struct Statements {
    pub(crate) load: String,
    insert: String,
    update: String,
}

impl Statements {
    pub(crate) fn new(tables: &str) -> Self {
        Self {
            load: format!(
                "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, \
                 (SELECT budget FROM {tables}budget WHERE name = $1)"
            ),
            insert: format!(
                "INSERT INTO {tables}budget (name, version, budget) VALUES ($1, $2, $3) \
                 ON CONFLICT (name) DO NOTHING RETURNING 1"
            ),
            update: format!(
                "UPDATE {tables}budget SET version = $2, budget = $3 \
                 WHERE name = $1 AND version = $4 RETURNING 1"
            ),
        }
    }
}

pub(crate) fn loaded(rows: &[Row]) -> Result<LoadedBudget, StoreError> {
    let row = rows.first().ok_or("PostgreSQL has returned no row")?;
    let microseconds: i64 = row.try_get(0)?;
    let budget: Option<&[u8]> = row.try_get(1)?;
    let now = Duration::from_micros(u64::try_from(microseconds)?);
    Ok(LoadedBudget::new(budget.map(Budget::from_bytes).transpose()?, now))
}

/// One attempt to save a budget. Where its reply is lost, the pacer reports again what it has sent.
pub(crate) struct Save<'a> {
    name: &'a str,
    version: i64,
    budget: Vec<u8>,
    replaces: Option<i64>,
}

impl<'a> Save<'a> {
    pub(crate) fn new(name: &'a str, budget: &Budget) -> Result<Self, StoreError> {
        Ok(Self {
            name,
            version: i64::try_from(budget.version())?,
            budget: budget.to_bytes()?,
            replaces: budget.replaces().map(i64::try_from).transpose()?,
        })
    }

    pub(crate) fn statement<'s>(&self, statements: &'s Statements) -> &'s str {
        if self.replaces.is_some() { &statements.update } else { &statements.insert }
    }

    pub(crate) fn parameters(&self) -> Vec<(&(dyn ToSql + Sync), Type)> {
        let mut parameters: Vec<(&(dyn ToSql + Sync), Type)> = vec![
            (&self.name, Type::TEXT),
            (&self.version, Type::INT8),
            (&self.budget, Type::BYTEA),
        ];
        if let Some(replaces) = &self.replaces {
            parameters.push((replaces, Type::INT8));
        }
        parameters
    }
}
