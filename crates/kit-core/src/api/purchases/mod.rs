//! Purchases: what subscribers bought elsewhere. These operations need an OAuth access token.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | list the purchases | [`ListPurchases`] | `GET /v4/purchases` |
//! | read a purchase | [`GetPurchase`] | `GET /v4/purchases/{id}` |
//! | record a purchase | [`CreatePurchase`] | `POST /v4/purchases` |
//!
//! Source: Kit's API v4, "Purchases".

mod create_purchase;
mod get_purchase;
mod list_purchases;
mod new_purchase;
mod purchase;
mod purchase_status;

pub use create_purchase::CreatePurchase;
pub use get_purchase::GetPurchase;
pub use list_purchases::ListPurchases;
pub use new_purchase::{Amounts, NewProduct};
pub use purchase::{Purchase, PurchasedProduct};
pub use purchase_status::PurchaseStatus;
