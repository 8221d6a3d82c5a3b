use crate::text_enum::text_enum;

text_enum! {
    /// A part of listed subscribers that Kit returns only if it is asked for.
    pub enum SubscriberExtra {
        /// Where the subscriber came from:
        Attribution = "attribution",
        /// The tags:
        Tags = "tags",
        /// Where the subscriber is:
        Location = "location",
        /// When the subscriber unsubscribed; for the status [`Cancelled`](super::SubscriberStatus::Cancelled) alone:
        CanceledAt = "canceled_at",
    } else Other
}
