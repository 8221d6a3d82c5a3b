use std::fmt;

use serde::Serialize;

use crate::error::Error;
use crate::wire::http_url;

/// The URL that a result is posted to. It may hold the secret by which the program recognises Kit, and so is shown
/// without what stands behind the host.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub(super) struct CallbackUrl(String);

impl CallbackUrl {
    /// # Errors
    ///
    /// [`Error::Input`] for `callback_url` where Kit could not post to it.
    pub(super) fn new(url: impl Into<String>) -> Result<Self, Error> {
        let url = url.into();
        http_url::check(&url).map_err(|reason| Error::input("callback_url", reason))?;
        Ok(Self(url))
    }

    pub(super) fn secrets(&self) -> Vec<&str> {
        http_url::secret_parts(&self.0)
    }
}

impl fmt::Debug for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&http_url::without_secret(&self.0))
    }
}
