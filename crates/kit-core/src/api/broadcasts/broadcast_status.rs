use crate::text_enum::text_enum;

text_enum! {
    /// The status of a broadcast.
    pub enum BroadcastStatus {
        /// The broadcast is being written:
        Draft = "draft",
        /// The broadcast will be sent:
        Scheduled = "scheduled",
        /// The broadcast is being sent:
        Sending = "sending",
        /// The broadcast was sent:
        Completed = "completed",
        /// Its sending was given up:
        Aborted = "aborted",
    } else Other
}
