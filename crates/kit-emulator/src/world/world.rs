use std::collections::HashMap;

use http::HeaderMap;

use super::clock::Clock;
use super::credential::Credential;
use super::rate_limit::RateLimit;
use super::{App, Grants};

/// The state of the emulator. `T` has a table for each resource.
#[derive(Debug)]
pub(crate) struct World<T> {
    pub(crate) clock: Clock,
    pub(crate) app: App,
    pub(crate) grants: Grants,
    pub(crate) tables: T,
    api_key: String,
    /// An access token that never expires.
    access_token: String,
    /// The rate limit of each credential; `None` without rate limits.
    limits: Option<HashMap<Credential, RateLimit>>,
}

/// Which credential an operation requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// None: the operation itself checks who asks.
    Anybody,
    /// An API key or an access token.
    Credential,
    /// An access token, and no API key.
    OAuth,
}

/// Why a request is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// There is no credential, or there are several.
    Missing,
    UnknownKey,
    UnknownToken,
    ExpiredToken,
    WantsOAuth,
    /// Too many requests in the last 60 seconds.
    TooMany,
}

impl<T: Default> World<T> {
    pub(crate) fn new(
        api_key: String,
        access_token: String,
        app: App,
        grants: Grants,
        has_limits: bool,
    ) -> Self {
        let (clock, tables) = (Clock::new(), T::default());
        let limits = has_limits.then(HashMap::new);
        Self { clock, app, grants, tables, api_key, access_token, limits }
    }

    /// Whether the credential of the request is one. Counts nothing.
    pub(crate) fn knows(&self, headers: &HeaderMap) -> bool {
        match Credential::of(headers) {
            Some(credential) => self.check(&credential).is_ok(),
            None => false,
        }
    }

    fn check(&self, credential: &Credential) -> Result<(), Denied> {
        match credential {
            Credential::ApiKey(key) if *key == self.api_key => Ok(()),
            Credential::ApiKey(_) => Err(Denied::UnknownKey),
            Credential::AccessToken(token) if *token == self.access_token => Ok(()),
            Credential::AccessToken(token) => match self.grants.lasts(token, self.clock.now()) {
                Some(true) => Ok(()),
                Some(false) => Err(Denied::ExpiredToken),
                None => Err(Denied::UnknownToken),
            },
        }
    }

    /// Fails unless the credential of the request is valid, allowed for the operation, and below its rate
    /// limit.
    pub(crate) fn admit(&mut self, access: Access, headers: &HeaderMap) -> Result<(), Denied> {
        if access == Access::Anybody {
            return Ok(());
        }
        let now = self.clock.now();
        let credential = Credential::of(headers).ok_or(Denied::Missing)?;
        self.check(&credential)?;
        if let Some(limits) = &mut self.limits {
            // The limits of tokens that have ended would stay for ever.
            limits.retain(|_, limit| !limit.is_idle(now));
            let budget = credential.budget();
            let limit = limits.entry(credential.clone()).or_default();
            if !limit.pass(budget, now) {
                return Err(Denied::TooMany);
            }
        }
        match (access, credential) {
            (Access::OAuth, Credential::ApiKey(_)) => Err(Denied::WantsOAuth),
            _ => Ok(()),
        }
    }
}
