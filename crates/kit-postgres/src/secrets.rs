//! The table of secrets of webhook endpoints: its statements, and what goes into them and comes out.

use std::time::Duration;

use kit_core::oauth::StoreError;
use kit_core::seal::Seal;
use kit_core::webhook_endpoints::SigningSecret;
use tokio_postgres::Row;

pub(crate) struct Statements {
    pub(crate) find: String,
    pub(crate) set: String,
    pub(crate) delete: String,
}

impl Statements {
    pub(crate) fn new(tables: &str) -> Self {
        let lasts = "(ends_at IS NULL OR ends_at > now())";
        Self {
            find: format!(
                "SELECT secret FROM {tables}secret WHERE name = $1 AND {lasts} ORDER BY number DESC"
            ),
            set: format!(
                // The lock keeps two rotations from waiting for each other's rows.
                "WITH mine AS MATERIALIZED \
                 (SELECT pg_advisory_xact_lock(hashtextextended('{tables}secret ' || $1, 0))), \
                 gone AS (DELETE FROM {tables}secret USING mine WHERE name = $1 AND NOT {lasts}), \
                 ending AS (UPDATE {tables}secret SET ends_at = \
                 least(ends_at, now() + $3 * interval '1 microsecond') FROM mine WHERE name = $1 AND {lasts} RETURNING 1) \
                 INSERT INTO {tables}secret (name, secret) \
                 SELECT $1, $2 FROM mine, (SELECT count(*) FROM ending) AS ended"
            ),
            delete: format!("DELETE FROM {tables}secret WHERE name = $1"),
        }
    }
}

/// The place of a secret for a [`Seal`].
fn place(name: &str) -> String {
    format!("secret {name}")
}

pub(crate) fn sealed(
    name: &str,
    secret: &SigningSecret,
    seal: &dyn Seal,
) -> Result<Vec<u8>, StoreError> {
    seal.seal(&place(name), secret.secret().as_bytes())
}

pub(crate) fn found(
    name: &str,
    rows: &[Row],
    seal: &dyn Seal,
) -> Result<Vec<SigningSecret>, StoreError> {
    let secret = |row: &Row| {
        let text = String::from_utf8(seal.open(&place(name), row.try_get(0)?)?);
        // The error itself would have the text.
        Ok(SigningSecret::new(text.map_err(|_| "the row holds no secret")?))
    };
    rows.iter().map(secret).collect()
}

/// The longest time that is added to the server's, so that the sum is one that it can write.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

pub(crate) fn microseconds(duration: Duration) -> i64 {
    i64::try_from(duration.min(LONGEST).as_micros()).unwrap_or(i64::MAX)
}
