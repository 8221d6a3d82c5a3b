//! The table of cursors in the logs of endpoints.

use kit_core::oauth::StoreError;
use kit_core::sync::LogCursor;
use tokio_postgres::Row;

pub(crate) struct Statements {
    pub(crate) load: String,
    pub(crate) save: String,
}

impl Statements {
    pub(crate) fn new(tables: &str) -> Self {
        Self {
            load: format!("SELECT log_cursor FROM {tables}log_cursor WHERE name = $1"),
            save: format!(
                "INSERT INTO {tables}log_cursor (name, log_cursor) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET log_cursor = excluded.log_cursor"
            ),
        }
    }
}

pub(crate) fn loaded(rows: &[Row]) -> Result<LogCursor, StoreError> {
    let Some(row) = rows.first() else { return Ok(LogCursor::default()) };
    Ok(serde_json::from_str(row.try_get(0)?)?)
}

pub(crate) fn text(cursor: &LogCursor) -> Result<String, StoreError> {
    Ok(serde_json::to_string(cursor)?)
}
