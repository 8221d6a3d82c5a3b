use http::Method;
use serde::Serialize;

use super::new_purchase::NewPurchase;
use super::{Amounts, NewProduct, Purchase, PurchaseStatus};
use crate::api::check::{filled, some};
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply, Timestamp};

/// `POST /v4/purchases`: records a purchase.
///
/// The purchase belongs to the subscriber with the email address, which Kit creates if there is none. Kit also creates
/// products that it does not know. Kit answers 201. If Kit has the transaction already, it appends the products to the
/// transaction, even if they are the same.
///
/// Kit takes the purchase with and without an envelope; this operation sends the documented envelope, `purchase`.
///
/// # Examples
///
/// ```
/// use kit_core::purchases::{Amounts, CreatePurchase, NewProduct};
///
/// let product = NewProduct::new("Book", "book-1", "line-1", "23.20".parse()?);
/// let amounts = Amounts { total: "23.20".parse()?, ..Amounts::default() };
/// let time = "2026-07-29T14:32:10Z".parse()?;
/// let create = CreatePurchase::new("ann@example.com", "order-1", "USD", time, amounts, [product])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CreatePurchase {
    purchase: NewPurchase,
}

impl CreatePurchase {
    /// A purchase with the status `paid`.
    ///
    /// `email_address` is the address of the buyer, `transaction_id` is your id of the transaction, and `currency`
    /// has three letters, such as `USD`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `email_address` or `transaction_id` where it is blank, for `currency` where it is not three
    /// letters, for `products` where there are none, and for `products.lid` where two lines have the same.
    pub fn new(
        email_address: impl Into<String>,
        transaction_id: impl Into<String>,
        currency: impl Into<String>,
        transaction_time: Timestamp,
        amounts: Amounts,
        products: impl IntoIterator<Item = NewProduct>,
    ) -> Result<Self, Error> {
        let currency = currency.into();
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(Error::input("currency", "is not three letters such as USD"));
        }
        let products = some("products", products)?;
        let mut lids: Vec<&str> = products.iter().map(NewProduct::lid).collect();
        lids.sort_unstable();
        if lids.is_sorted_by(|one, other| one < other) {
            Ok(())
        } else {
            Err(Error::input("products.lid", "is there twice"))
        }?;
        Ok(Self {
            purchase: NewPurchase {
                email_address: filled("email_address", email_address)?,
                first_name: None,
                transaction_id: filled("transaction_id", transaction_id)?,
                status: PurchaseStatus::Paid,
                amounts,
                currency,
                transaction_time,
                products,
            },
        })
    }

    /// The first name of the buyer, for a subscriber that Kit creates. Default: none. Kit's documentation lacks this
    /// field; Kit's own clients send it.
    #[must_use]
    pub fn with_first_name(mut self, first_name: impl Into<String>) -> Self {
        self.purchase.first_name = Some(first_name.into());
        self
    }

    /// Sets the status of the purchase. Default: [`PurchaseStatus::Paid`], the only status in Kit's examples.
    #[must_use]
    pub fn with_status(mut self, status: PurchaseStatus) -> Self {
        self.purchase.status = status;
        self
    }
}

impl Endpoint for CreatePurchase {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/purchases";
    /// Sent a second time, the operation may add the products a second time.
    const EFFECT: Effect = Effect::Creates;
    const AUTH: Auth = Auth::OAuth;
    type Reply = Purchase;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Purchase, ReadError> {
        reply.field("purchase")
    }
}
