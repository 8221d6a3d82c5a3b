use std::time::{Duration, Instant};

use kit_core::oauth::{Refresh, RefreshStep};
use kit_core::{Call, Credentials, Endpoint, Error, Kit, Pacer, RetryPolicy, Step};

use crate::Builder;
use crate::clock::now;
use crate::exchange::Exchange;

/// Sends operations to Kit and blocks until each is done.
///
/// Cheap to clone; clones share one pool of connections and one [`Pacer`]. To be shared by threads, clone it or
/// borrow it.
///
/// The proxies of the environment are honoured as ureq does: the first of `all_proxy`, `https_proxy`
/// and `http_proxy` that is set serves all hosts, but for those of `no_proxy`.
/// Redirects are not followed, so that a credential never reaches another host: a 3xx is an
/// [`Error::Api`].
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

    /// To choose the base URL, timeouts, limits, the user agent or the [`ureq::Agent`].
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
    /// What does not succeed is tried again where that is safe, as [`Call`] says; a create that may have
    /// been applied never is. Where a session has to be refreshed, the call that does it may outlast its
    /// deadline by one timeout: to stop in the middle would lose the session.
    ///
    /// # Errors
    ///
    /// - [`Error::Input`]: the credential cannot be sent, or the base URL not be reached; nothing was;
    /// - [`Error::Transport`]: there was no response;
    /// - [`Error::Api`]: Kit answered with a status that is not a success;
    /// - [`Error::Reply`]: it is a success, but its body is not what was promised;
    /// - [`Error::Session`]: the credentials are a session, which has no access token and gets none.
    pub fn send<E: Endpoint + ?Sized>(&self, endpoint: &E) -> Result<E::Reply, Error> {
        if self.kit.is_https() && !self.exchange.has_tls() {
            let missing = "begins with https, and this is built without TLS: turn on the feature \
                `rustls` or `native-tls`";
            return Err(Error::input("base_url", missing));
        }
        let mut call = Call::new(&self.kit, endpoint, self.retry, fastrand::u64(..));
        if let Some(pacer) = &self.pacer {
            call = call.with_pacer(pacer);
        }
        let mut time = now();
        loop {
            match call.next(time) {
                Step::Send(request) => {
                    let outcome = self.exchange.run(request, call.time_left(time));
                    time = now();
                    match outcome {
                        Ok(response) => call.received(response, time),
                        Err(failure) => call.failed(failure, time),
                    }
                }
                Step::Wait(duration) => {
                    std::thread::sleep(duration);
                    time = now();
                }
                Step::Refresh(refresh) => {
                    self.run(*refresh, call.time_left(time));
                    time = now();
                }
                Step::Done(result) => return result,
            }
        }
    }

    /// Refreshes the session. Where something would be lost otherwise, this takes longer than there is
    /// time.
    fn run(&self, mut refresh: Refresh, time_left: Duration) {
        let start = Instant::now();
        loop {
            match refresh.next(now()) {
                RefreshStep::Send(request) => {
                    match self.exchange.run(request, refresh.time_left(now())) {
                        Ok(response) => refresh.received(response, now()),
                        Err(failure) => refresh.failed(failure, now()),
                    }
                }
                RefreshStep::Wait(duration) => {
                    let left = time_left.saturating_sub(start.elapsed());
                    // Nobody waits for what is not urgent.
                    let left = if refresh.is_urgent() { left } else { Duration::ZERO };
                    if duration > left && refresh.can_be_given_up() {
                        return refresh.give_up(now());
                    }
                    std::thread::sleep(duration);
                }
                RefreshStep::Done => return,
            }
        }
    }
}
