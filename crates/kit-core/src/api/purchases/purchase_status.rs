use crate::text_enum::text_enum;

text_enum! {
    /// The status of a purchase.
    pub enum PurchaseStatus {
        /// The purchase is paid:
        Paid = "paid",
    } else Other
}
