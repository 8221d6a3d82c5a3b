use serde::{Deserialize, Serialize};

use super::PurchaseStatus;
use crate::wire::{Decimal, Presence, Timestamp};
use crate::{PurchaseId, SubscriberId};

/// A purchase.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Purchase {
    /// The id.
    pub id: PurchaseId,
    /// The id that the seller gave the transaction.
    #[serde(default)]
    pub transaction_id: String,
    /// The id of the subscriber who bought.
    pub subscriber_id: Option<SubscriberId>,
    /// How far the purchase has come.
    #[serde(default)]
    pub status: PurchaseStatus,
    /// The email address of who bought.
    #[serde(default)]
    pub email_address: String,
    /// The currency, such as `USD`.
    #[serde(default)]
    pub currency: String,
    /// When the purchase was made.
    pub transaction_time: Option<Timestamp>,
    /// The price of all products together.
    pub subtotal: Option<Decimal>,
    /// The discount.
    pub discount: Option<Decimal>,
    /// The tax.
    pub tax: Option<Decimal>,
    /// The total that was paid.
    pub total: Option<Decimal>,
    /// The origin of the purchase, such as `Gumroad`.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub source: Presence<String>,
    /// The products that were bought.
    #[serde(default)]
    pub products: Vec<PurchasedProduct>,
}

/// A line of a purchase.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PurchasedProduct {
    /// How many pieces.
    pub quantity: Option<u64>,
    /// The seller's id of the line.
    #[serde(default)]
    pub lid: String,
    /// The price of one piece.
    pub unit_price: Option<Decimal>,
    /// The SKU.
    pub sku: Option<String>,
    /// The name of the product.
    #[serde(default)]
    pub name: String,
    /// The seller's id of the product.
    #[serde(default)]
    pub pid: String,
}
