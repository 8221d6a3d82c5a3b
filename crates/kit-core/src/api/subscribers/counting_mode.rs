use crate::text_enum::text_enum;

text_enum! {
    /// How a filter counts events.
    pub enum CountingMode {
        /// Each event:
        Raw = "raw",
        /// Each email once, however often it was opened:
        UniqueEmail = "unique_email",
    } else Other
}
