//! The table of sessions: its statements, and what goes into them and comes out.

use kit_core::oauth::{ListedSessions, Record, SaveError, StoreError, StoredSession};
use kit_core::seal::Seal;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};
use zeroize::Zeroizing;

use crate::mark::mark;

/// The statements of sessions. The parameters are those of [`Save`], or as the methods of the stores give them.
pub(crate) struct Statements {
    pub(crate) load: String,
    pub(crate) is_written: String,
    pub(crate) delete: String,
    list: String,
    list_needing_authorization: String,
    insert: String,
    update: String,
}

impl Statements {
    pub(crate) fn new(tables: &str) -> Self {
        let list = |and: &str| {
            format!(
                "SELECT key, needs_authorization FROM {tables}session WHERE ($1 IS NULL OR key > $1){and} ORDER BY key LIMIT $2"
            )
        };
        Self {
            load: format!("SELECT record FROM {tables}session WHERE key = $1"),
            is_written: format!("SELECT 1 FROM {tables}session WHERE key = $1 AND writer = $2"),
            delete: format!(
                "DELETE FROM {tables}session WHERE key = $1 AND version = $2 RETURNING 1"
            ),
            list: list(""),
            list_needing_authorization: list(" AND needs_authorization"),
            insert: format!(
                "INSERT INTO {tables}session (key, version, needs_authorization, writer, record) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key) DO NOTHING RETURNING 1"
            ),
            update: format!(
                "UPDATE {tables}session SET version = $2, needs_authorization = $3, writer = $4, record = $5, \
                 saved_at = now() WHERE key = $1 AND version = $6 RETURNING 1"
            ),
        }
    }

    pub(crate) fn list(&self, which: ListedSessions) -> &str {
        match which {
            ListedSessions::All => &self.list,
            ListedSessions::NeedAuthorization => &self.list_needing_authorization,
        }
    }
}

/// One attempt to save a record.
pub(crate) struct Save<'a> {
    key: &'a str,
    version: i64,
    needs_authorization: bool,
    /// By which the row is recognised where the reply of the statement is lost. A version is not enough: two processes
    /// may make the same one.
    writer: Vec<u8>,
    record: Zeroizing<Vec<u8>>,
    replaces: Option<i64>,
}

impl<'a> Save<'a> {
    pub(crate) fn new(key: &'a str, record: &Record, seal: &dyn Seal) -> Result<Self, StoreError> {
        Ok(Self {
            key,
            version: i64::try_from(record.version())?,
            needs_authorization: record.needs_authorization(),
            writer: mark()?.to_vec(),
            record: record.sealed(key, seal)?,
            replaces: record.replaces().map(i64::try_from).transpose()?,
        })
    }

    pub(crate) fn statement<'s>(&self, statements: &'s Statements) -> &'s str {
        if self.replaces.is_some() { &statements.update } else { &statements.insert }
    }

    pub(crate) fn parameters(&self) -> Vec<(&(dyn ToSql + Sync), Type)> {
        let mut parameters: Vec<(&(dyn ToSql + Sync), Type)> = vec![
            (&self.key, Type::TEXT),
            (&self.version, Type::INT8),
            (&self.needs_authorization, Type::BOOL),
            (&self.writer, Type::BYTEA),
            (&*self.record, Type::BYTEA),
        ];
        if let Some(replaces) = &self.replaces {
            parameters.push((replaces, Type::INT8));
        }
        parameters
    }

    /// The parameters of the look whether a save was done whose reply was lost.
    pub(crate) fn look(&self) -> [(&(dyn ToSql + Sync), Type); 2] {
        [(&self.key, Type::TEXT), (&self.writer, Type::BYTEA)]
    }
}

/// The outcome of a save whose reply is there.
pub(crate) fn saved(rows: &[Row]) -> Result<(), SaveError> {
    if rows.is_empty() { Err(SaveError::Conflict) } else { Ok(()) }
}

pub(crate) fn record(
    key: &str,
    rows: &[Row],
    seal: &dyn Seal,
) -> Result<Option<Record>, StoreError> {
    let Some(row) = rows.first() else { return Ok(None) };
    Record::open(key, row.try_get(0)?, seal).map(Some)
}

/// How many rows a page may have at most, as PostgreSQL counts.
pub(crate) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(crate) fn listed(rows: &[Row]) -> Result<Vec<StoredSession>, StoreError> {
    let session = |row: &Row| Ok(StoredSession::new(row.try_get::<_, String>(0)?, row.try_get(1)?));
    rows.iter().map(session).collect()
}
