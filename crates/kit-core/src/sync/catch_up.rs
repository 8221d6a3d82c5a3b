use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::list::{List as _, Page};
use crate::webhook_endpoints::{
    DeliveryRecord, DeliveryStatus, GetWebhookDelivery, ListWebhookDeliveries,
};
use crate::{DeliveryId, WebhookEndpointId};

/// Goes through the deliveries that Kit has given up, in the log of a webhook endpoint: after an outage that was longer than
/// Kit tries, which is 41 hours.
///
/// The clients of both transports run it: `client.next_missed(&mut catch_up)` returns one delivery after the other. Call
/// [`taken`](Self::taken) for each that is safe, and keep the [`cursor`](Self::cursor) for the next time, so that nothing is
/// asked for twice. If that fails, nothing is lost: events that come again are recognised by their ids.
///
/// Kit keeps the log for 30 days. A delivery that Kit is still trying is not missed yet: the next time it may be.
///
/// Source: Kit's documentation of webhooks, "Delivery history".
///
/// # Examples
///
/// ```
/// use kit_core::Error;
/// use kit_core::sync::{CatchUp, LogCursor};
/// use kit_core::webhook_endpoints::DeliveryRecord;
///
/// fn catch_up(
///     kept: &str, // what was kept the last time
///     next_missed: impl Fn(&mut CatchUp) -> Result<Option<DeliveryRecord>, Error>, // of a client
///     put: impl Fn(&DeliveryRecord),
/// ) -> Result<String, Box<dyn std::error::Error>> {
///     let cursor: LogCursor = serde_json::from_str(kept)?;
///     let mut catch_up = CatchUp::new(7.into(), cursor);
///     while let Some(record) = next_missed(&mut catch_up)? {
///         put(&record);
///         catch_up.taken(record.id);
///     }
///     Ok(serde_json::to_string(&catch_up.cursor())?)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct CatchUp {
    endpoint: WebhookEndpointId,
    cursor: LogCursor,
    /// The statuses that are still to be listed, and the next page of the first of them.
    lists: VecDeque<(DeliveryStatus, Option<String>)>,
    /// The oldest delivery that Kit is still trying.
    first_unfinished: Option<DeliveryId>,
    /// Deliveries that Kit has given up, and that were not taken.
    missed: VecDeque<DeliveryId>,
    /// Deliveries that were asked for, and not taken yet.
    asked: BTreeSet<DeliveryId>,
}

/// The deliveries of a log that were taken: to be kept, as JSON, say. The first time it is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LogCursor {
    /// All deliveries that Kit had given up by then were taken up to this id.
    #[serde(default)]
    until: Option<DeliveryId>,
    /// Later ones that were taken.
    #[serde(default)]
    taken: BTreeSet<DeliveryId>,
}

/// The next step, for the caller of [`CatchUp::next`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CatchUpStep {
    /// Send it, and call [`CatchUp::listed`].
    List(ListWebhookDeliveries),
    /// Send it, and call [`CatchUp::got`]. The reply is a delivery that Kit has given up, with its payload.
    Get(GetWebhookDelivery),
    /// There are no others.
    Done,
}

impl CatchUp {
    /// Begins behind what was taken the last time.
    pub fn new(endpoint: WebhookEndpointId, cursor: LogCursor) -> Self {
        // In the order in which a delivery goes on: one that does so meanwhile is found the next time, at least.
        let statuses = [DeliveryStatus::Pending, DeliveryStatus::Retrying, DeliveryStatus::Failed];
        let lists = statuses.map(|status| (status, None)).into();
        Self {
            endpoint,
            cursor,
            lists,
            first_unfinished: None,
            missed: VecDeque::new(),
            asked: BTreeSet::new(),
        }
    }

    /// Returns what to do now. The same comes again until its outcome is told.
    #[expect(clippy::should_implement_trait, reason = "it is told what came of each step")]
    pub fn next(&mut self) -> CatchUpStep {
        if let Some((status, page)) = self.lists.front() {
            let list = ListWebhookDeliveries::new(self.endpoint).with_status(status.clone());
            return CatchUpStep::List(match page {
                Some(cursor) => list.after(cursor.as_str()),
                None => list,
            });
        }
        match self.missed.front() {
            Some(id) => {
                CatchUpStep::Get(GetWebhookDelivery::new(self.endpoint, *id).with_payload())
            }
            None => CatchUpStep::Done,
        }
    }

    /// Tells the reply to the list.
    pub fn listed(&mut self, page: Page<DeliveryRecord>) {
        let Some((status, _)) = self.lists.pop_front() else { return };
        let mut is_behind = false;
        for record in &page.items {
            if status != DeliveryStatus::Failed {
                self.first_unfinished =
                    Some(self.first_unfinished.map_or(record.id, |first| first.min(record.id)));
            } else if self.cursor.until.is_some_and(|until| record.id <= until) {
                is_behind = true;
            } else if !self.cursor.taken.contains(&record.id) {
                // The oldest is to come first.
                self.missed.push_front(record.id);
            }
        }
        let pagination = page.pagination;
        if let Some(cursor) =
            pagination.end_cursor.filter(|_| pagination.has_next_page && !is_behind)
        {
            self.lists.push_front((status, Some(cursor)));
        }
    }

    /// Tells that the delivery of the last step is there.
    pub fn got(&mut self) {
        self.asked.extend(self.missed.pop_front());
    }

    /// Tells that the events of this delivery are safe.
    pub fn taken(&mut self, id: DeliveryId) {
        self.asked.remove(&id);
        self.cursor.taken.insert(id);
    }

