use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::Row;

/// A purchase. Its amounts are as they were sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Purchase {
    pub(crate) id: u64,
    pub(crate) transaction_id: String,
    pub(crate) subscriber_id: u64,
    pub(crate) status: String,
    pub(crate) email_address: String,
    pub(crate) currency: String,
    pub(crate) transaction_time: String,
    pub(crate) subtotal: Value,
    pub(crate) discount: Value,
    pub(crate) tax: Value,
    pub(crate) total: Value,
    pub(crate) products: Vec<Value>,
}

impl Purchase {
    pub(crate) fn to_json(&self) -> Value {
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
