use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use kit_core::oauth::Refresh;
use kit_core::{Call, Endpoint, Error, Kit, List, Pacer, RetryPolicy, Step};

use crate::clock::now;
use crate::exchange::Exchange;
use crate::iter::{ItemIter, PageIter};
use crate::oauth::Session;
use crate::wait::wait_for;
use crate::{Builder, Principal};

/// Sends operations to Kit and blocks until each is done.
///
/// Cheap to clone; clones share one pool of connections and one [`Pacer`]. To be shared by threads, clone it or
/// borrow it.
///
/// Redirects are not followed, so that a credential never reaches another host: a 3xx is an
/// [`Error::Api`]. Proxies of the environment are honoured, but for this machine: see
/// [`Proxy`](crate::settings::Proxy).
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) kit: Kit,
    pub(crate) session: Option<Session>,
    pub(crate) pacer: Option<Pacer>,
    pub(crate) patience: Patience,
    /// Where there can be none, which setting is to blame, and why.
    pub(crate) exchange: Result<Arc<Exchange>, (&'static str, Cow<'static, str>)>,
}

/// How long calls go on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) retry: RetryPolicy,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
}

impl Client {
    /// A client for Kit at `https://api.kit.com`, with the defaults of [`Builder`].
    ///
    /// Where a default cannot be used, since the environment names a proxy that is none, every call says so;
    /// [`Builder::build`] would at once.
    pub fn new(principal: impl Into<Principal>) -> Self {
        Builder::of_defaults(principal.into())
    }

    /// To choose where Kit is, timeouts and limits, how connections are made, and what stands around them.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The same client, connections and pacer, whose calls may take so long in all: for one call,
    /// `client.with_timeout(…).send(…)`.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.with(Patience { timeout, ..self.patience })
    }

    /// The same client, connections and pacer, whose attempts may take so long each.
    #[must_use]
    pub fn with_attempt_timeout(&self, attempt_timeout: Duration) -> Self {
        self.with(Patience { attempt_timeout, ..self.patience })
    }

    /// The same client, connections and pacer, whose calls are tried so often.
    #[must_use]
    pub fn with_retry(&self, retry: RetryPolicy) -> Self {
        self.with(Patience { retry, ..self.patience })
    }

    fn with(&self, patience: Patience) -> Self {
        Self { patience, ..self.clone() }
    }

    /// The same client and connections for another account: its credentials or session, and a pacer of its
    /// own.
    #[must_use]
    pub fn with_principal(&self, principal: impl Into<Principal>) -> Self {
        let Principal { credentials, session } = principal.into();
        let pacer = self.pacer.is_some().then(|| Pacer::new(credentials.rate_limit()));
        let kit = self.kit.clone().with_credentials(credentials);
        Self { kit, session, pacer, ..self.clone() }
    }

    /// Sends an operation, such as [`CreateWebhook`](crate::webhooks::CreateWebhook), and reads its
    /// reply.
    ///
    /// What does not succeed is tried again where that is safe, as [`Call`] says; a create that may have
    /// been applied never is.
    ///
    /// # Errors
    ///
    /// - [`Error::Input`]: the operation, the credential or a setting cannot be used; nothing was sent;
    /// - [`Error::Transport`]: there was no response;
    /// - [`Error::Api`]: Kit answered with a status that is not a success;
    /// - [`Error::Reply`]: it is a success, but its reply is not what was promised;
    /// - [`Error::Paced`]: the pacer leaves no room before the timeout; nothing was sent;
    /// - [`Error::Session`]: the session has no access token and gets none.
    pub fn send<E: Endpoint>(&self, endpoint: &E) -> Result<E::Reply, Error> {
        let exchange = match &self.exchange {
            Ok(exchange) => exchange,
            Err((field, reason)) => return Err(Error::input(field, reason.clone())),
        };
        let Patience { retry, timeout, attempt_timeout } = self.patience;
        let mut call = Call::new(&self.kit, endpoint, fastrand::u64(..))
            .with_retry(retry)
            .with_timeout(timeout);
        if let Some(pacer) = &self.pacer {
            call = call.with_pacer(pacer);
        }
        let mut time = now();
        loop {
            match call.next(time) {
                Step::Send(request) => {
                    let left = call.time_left(time).min(attempt_timeout);
                    let outcome = exchange.run(request, left);
                    time = now();
                    match outcome {
                        Ok(response) => call.received(response, time),
                        Err(failure) => call.failed(failure, time),
                    }
                }
                Step::Done(result) => return result,
                Step::Wait(duration) => std::thread::sleep(duration),
                Step::AwaitRefresh { refreshed, at_most } => drop(wait_for(refreshed, at_most)),
                Step::Refresh(refresh) => self.refresh(*refresh, exchange, call.time_left(time)),
                step => return call.cannot(&step),
            }
            time = now();
        }
    }

    /// Runs the refresh of the session. What comes of it, the session knows.
    fn refresh(&self, mut refresh: Refresh, exchange: &Exchange, time_left: Duration) {
        let Some(session) = &self.session else { return };
        let Patience { timeout, attempt_timeout, .. } = self.patience;
        if refresh.is_urgent() {
            let _ = session.run(refresh, Some((exchange, attempt_timeout)), time_left);
            return;
        }
        // A renewal is tried once, and left to another call where little time is left for this one.
        if time_left < timeout / 2 {
            refresh.give_up(now());
        }
        let attempt_timeout = attempt_timeout.min(time_left);
        let _ = session.run(refresh, Some((exchange, attempt_timeout)), Duration::ZERO);
    }

    /// The pages of a list, one after the other, each when it is wanted.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_ureq::webhooks::ListWebhooks;
    /// # let kit = kit_emulator::Emulator::start().unwrap();
    /// # let credentials = kit_ureq::Credentials::api_key(kit.api_key());
    /// # let client = kit_ureq::Client::builder().base_url(kit.base_url()).build(credentials)?;
    ///
    /// for page in client.pages(ListWebhooks::new()) {
    ///     println!("{} webhooks", page?.items.len());
    /// }
    /// # Ok::<(), kit_ureq::Error>(())
    /// ```
    pub fn pages<L: List>(&self, list: L) -> PageIter<L> {
        PageIter::new(self.clone(), list)
    }

    /// The items of a list, over all its pages, each page when it is wanted.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_ureq::webhooks::{ListWebhooks, Webhook};
    /// # let kit = kit_emulator::Emulator::start().unwrap();
    /// # let credentials = kit_ureq::Credentials::api_key(kit.api_key());
    /// # let client = kit_ureq::Client::builder().base_url(kit.base_url()).build(credentials)?;
    ///
    /// let webhooks: Vec<Webhook> = client.items(ListWebhooks::new()).collect::<Result<_, _>>()?;
    /// # Ok::<(), kit_ureq::Error>(())
    /// ```
    pub fn items<L: List>(&self, list: L) -> ItemIter<L> {
        ItemIter::new(self.pages(list))
    }
}
