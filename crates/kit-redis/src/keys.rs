use std::fmt;
use std::sync::Arc;

use kit_core::Error;
use kit_core::seal::{Seal, Unsealed};

/// The names of the keys, and the seal of the secrets behind them.
///
/// All keys are in one slot of a cluster: their names begin with the prefix in braces, such as `{kit}:session:account-9`.
///
/// # Examples
///
/// ```
/// use kit_redis::Keys;
///
/// let keys = Keys::with_prefix("newsletter")?;
/// assert!(Keys::with_prefix("{").is_err());
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Keys {
    prefix: Arc<str>,
    pub(crate) seal: Arc<dyn Seal>,
}

/// With the prefix `kit`.
impl Default for Keys {
    fn default() -> Self {
        Self { prefix: "kit".into(), seal: Arc::new(Unsealed) }
    }
}

impl Keys {
    /// Keys whose names begin with this prefix.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `prefix` that is empty or has a brace.
    pub fn with_prefix(prefix: &str) -> Result<Self, Error> {
        if prefix.is_empty() || prefix.contains(['{', '}']) {
            return Err(Error::input("prefix", "is empty or has a brace"));
        }
        Ok(Self { prefix: prefix.into(), ..Self::default() })
    }

    /// The same keys, whose secrets are sealed.
    #[must_use]
    pub fn sealed(self, seal: impl Seal + 'static) -> Self {
        Self { seal: Arc::new(seal), ..self }
    }

    pub(crate) fn session(&self, key: &str) -> String {
        format!("{{{}}}:session:{key}", self.prefix)
    }

    /// The length of the source keeps sources and ids apart.
    #[cfg(feature = "seen")]
    pub(crate) fn event(&self, source: &str, id: &str) -> String {
        format!("{{{}}}:event:{}:{source}:{id}", self.prefix, source.len())
    }

    pub(crate) fn budget(&self, name: &str) -> String {
        format!("{{{}}}:budget:{name}", self.prefix)
    }

    /// The keys of all sessions, in order.
    pub(crate) fn sessions(&self) -> String {
        format!("{{{}}}:sessions", self.prefix)
    }

    /// The keys of sessions whose users have to authorize the app again, in order.
    pub(crate) fn sessions_needing_authorization(&self) -> String {
        format!("{{{}}}:sessions:need-authorization", self.prefix)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
