use crate::text_enum::text_enum;

text_enum! {
    /// Which subscribers to list, by their state.
    pub enum SubscriberStatus {
        /// Those who get emails:
        Active = "active",
        /// Those who have not confirmed yet:
        Inactive = "inactive",
        /// Those to whom emails came back:
        Bounced = "bounced",
        /// Those who have marked an email as spam:
        Complained = "complained",
        /// Those who have unsubscribed:
        Cancelled = "cancelled",
        /// All of them:
        All = "all",
    } else Other
}
