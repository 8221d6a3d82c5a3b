use http::Method;

use super::Purchase;
use crate::PurchaseId;
use crate::endpoint::{Auth, Endpoint};
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `GET /v4/purchases/{id}`: a purchase.
///
/// Kit answers 404 where there is no such purchase.
///
/// # Examples
///
/// ```
/// use kit_core::purchases::GetPurchase;
///
/// let get = GetPurchase::new(3.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetPurchase {
    id: PurchaseId,
}

impl GetPurchase {
    /// Reads the purchase with this id.
    pub fn new(id: PurchaseId) -> Self {
        Self { id }
    }
}

impl Endpoint for GetPurchase {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/purchases/{id}";
    const EFFECT: Effect = Effect::Reads;
    const AUTH: Auth = Auth::OAuth;
    type Reply = Purchase;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Purchase, ReadError> {
        reply.field("purchase")
    }
}
