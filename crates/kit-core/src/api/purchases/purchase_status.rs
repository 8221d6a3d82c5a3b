use crate::wire::text_enum;

text_enum! {
    /// How far a purchase has come.
    pub enum PurchaseStatus {
        /// It is paid:
        Paid = "paid",
    } else Other
}
