use crate::text_enum::text_enum;

text_enum! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday:
        Monday = "monday",
        /// Tuesday:
        Tuesday = "tuesday",
        /// Wednesday:
        Wednesday = "wednesday",
        /// Thursday:
        Thursday = "thursday",
        /// Friday:
        Friday = "friday",
        /// Saturday:
        Saturday = "saturday",
        /// Sunday:
        Sunday = "sunday",
    } else Other
}
