use http::Method;

use super::CreatorProfile;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{ReadError, Reply};

/// `GET /v4/account/creator_profile`: reads the creator profile of the account.
///
/// Kit answers 404 where the account has none.
///
/// # Examples
///
/// ```
/// use kit_core::account::GetCreatorProfile;
///
/// let get = GetCreatorProfile::new();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GetCreatorProfile {}

impl GetCreatorProfile {
    /// Reads the creator profile.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for GetCreatorProfile {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/account/creator_profile";
    const EFFECT: Effect = Effect::Reads;
    type Reply = CreatorProfile;

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<CreatorProfile, ReadError> {
        reply.field("profile")
    }
}
