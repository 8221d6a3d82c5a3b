use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::Row;

/// A purchase. Its amounts are as they were sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Purchase {
    pub(super) id: u64,
    pub(super) transaction_id: String,
    pub(super) subscriber_id: u64,
    pub(super) status: String,
    pub(super) email_address: String,
    pub(super) currency: String,
    pub(super) transaction_time: String,
    pub(super) subtotal: Value,
    pub(super) discount: Value,
    pub(super) tax: Value,
    pub(super) total: Value,
    pub(super) products: Vec<Value>,
}

impl Purchase {
    pub(in crate::api) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "transaction_id": self.transaction_id,
            "subscriber_id": self.subscriber_id,
            "status": self.status,
            "email_address": self.email_address,
            "currency": self.currency,
            "transaction_time": self.transaction_time,
            "subtotal": self.subtotal,
            "discount": self.discount,
            "tax": self.tax,
            "total": self.total,
            "products": self.products,
        })
    }
}

impl Row for Purchase {
    fn id(&self) -> u64 {
        self.id
    }
}
