use http::Method;

use super::CurrentAccount;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{ReadError, Reply};

/// `GET /v4/account`: the account of the credentials, and its user.
///
/// # Examples
///
/// ```
/// use kit_core::account::GetAccount;
///
/// let get = GetAccount::new();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GetAccount {}

impl GetAccount {
    /// Reads the account.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for GetAccount {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/account";
    const EFFECT: Effect = Effect::Reads;
    type Reply = CurrentAccount;

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<CurrentAccount, ReadError> {
        reply.json()
    }
}
