use crate::text_enum::text_enum;

text_enum! {
    /// How far Kit has come with a delivery.
    pub enum DeliveryStatus {
        /// Kit has not tried yet:
        Pending = "pending",
        /// An attempt failed, and Kit tries again:
        Retrying = "retrying",
        /// The receiver has answered with a success. Final:
        Delivered = "delivered",
        /// Kit has given up. Final:
        Failed = "failed",
    } else Other
}
