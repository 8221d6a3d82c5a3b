use serde::Serialize;

use super::ClientSecret;
use crate::Error;

/// An app that is registered at Kit: RFC 6749 calls it the client.
///
/// # Examples
///
/// ```
/// use kit_core::oauth::App;
///
/// let server = App::confidential("client-id", "client-secret");
/// let desktop = App::public("client-id");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct App {
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<ClientSecret>,
}

impl App {
    /// An app that can keep a secret, since it runs on a server.
    pub fn confidential(
        client_id: impl Into<String>,
        client_secret: impl Into<ClientSecret>,
    ) -> Self {
        Self { client_id: client_id.into(), client_secret: Some(client_secret.into()) }
    }

    /// An app that cannot keep a secret, since it runs on its users' devices. Such an app uses PKCE: see
    /// [`Authorize::with_verifier`](super::Authorize::with_verifier).
    pub fn public(client_id: impl Into<String>) -> Self {
        Self { client_id: client_id.into(), client_secret: None }
    }

    /// The id that Kit gave the app.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(super) fn secret(&self) -> Option<&str> {
        self.client_secret.as_ref().map(ClientSecret::secret)
    }

    /// # Errors
    ///
    /// [`Error::Input`] for an empty `client_id` or `client_secret`.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.client_id.is_empty() {
            return Err(Error::input("client_id", "is empty"));
        }
        if self.secret() == Some("") {
            return Err(Error::input("client_secret", "is empty"));
        }
        Ok(())
    }
}
