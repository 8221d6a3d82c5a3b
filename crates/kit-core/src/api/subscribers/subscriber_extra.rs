use crate::text_enum::text_enum;

text_enum! {
    /// A part of listed subscribers that Kit returns only if it is asked for.
    pub enum SubscriberExtra {
        /// The origin of the subscriber:
        Attribution = "attribution",
        /// The tags:
        Tags = "tags",
        /// The location of the subscriber:
        Location = "location",
        /// When the subscriber unsubscribed; for the status [`Cancelled`](super::SubscriberStatus::Cancelled) alone:
        CanceledAt = "canceled_at",
    } else Other
}
