use crate::text_enum::text_enum;

text_enum! {
    /// In which order a list is sorted.
    pub enum SortOrder {
        /// The smallest or oldest first:
        Ascending = "asc",
        /// The greatest or newest first:
        Descending = "desc",
    } else Other
}

text_enum! {
    /// The field that a list of subscribers is sorted by. Engagement is that of the last 90 days; subscribers who got no emails
    /// count as 0. A list for certain email addresses cannot be sorted by engagement.
    pub enum SubscriberSortField {
        /// Their ids, which is Kit's default:
        Id = "id",
        /// When they were created:
        CreatedAt = "created_at",
        /// When they were last changed:
        UpdatedAt = "updated_at",
        /// When they unsubscribed; for the status [`Cancelled`](super::SubscriberStatus::Cancelled) alone:
        CancelledAt = "cancelled_at",
        /// How many emails they got:
        Sent = "engagement__sent",
        /// How many emails they opened:
        Opens = "engagement__opens",
        /// How many links they clicked:
        Clicks = "engagement__clicks",
        /// The share of their emails that they opened:
        OpenRate = "engagement__open_rate",
        /// The share of their emails in which they clicked a link:
        ClickRate = "engagement__click_rate",
    } else Other
}

text_enum! {
    /// The field that found subscribers are sorted by. Engagement is that of the last 90 days.
    pub enum FilterSortField {
        /// Their ids:
        Id = "id",
        /// Their first names:
        FirstName = "first_name",
        /// Their email addresses:
        EmailAddress = "email_address",
        /// When they were created:
        CreatedAt = "created_at",
        /// How many emails they got:
        Sent = "engagement__sent",
        /// How many emails they opened:
        Opens = "engagement__opens",
        /// How many links they clicked:
        Clicks = "engagement__clicks",
        /// The share of their emails that they opened:
        OpenRate = "engagement__open_rate",
        /// The share of their emails in which they clicked a link:
        ClickRate = "engagement__click_rate",
        /// How far they are from the place of a condition:
        Distance = "location__distance",
    } else Other
}
