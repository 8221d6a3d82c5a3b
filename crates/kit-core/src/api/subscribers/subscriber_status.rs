use crate::text_enum::text_enum;

text_enum! {
    /// Which subscribers to list, by their state.
    pub enum SubscriberStatus {
        /// Subscribers who get emails:
        Active = "active",
        /// Subscribers who have not confirmed yet:
        Inactive = "inactive",
        /// Subscribers whose emails came back:
        Bounced = "bounced",
        /// Subscribers who have marked an email as spam:
        Complained = "complained",
        /// Subscribers who have unsubscribed:
        Cancelled = "cancelled",
        /// All of them:
        All = "all",
    } else Other
}
