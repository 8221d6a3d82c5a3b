use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::PurchaseStatus;
use crate::wire::{Decimal, Timestamp};

/// A purchase as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct NewPurchase {
    pub(super) email_address: String,
    pub(super) first_name: Option<String>,
    pub(super) transaction_id: String,
    pub(super) status: PurchaseStatus,
    pub(super) amounts: Amounts,
    pub(super) currency: String,
    pub(super) transaction_time: Timestamp,
    pub(super) products: Vec<NewProduct>,
}

/// The amounts are beside the other fields.
impl Serialize for NewPurchase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("email_address", &self.email_address)?;
        if let Some(first_name) = &self.first_name {
            map.serialize_entry("first_name", first_name)?;
        }
        map.serialize_entry("transaction_id", &self.transaction_id)?;
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("subtotal", &self.amounts.subtotal)?;
        map.serialize_entry("tax", &self.amounts.tax)?;
        map.serialize_entry("shipping", &self.amounts.shipping)?;
        map.serialize_entry("discount", &self.amounts.discount)?;
        map.serialize_entry("total", &self.amounts.total)?;
        map.serialize_entry("currency", &self.currency)?;
        map.serialize_entry("transaction_time", &self.transaction_time)?;
        map.serialize_entry("products", &self.products)?;
        map.end()
    }
}

/// The amounts of a purchase, in its currency.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Amounts {
    /// The price of all products together.
    pub subtotal: Decimal,
    /// The tax.
    pub tax: Decimal,
    /// The shipping. Kit does not show it again. (Kit's documentation has a whole number here; Kit's own clients send
    /// decimals.)
    pub shipping: Decimal,
    /// The discount.
    pub discount: Decimal,
    /// The total that was paid.
    pub total: Decimal,
}

/// All of them zero.
impl Default for Amounts {
    fn default() -> Self {
        let zero = || Decimal::from(0);
        Self { subtotal: zero(), tax: zero(), shipping: zero(), discount: zero(), total: zero() }
    }
}

/// A line of a purchase that is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct NewProduct {
    name: String,
    pid: String,
    lid: String,
    quantity: u64,
    unit_price: Decimal,
    sku: String,
}

impl NewProduct {
    /// One piece of a product with this name and this price.
    ///
    /// `pid` is your id of the product. `lid` is your id of the line, which must be unique within the purchase.
    pub fn new(
        name: impl Into<String>,
        pid: impl Into<String>,
        lid: impl Into<String>,
        unit_price: Decimal,
    ) -> Self {
        Self {
            name: name.into(),
            pid: pid.into(),
            lid: lid.into(),
            quantity: 1,
            unit_price,
            sku: String::new(),
        }
    }

    pub(super) fn lid(&self) -> &str {
        &self.lid
    }

    /// How many pieces. Default: 1.
    #[must_use]
    pub fn with_quantity(mut self, quantity: u64) -> Self {
        self.quantity = quantity;
        self
    }

    /// The SKU. Default: an empty text, since Kit wants one.
    #[must_use]
    pub fn with_sku(mut self, sku: impl Into<String>) -> Self {
        self.sku = sku.into();
        self
    }
}
