use std::fmt;
use std::sync::Arc;

use kit_core::Error;
use kit_core::seal::{Seal, Unsealed};

use crate::sessions::Statements;

/// The version of the tables that this crate makes and uses.
const VERSION: u32 = 1;

/// How long a name may be. PostgreSQL cuts names after 63 bytes, those of indexes included.
const LONGEST: usize = 24;

/// The tables: their names, and the seal of the secrets in them.
///
/// # Examples
///
/// ```
/// use kit_postgres::Tables;
///
/// let tables = Tables::named("newsletter", "kit_")?;
/// assert!(tables.install_statement().contains(r#"CREATE TABLE "newsletter".kit_session"#));
/// assert!(Tables::named("news letter", "").is_err());
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Tables {
    pub(crate) sessions: Arc<Statements>,
    pub(crate) budgets: Arc<crate::budgets::Statements>,
    #[cfg(feature = "async")]
    pub(crate) secrets: Arc<crate::secrets::Statements>,
    #[cfg(feature = "async")]
    pub(crate) events: Arc<crate::inbox::Statements>,
    #[cfg(feature = "async")]
    pub(crate) log_cursors: Arc<crate::log_cursors::Statements>,
    pub(crate) lock: Arc<str>,
    channel: Arc<str>,
    pub(crate) seal: Arc<dyn Seal>,
    install: Arc<str>,
}

/// In the schema `public`, with the prefix `kit_`.
impl Default for Tables {
    fn default() -> Self {
        Self::with_names("public", "kit_")
    }
}

impl Tables {
    /// Tables in this schema, whose names begin with this prefix. Both are of the characters `a-z 0-9 _`, begin with no
    /// digit, and have 24 characters at most.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `schema` or `prefix` that is something else; the schema must not be empty.
    pub fn named(schema: &str, prefix: &str) -> Result<Self, Error> {
        let is_name = |name: &str| {
            let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
            name.len() <= LONGEST
                && name.bytes().all(is_plain)
                && !name.starts_with(|first: char| first.is_ascii_digit())
        };
        let reason =
            "is not of the characters a-z 0-9 _, begins with a digit, or is longer than 24";
        if schema.is_empty() || !is_name(schema) {
            return Err(Error::input("schema", reason));
        }
        if !is_name(prefix) {
            return Err(Error::input("prefix", reason));
        }
        Ok(Self::with_names(schema, prefix))
    }

    fn with_names(schema: &str, prefix: &str) -> Self {
        // Quoted, since it may be a word of SQL.
        let tables = format!("\"{schema}\".{prefix}");
        let channel = format!("{schema}_{prefix}event");
        let install = include_str!("schema.sql")
            .replace("{schema}", &format!("\"{schema}\""))
            .replace("{prefix}", prefix)
            .replace("{t}", &tables)
            .replace("{version}", &VERSION.to_string());
        Self {
            sessions: Arc::new(Statements::new(&tables)),
            budgets: Arc::new(crate::budgets::Statements::new(&tables)),
            #[cfg(feature = "async")]
            secrets: Arc::new(crate::secrets::Statements::new(&tables)),
            #[cfg(feature = "async")]
            events: Arc::new(crate::inbox::Statements::new(&tables, &channel)),
            #[cfg(feature = "async")]
            log_cursors: Arc::new(crate::log_cursors::Statements::new(&tables)),
            lock: format!(
                "SELECT pg_advisory_xact_lock(hashtextextended('{tables}lock ' || $1, 0))"
            )
            .into(),
            channel: channel.into(),
            seal: Arc::new(Unsealed),
            install: install.into(),
        }
    }

    /// The same tables, whose secrets are sealed.
    #[must_use]
    pub fn sealed(self, seal: impl Seal + 'static) -> Self {
        Self { seal: Arc::new(seal), ..self }
    }

    /// The channel on which `NOTIFY` tells of new events: for `LISTEN`. A schema `kit` with the prefix `app_` has the
    /// channel `kit_app_event`.
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// The statement that makes the tables, if they are not there, or brings them to this version. It is one statement,
    /// takes a lock for its time, and can be repeated. It fails if the tables are of a newer version.
    pub fn install_statement(&self) -> &str {
        &self.install
    }
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").finish_non_exhaustive()
    }
}
