use crate::text_enum::text_enum;

text_enum! {
    /// Whether a subscriber gets emails.
    pub enum SubscriberState {
        /// The subscriber gets emails:
        Active = "active",
        /// The subscriber has not confirmed yet:
        Inactive = "inactive",
        /// Emails to the subscriber came back:
        Bounced = "bounced",
        /// The subscriber has marked an email as spam:
        Complained = "complained",
        /// The subscriber has unsubscribed:
        Cancelled = "cancelled",
    } else Other
}
