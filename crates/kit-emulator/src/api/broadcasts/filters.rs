use crate::api::call::{Call, Range};
use crate::rows::Broadcast;
use crate::server::Reply;

const STATUSES: [&str; 5] = ["draft", "scheduled", "sending", "completed", "aborted"];

/// The filters of both lists of broadcasts.
pub(super) struct Filters {
    status: Option<&'static str>,
    sent: Range,
}

impl Filters {
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Reply> {
        call.check_dates(&["sent"])?;
        Ok(Self { status: call.choice("status", &STATUSES)?, sent: call.range("sent") })
    }

    /// A bound asks for sent broadcasts alone: for no draft, and for none that is scheduled.
    pub(super) fn let_through(&self, broadcast: &Broadcast, now: &str) -> bool {
        self.status.is_none_or(|status| broadcast.status(now) == status)
            && (!self.sent.is_bounded()
                || broadcast.is_sent && self.sent.contains(&broadcast.sent_at()))
    }
}
