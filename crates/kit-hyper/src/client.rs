use std::time::Duration;

use kit_core::{Call, Credentials, Endpoint, Error, Kit, Pacer, RetryPolicy, Step};

use crate::Builder;
use crate::clock::now;
use crate::exchange::Exchange;
use crate::refresh;

/// How long a call that has its reply waits for tokens that it renews by the way: a program that ends
/// behind it would lose them.
const RENEWAL: Duration = Duration::from_secs(2);

/// Sends operations to Kit and awaits each.
///
/// Cheap to clone; clones share one pool of connections and one [`Pacer`]. HTTP/2 is spoken where the
/// server offers it over TLS.
///
/// Redirects are not followed, so that a credential never reaches another host: a 3xx is an
/// [`Error::Api`]. Proxies of the environment are not looked at; a
/// [`connector`](Builder::connector) can use one.
#[derive(Clone, Debug)]
pub struct Client {
    kit: Kit,
    retry: RetryPolicy,
    pacer: Option<Pacer>,
    exchange: Exchange,
}

impl Client {
    /// A client for Kit at `https://api.kit.com`, with the defaults of [`Builder`].
    pub fn new(credentials: Credentials) -> Self {
        let rate_limit = credentials.rate_limit();
        Builder::default().assemble(Kit::new(credentials), rate_limit)
    }

    /// To choose the base URL, timeouts, limits, the user agent or the connector.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn from_parts(
        kit: Kit,
        retry: RetryPolicy,
        pacer: Option<Pacer>,
        exchange: Exchange,
    ) -> Self {
        Self { kit, retry, pacer, exchange }
    }

    /// Sends an operation, such as [`CreateWebhook`](crate::webhooks::CreateWebhook), and reads its
    /// reply.
    ///
    /// Dropping the future cancels the call. What was sent until then may have been applied. A refresh of
    /// the session that it has begun goes on as a task of the runtime; shutting the runtime down meanwhile
    /// may lose the session.
    ///
    /// What does not succeed is tried again where that is safe, as [`Call`] says; a create that may have
    /// been applied never is.
    ///
    /// # Errors
    ///
    /// - [`Error::Input`]: the credential cannot be sent, or the base URL not be reached; nothing was;
    /// - [`Error::Transport`]: there was no response;
    /// - [`Error::Api`]: Kit answered with a status that is not a success;
    /// - [`Error::Reply`]: it is a success, but its body is not what was promised;
    /// - [`Error::Session`]: the credentials are a session, which has no access token and gets none.
    pub async fn send<E: Endpoint + ?Sized>(&self, endpoint: &E) -> Result<E::Reply, Error> {
        if self.kit.is_https() && !self.exchange.has_tls() {
            let missing = "begins with https, and this is built without TLS: turn on the feature \
                `rustls` or `native-tls`";
            return Err(Error::input("base_url", missing));
        }
        if let Err(failure) = self.exchange.check() {
            return Err(self.kit.failure(endpoint, failure));
        }
        let mut call = Call::new(&self.kit, endpoint, self.retry, fastrand::u64(..));
        if let Some(pacer) = &self.pacer {
            call = call.with_pacer(pacer);
        }
        let mut time = now();
        loop {
            match call.next(time) {
                Step::Send(request) => {
                    let outcome = self.exchange.run(request, call.time_left(time)).await;
                    time = now();
                    match outcome {
                        Ok(response) => call.received(response, time),
                        Err(failure) => call.failed(failure, time),
                    }
                }
                Step::Wait(duration) => {
                    tokio::time::sleep(duration).await;
                    time = now();
                }
                Step::Refresh(refresh) => {
                    // It goes on where this call is dropped, or has no time left for it.
                    let left = call.time_left(time);
                    let patience = if refresh.is_urgent() { left } else { RENEWAL };
                    let refresh = tokio::spawn(refresh::run(self.exchange.clone(), refresh));
                    let _ = tokio::time::timeout(patience, refresh).await;
                    time = now();
                }
                Step::Done(result) => return result,
            }
        }
    }
}
