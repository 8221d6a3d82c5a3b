use crate::text_enum::text_enum;

text_enum! {
    /// The status of a broadcast.
    pub enum BroadcastStatus {
        /// It is being written:
        Draft = "draft",
        /// It will be sent:
        Scheduled = "scheduled",
        /// It is being sent:
        Sending = "sending",
        /// It was sent:
        Completed = "completed",
        /// Its sending was given up:
        Aborted = "aborted",
    } else Other
}