    /// The deliveries that were taken, for the next time.
    pub fn cursor(&self) -> LogCursor {
        let mut cursor = self.cursor.clone();
        // Whatever is not taken, or may still be given up, is looked at again.
        let left = self.missed.iter().chain(&self.asked).copied().chain(self.first_unfinished);
        let end = left.min();
        if self.lists.is_empty() {
            let later = end.map_or(BTreeSet::new(), |end| cursor.taken.split_off(&end));
            cursor.until = cursor.taken.last().copied().max(cursor.until);
            cursor.taken = later;
        }
        cursor
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::Pagination;

    /// The log of an endpoint.
    struct Log(Vec<(u64, DeliveryStatus)>);

    impl Log {
        fn set(&mut self, id: u64, status: DeliveryStatus) {
            self.0.retain(|(held, _)| *held != id);
            self.0.push((id, status));
            self.0.sort_by_key(|(id, _)| *id);
        }

        /// A page of two, newest first.
        fn page(&self, list: &ListWebhookDeliveries) -> Page<DeliveryRecord> {
            let request = crate::fixtures::kit().request(list).unwrap();
            let query = request.uri().query().unwrap();
            let status = query.split('&').find_map(|part| part.strip_prefix("status=")).unwrap();
            let after = query.split('&').find_map(|part| part.strip_prefix("after="));
            let after = after.map_or(u64::MAX, |after| after.parse().unwrap());
            let matching =
                self.0.iter().rev().filter(|(id, held)| held.as_str() == status && *id < after);
            let mut records: Vec<_> =
                matching.map(|(id, status)| DeliveryRecord::new(*id, status.clone())).collect();
            let has_next_page = records.len() > 2;
            records.truncate(2);
            let end_cursor = records.last().map(|record| record.id.to_string());
            let mut page = Page::new(records);
            page.pagination = Pagination { has_next_page, end_cursor, ..Pagination::default() };
            page
        }

        /// Catches up, and takes all but `refused`. Returns what was asked for.
        fn catch_up(&self, cursor: &mut LogCursor, refused: u64) -> Vec<u64> {
            // The cursor is kept as JSON in between.
            let json = serde_json::to_string(cursor).unwrap();
            let mut catch_up = CatchUp::new(7.into(), serde_json::from_str(&json).unwrap());
            let mut asked = Vec::new();
            loop {
                match catch_up.next() {
                    CatchUpStep::List(list) => catch_up.listed(self.page(&list)),
                    CatchUpStep::Get(get) => {
                        let request = crate::fixtures::kit().request(&get).unwrap();
                        let path = request.uri().path();
                        let id: u64 = path.rsplit('/').next().unwrap().parse().unwrap();
                        asked.push(id);
                        catch_up.got();
                        if id != refused {
                            catch_up.taken(id.into());
                        }
                    }
                    CatchUpStep::Done => break,
                }
            }
            *cursor = catch_up.cursor();
            asked
        }
    }

    #[test]
    fn each_missed_delivery_is_asked_for_once() {
        use DeliveryStatus::{Delivered, Failed, Pending, Retrying};
        let mut log = Log(Vec::new());
        let mut cursor = LogCursor::default();
        assert!(log.catch_up(&mut cursor, 0).is_empty());
        for (id, status) in [
            (1, Failed),
            (2, Delivered),
            (3, Failed),
            (4, Retrying),
            (5, Failed),
            (6, Failed),
            (7, Pending),
        ] {
            log.set(id, status);
        }
        assert_eq!(log.catch_up(&mut cursor, 0), [1, 3, 5, 6]);
        assert!(log.catch_up(&mut cursor, 0).is_empty());
        // Kit gives up what it was trying, and what is newer has failed.
        log.set(4, Failed);
        log.set(7, Delivered);
        log.set(8, Failed);
        assert_eq!(log.catch_up(&mut cursor, 0), [4, 8]);
        assert_eq!(serde_json::to_string(&cursor).unwrap(), r#"{"until":8,"taken":[]}"#);
        log.set(9, Failed);
        assert_eq!(log.catch_up(&mut cursor, 0), [9]);
    }

    #[test]
    fn a_delivery_that_was_not_taken_is_asked_for_again() {
        let mut log = Log(Vec::new());
        for id in 1..6 {
            log.set(id, DeliveryStatus::Failed);
        }
        let mut cursor = LogCursor::default();
        assert_eq!(log.catch_up(&mut cursor, 3), [1, 2, 3, 4, 5]);
        assert_eq!(log.catch_up(&mut cursor, 0), [3]);
        assert!(log.catch_up(&mut cursor, 0).is_empty());
    }

    /// The cursor of one who stopped before the end loses nothing.
    #[test]
    fn a_cursor_is_right_at_any_time() {
        let mut log = Log(Vec::new());
        for id in 1..6 {
            log.set(id, DeliveryStatus::Failed);
        }
        for stop in 0..9 {
            let mut catch_up = CatchUp::new(7.into(), LogCursor::default());
            let mut taken = Vec::new();
            for _ in 0..stop {
                match catch_up.next() {
                    CatchUpStep::List(list) => catch_up.listed(log.page(&list)),
                    CatchUpStep::Get(get) => {
                        let path = crate::fixtures::kit().request(&get).unwrap();
                        let id: u64 =
                            path.uri().path().rsplit('/').next().unwrap().parse().unwrap();
                        catch_up.got();
                        catch_up.taken(id.into());
                        taken.push(id);
                    }
                    CatchUpStep::Done => break,
                }
            }
            taken.extend(log.catch_up(&mut catch_up.cursor(), 0));
            assert_eq!(taken, [1, 2, 3, 4, 5], "{stop}");
        }
    }
}
