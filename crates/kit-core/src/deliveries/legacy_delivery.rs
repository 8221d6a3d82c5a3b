use crate::wire::{Timestamp, liberal};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::DeliveryError;
use crate::PurchaseId;
use crate::subscribers::Subscriber;

/// The body that Kit posts to the target URL of a webhook of `/v4/webhooks`: unsigned, without an id, and without the event
/// that it is about. Use a target URL for each event, with a [`TargetToken`](super::TargetToken) in it.
///
/// Source: Kit's guide about webhooks. What the body of `custom_field` events is, and whether Kit tries again, is
/// not documented.
///
/// # Examples
///
/// ```
/// use kit_core::deliveries::LegacyDelivery;
///
/// let body = br#"{"subscriber": {"id": 1, "first_name": "Ann", "email_address": "ann@example.com",
///     "state": "active", "created_at": "2026-07-29T14:32:10Z", "fields": {}}}"#;
/// let LegacyDelivery::Subscriber(subscriber) = LegacyDelivery::read(body)? else { panic!() };
/// assert_eq!(subscriber.email_address, "ann@example.com");
/// # Ok::<(), kit_core::deliveries::DeliveryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LegacyDelivery {
    /// An event that is about a subscriber.
    Subscriber(Box<Subscriber>),
    /// A purchase: `purchase.purchase_create`.
    Purchase(Box<LegacyPurchase>),
    /// Any other JSON.
    Other(Value),
}

/// A purchase, as a delivery has it. Numbers are kept as [`serde_json`] reads them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LegacyPurchase {
    /// The id.
    pub id: PurchaseId,
    /// The id that the seller gave the purchase.
    pub transaction_id: String,
    /// The email address of who bought.
    #[serde(default)]
    pub email_address: String,
    /// How far the purchase has come, such as `paid`.
    pub status: Option<String>,
    /// The currency, such as `USD`.
    pub currency: Option<String>,
    /// When the purchase was made.
    pub transaction_time: Option<Timestamp>,
    /// The total that was paid.
    pub total: Option<Number>,
    /// All other fields, products among them.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl LegacyDelivery {
    /// Reads the body of a delivery whose token is right.
    ///
    /// # Errors
    ///
    /// [`DeliveryError::Unreadable`] where the body is no JSON.
    pub fn read(body: &[u8]) -> Result<Self, DeliveryError> {
        #[derive(Deserialize)]
        struct OfSubscriber {
            subscriber: Subscriber,
        }
        let json: Value = serde_json::from_slice(body)
            .map_err(|error| DeliveryError::Unreadable(error.to_string()))?;
        if let Ok(OfSubscriber { subscriber }) = liberal::from_value(&json) {
            return Ok(Self::Subscriber(Box::new(subscriber)));
        }
        Ok(match liberal::from_value::<LegacyPurchase>(&json) {
            Ok(purchase) => Self::Purchase(Box::new(purchase)),
            Err(_) => Self::Other(json),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purchase_is_read_and_keeps_all() {
        let body = r#"{"id":3,"transaction_id":"t-1","email_address":"a@b.c","status":"paid","currency":"USD","transaction_time":"2026-07-29T14:32:10Z","total":12.5,"subtotal":10.0,"products":[{"pid":"1"}]}"#;
        let LegacyDelivery::Purchase(purchase) = LegacyDelivery::read(body.as_bytes()).unwrap()
        else {
            panic!("no purchase")
        };
        assert_eq!((purchase.id, purchase.transaction_id.as_str()), (3.into(), "t-1"));
        assert_eq!(purchase.total, Number::from_f64(12.5));
        assert_eq!(
            serde_json::to_value(&purchase).unwrap(),
            serde_json::from_str::<Value>(body).unwrap()
        );
    }

    #[test]
    fn anything_else_is_kept() {
        for body in
            [r#"{"custom_field": {"id": 1}}"#, "[]", r#"{"subscriber": {"id": "x"}}"#, "null"]
        {
            let LegacyDelivery::Other(json) = LegacyDelivery::read(body.as_bytes()).unwrap() else {
                panic!("{body}")
            };
            assert_eq!(json, serde_json::from_str::<Value>(body).unwrap());
        }
        let error = LegacyDelivery::read(b"<html>").unwrap_err();
        assert_eq!(error.status(), 400);
    }
}
