use crate::text_enum::text_enum;

text_enum! {
    /// Whether Kit delivers events to a webhook endpoint.
    pub enum EndpointStatus {
        /// Kit delivers events:
        Active = "active",
        /// Kit delivers nothing; what becomes of the events in the meantime is not documented:
        Disabled = "disabled",
    } else Other
}
