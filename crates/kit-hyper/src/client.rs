use kit_core::{Credentials, Endpoint, Error, Kit};

use crate::Builder;
use crate::exchange::Exchange;

/// Sends operations to Kit and awaits each.
///
/// Cheap to clone; clones share one pool of connections. HTTP/2 is spoken where the server offers it
/// over TLS.
///
/// Redirects are not followed, so that a credential never reaches another host: a 3xx is an
/// [`Error::Api`]. Proxies of the environment are not looked at; a
/// [`connector`](Builder::connector) can use one.
#[derive(Clone, Debug)]
pub struct Client {
    kit: Kit,
    exchange: Exchange,
}

impl Client {
    /// A client for Kit at `https://api.kit.com`, with the defaults of [`Builder`].
    pub fn new(credentials: Credentials) -> Self {
        Self::from_parts(Kit::new(credentials), Builder::default().into_exchange())
    }

    /// To choose the base URL, timeouts, limits, the user agent or the connector.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn from_parts(kit: Kit, exchange: Exchange) -> Self {
        Self { kit, exchange }
    }

    /// Sends an operation, such as [`CreateWebhook`](crate::webhooks::CreateWebhook), and reads its
    /// reply.
    ///
    /// Dropping the future cancels the call. What was sent until then may have been applied.
    ///
    /// # Errors
    ///
    /// - [`Error::Input`]: the credential cannot be sent; nothing was;
    /// - [`Error::Transport`]: there was no response;
    /// - [`Error::Api`]: Kit answered with a status that is not a success;
    /// - [`Error::Reply`]: it is a success, but its body is not what was promised.
    pub async fn send<E: Endpoint + ?Sized>(&self, endpoint: &E) -> Result<E::Reply, Error> {
        let request = self.kit.request(endpoint)?;
        match self.exchange.run(request).await {
            Ok(response) => self.kit.response(endpoint, response),
            Err(failure) => Err(self.kit.failure(endpoint, failure)),
        }
    }
}
