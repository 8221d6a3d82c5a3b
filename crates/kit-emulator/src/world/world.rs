use std::collections::HashMap;

use http::HeaderMap;

use super::accounts::{Accounts, Keys};
use super::clock::Clock;
use super::credential::Credential;
use super::rate_limit::RateLimit;
use super::{App, Grants};

/// The state of the emulator. `T` has a table for each resource.
#[derive(Debug)]
pub(crate) struct World<T> {
    pub(crate) clock: Clock,
    pub(crate) apps: Vec<App>,
    pub(crate) grants: Grants,
    /// The tables of the account in view.
    pub(crate) tables: T,
    pub(crate) accounts: Accounts<T>,
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
    pub(crate) fn new(id: u64, keys: Keys, app: App, grants: Grants, has_limits: bool) -> Self {
        let (clock, tables) = (Clock::new(), T::default());
        let (apps, accounts) = (vec![app], Accounts::new(id, keys));
        let limits = has_limits.then(HashMap::new);
        Self { clock, apps, grants, tables, accounts, limits }
    }

    /// The account whose tables are in view.
    pub(crate) fn account(&self) -> u64 {
        self.accounts.in_view()
    }

    /// The account that was there first.
    pub(crate) fn first_account(&self) -> u64 {
        self.accounts.first()
    }

    /// Puts the tables of an account in view. Returns whether there is one with this id.
    pub(crate) fn view(&mut self, id: u64) -> bool {
        self.accounts.view(id, &mut self.tables)
    }

    /// The id of the next account.
    pub(crate) fn next_account(&self) -> u64 {
        self.accounts.next_id()
    }

    /// Adds an account with an id that none has.
    pub(crate) fn add_account(&mut self, id: u64, keys: Keys, tables: T) {
        self.accounts.add(id, keys, tables);
    }

    /// Does the same for each account, and leaves the one in view that was.
    pub(crate) fn each(&mut self, mut act: impl FnMut(&mut Self)) {
        if self.accounts.is_one() {
            return act(self);
        }
        let in_view = self.account();
        for id in self.accounts.ids() {
            self.view(id);
            act(self);
        }
        self.view(in_view);
    }

    /// The tables of all accounts.
    pub(crate) fn all_tables(&self) -> impl Iterator<Item = &T> {
        self.accounts.parked().chain([&self.tables])
    }

    /// Whether the credential of the request is one. Counts nothing.
    pub(crate) fn knows(&self, headers: &HeaderMap) -> bool {
        match Credential::of(headers) {
            Some(credential) => self.check(&credential).is_ok(),
            None => false,
        }
    }

    /// The account of the credential.
    fn check(&self, credential: &Credential) -> Result<u64, Denied> {
        match credential {
            Credential::ApiKey(key) => self.accounts.by_api_key(key).ok_or(Denied::UnknownKey),
            Credential::AccessToken(token) => match self.accounts.by_access_token(token) {
                Some(account) => Ok(account),
                None => self.grants.account_of(token, self.clock.now()),
            },
        }
    }

    /// Puts the account of the request in view. Fails unless the credential of the request is valid, allowed for the
    /// operation, and below its rate limit.
    pub(crate) fn admit(&mut self, access: Access, headers: &HeaderMap) -> Result<(), Denied> {
        if access == Access::Anybody {
            return Ok(());
        }
        let now = self.clock.now();
        let credential = Credential::of(headers).ok_or(Denied::Missing)?;
        let account = self.check(&credential)?;
        if let Some(limits) = &mut self.limits {
            // The limits of tokens that have ended would stay for ever.
            limits.retain(|_, limit| !limit.is_idle(now));
            let budget = credential.budget();
            let limit = limits.entry(credential.clone()).or_default();
            if !limit.pass(budget, now) {
                return Err(Denied::TooMany);
            }
        }
        if matches!((access, credential), (Access::OAuth, Credential::ApiKey(_))) {
            return Err(Denied::WantsOAuth);
        }
        self.view(account);
        Ok(())
    }
}
