use serde::{Deserialize, Serialize};

use super::PurchaseStatus;
use crate::wire::{Decimal, Timestamp};
use crate::{PurchaseId, SubscriberId};

/// A purchase.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Purchase {
    /// The id.
    pub id: PurchaseId,
    /// The id that the seller gave the transaction.
    pub transaction_id: String,
    /// The id of the subscriber who bought.
    pub subscriber_id: Option<SubscriberId>,
    /// How far the purchase has come.
    pub status: PurchaseStatus,
    /// The email address of who bought.
    pub email_address: String,
    /// The currency, such as `USD`.
    pub currency: String,
    /// When the purchase was made.
    pub transaction_time: Timestamp,
    /// The price of all products together.
    pub subtotal: Decimal,
    /// What was taken off.
    pub discount: Decimal,
    /// The tax.
    pub tax: Decimal,
    /// What was paid in all.
    pub total: Decimal,
    /// What was bought.
    pub products: Vec<PurchasedProduct>,
}

/// A line of a purchase.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PurchasedProduct {
    /// How many pieces.
    pub quantity: u64,
    /// The seller's id of the line.
    pub lid: String,
    /// What a piece costs.
    pub unit_price: Decimal,
    /// The SKU.
    pub sku: Option<String>,
    /// The name of the product.
    pub name: String,
    /// The seller's id of the product.
    pub pid: String,
}
