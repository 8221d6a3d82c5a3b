//! The secrets of many accounts: looked up when they are needed, and kept for a while.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Uri;
use kit_core::deliveries::{AsyncSecretStore, DeliveryError, EndpointTokens, Verifier};
use kit_core::oauth::StoreError;
use kit_core::webhook_endpoints::SigningSecret;
use tokio::time::Instant;

use crate::hooks::{Hooks, told};

/// How long secrets are kept, by default.
pub(crate) const KEPT: Duration = Duration::from_secs(60);

/// How long secrets are kept that do not fit a signature: a rotation is noticed within this time, and forged deliveries
/// cost no more than a look-up each time.
const FRESH: Duration = Duration::from_secs(5);

/// How long a failure is kept, so that deliveries that come meanwhile do not wait for another.
const FAILED: Duration = Duration::from_secs(1);

/// How long a look-up may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many names are kept.
const MOST: usize = 10_000;

/// The settings of verifiers that are made of secrets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    pub(crate) tolerance: Option<Duration>,
    pub(crate) max_body_size: Option<usize>,
}

impl Limits {
    pub(crate) fn verifier(
        &self,
        secrets: impl IntoIterator<Item = SigningSecret>,
    ) -> Result<Verifier, kit_core::Error> {
        let mut verifier = Verifier::new(secrets)?;
        if let Some(tolerance) = self.tolerance {
            verifier = verifier.with_tolerance(tolerance);
        }
        if let Some(max_body_size) = self.max_body_size {
            verifier = verifier.with_max_body_size(max_body_size);
        }
        Ok(verifier)
    }
}

pub(crate) struct Accounts {
    tokens: EndpointTokens,
    store: Box<dyn Erased>,
    kept_for: Duration,
    limits: Limits,
    hooks: Hooks,
    kept: Mutex<BTreeMap<String, Arc<Slot>>>,
}

/// The place of one name. Who looks up holds the lock, so that the others wait for the same look-up.
type Slot = tokio::sync::Mutex<Option<Found>>;

struct Found {
    at: Instant,
    /// `None` where the name is not known.
    verifier: Result<Option<Arc<Verifier>>, Unavailable>,
}

/// The look-up has failed, and the program was told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unavailable;

impl Accounts {
    pub(crate) fn new(
        tokens: EndpointTokens,
        store: Box<dyn Erased>,
        kept_for: Duration,
        limits: Limits,
        hooks: Hooks,
    ) -> Self {
        Self { tokens, store, kept_for, limits, hooks, kept: Mutex::default() }
    }

    /// The name in a request's URL. Nothing is looked up for a request that the app has made no token for.
    pub(crate) fn name(&self, uri: &Uri) -> Result<String, DeliveryError> {
        self.tokens.name(uri)
    }

    /// The verifier of a name, as it is kept.
    pub(crate) async fn verifier(&self, name: &str) -> Result<Option<Arc<Verifier>>, Unavailable> {
        self.found(name, self.kept_for).await
    }

    /// The verifier of a name whose signature does not fit: another one, if there is another by now.
    pub(crate) async fn newer_verifier(
        &self,
        name: &str,
    ) -> Result<Option<Arc<Verifier>>, Unavailable> {
        self.found(name, FRESH.min(self.kept_for)).await
    }

    async fn found(
        &self,
        name: &str,
        not_older_than: Duration,
    ) -> Result<Option<Arc<Verifier>>, Unavailable> {
        let slot = self.slot(name);
        let mut kept = slot.lock().await;
        if let Some(found) = &*kept {
            let lasts = match &found.verifier {
                Ok(Some(_)) => not_older_than,
                // An account that has just been installed is known soon.
                Ok(None) => FRESH.min(not_older_than),
                Err(Unavailable) => FAILED,
            };
            if found.at.elapsed() < lasts {
                return found.verifier.clone();
            }
        }
        let verifier = self.look_up(name).await.map_err(|error| {
            self.hooks.tell(&told(error));
            Unavailable
        });
        *kept = Some(Found { at: Instant::now(), verifier: verifier.clone() });
        verifier
    }

    async fn look_up(&self, name: &str) -> Result<Option<Arc<Verifier>>, StoreError> {
        let secrets = tokio::time::timeout(PATIENCE, self.store.secrets(name)).await;
        let secrets =
            secrets.map_err(|_| format!("the secrets were not found within {PATIENCE:?}"))??;
        if secrets.is_empty() {
            return Ok(None);
        }
        Ok(Some(Arc::new(self.limits.verifier(secrets)?)))
    }

    fn slot(&self, name: &str) -> Arc<Slot> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = kept.get(name) {
            return slot.clone();
        }
        if kept.len() >= MOST {
            // Names go that are not being looked up, and are of no use any more; or any, if all are of use.
            let is_old = |slot: &Arc<Slot>| {
                slot.try_lock().is_ok_and(|found| {
                    found.as_ref().is_none_or(|found| found.at.elapsed() >= self.kept_for)
                })
            };
            kept.retain(|_, slot| !is_old(slot));
            if kept.len() >= MOST {
                kept.pop_first();
            }
        }
        kept.entry(name.to_owned()).or_default().clone()
    }
}

type Finding<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<SigningSecret>, StoreError>> + Send + 'a>>;

/// A store of any type.
pub(crate) trait Erased: Send + Sync {
    fn secrets<'a>(&'a self, name: &'a str) -> Finding<'a>;
}

impl<S: AsyncSecretStore> Erased for S {
    fn secrets<'a>(&'a self, name: &'a str) -> Finding<'a> {
        Box::pin(AsyncSecretStore::secrets(self, name))
    }
}
