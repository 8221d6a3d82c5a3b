use std::collections::HashMap;

use http::HeaderMap;

use super::clock::Clock;
use super::credential::Credential;
use super::rate_limit::RateLimit;
use super::{App, Grants};

/// All that a Kit knows. `T` has a table for each resource.
#[derive(Debug)]
pub(crate) struct World<T> {
    pub(crate) clock: Clock,
    pub(crate) app: App,
    pub(crate) grants: Grants,
    pub(crate) tables: T,
    api_key: String,
    /// One that does not end.
    access_token: String,
    /// Where there are limits.
    limits: Option<HashMap<Credential, RateLimit>>,
}

/// As whom an operation may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever comes: the operation itself looks.
    Anybody,
    /// With any credential.
    Credential,
    /// With an access token, and no API key.
    OAuth,
}

/// Why a request is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    Invalid,
    WantsOAuth,
    /// It may come again after so many seconds.
    TooMany(u64),
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

    /// Lets a request in whose credential is right and has not come too often.
    pub(crate) fn admit(&mut self, access: Access, headers: &HeaderMap) -> Result<(), Denied> {
        if access == Access::Anybody {
            return Ok(());
        }
        let now = self.clock.now();
        let is_known = |credential: &Credential| match credential {
            Credential::ApiKey(key) => *key == self.api_key,
            Credential::AccessToken(token) => {
                *token == self.access_token || self.grants.is_valid(token, now)
            }
        };
        let credential = Credential::of(headers).filter(is_known).ok_or(Denied::Invalid)?;
        if let Some(limits) = &mut self.limits {
            // Those of tokens that have ended would stay for ever.
            limits.retain(|_, limit| !limit.is_idle(now));
            let budget = credential.budget();
            let limit = limits.entry(credential.clone()).or_default();
            limit.pass(budget, now).map_err(Denied::TooMany)?;
        }
        match (access, credential) {
            (Access::OAuth, Credential::ApiKey(_)) => Err(Denied::WantsOAuth),
            _ => Ok(()),
        }
    }
}
