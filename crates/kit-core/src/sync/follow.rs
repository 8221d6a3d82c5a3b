use std::collections::VecDeque;

use crate::list::{List as _, Page};
use crate::webhook_endpoints::{DeliveryRecord, GetWebhookDelivery, ListWebhookDeliveries};
use crate::{DeliveryId, WebhookEndpointId};

/// Follows the log of a webhook endpoint: whatever Kit has posted, or is about to, each delivery once, the oldest first.
/// For a program that Kit cannot call, such as one under development.
///
/// The cursor is the id of the last delivery that was [got](Self::got): begin behind it the next time. The log is listed
/// from the newest on, until the last one that was got. That ids ascend with the time is taken for granted, as Kit lists
/// the newest first; its documentation does not say so. Kit keeps the log for 30 days.
///
/// Source: Kit's documentation of webhooks, "Delivery history".
///
/// # Examples
///
/// ```
/// use kit_core::sync::{Follow, FollowStep};
///
/// let mut follow = Follow::new(7.into(), Some(41.into()));
/// assert!(matches!(follow.next(), FollowStep::List(_)));
/// ```
#[derive(Clone, Debug)]
pub struct Follow {
    endpoint: WebhookEndpointId,
    /// All up to this one were got; `None` where only what is new counts.
    cursor: Option<DeliveryId>,
    listing: Listing,
    /// Deliveries that were listed and not got, the newest first.
    found: VecDeque<DeliveryId>,
}

/// How far the log is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Listing {
    Begins,
    /// The page behind this cursor is next.
    GoesOn(String),
    IsDone,
}

/// The next step, for the caller of [`Follow::next`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FollowStep {
    /// Send it, and call [`Follow::listed`].
    List(ListWebhookDeliveries),
    /// Send it, and call [`Follow::got`] once the delivery is where it belongs. The reply has its payload.
    Get(GetWebhookDelivery),
    /// There is nothing new: wait for a while, and call [`Follow::again`].
    Idle,
}

impl Follow {
    /// Follows the log behind this delivery; without one, from now on.
    pub fn new(endpoint: WebhookEndpointId, after: Option<DeliveryId>) -> Self {
        Self { endpoint, cursor: after, listing: Listing::Begins, found: VecDeque::new() }
    }

    /// Returns what to do now. The same comes again until its outcome is told.
    #[expect(clippy::should_implement_trait, reason = "it is told what came of each step")]
    pub fn next(&mut self) -> FollowStep {
        let list = ListWebhookDeliveries::new(self.endpoint);
        match &self.listing {
            Listing::Begins => return FollowStep::List(list),
            Listing::GoesOn(cursor) => return FollowStep::List(list.after(cursor.as_str())),
            Listing::IsDone => {}
        }
        match self.found.back() {
            Some(id) => FollowStep::Get(GetWebhookDelivery::new(self.endpoint, *id).with_payload()),
            None => FollowStep::Idle,
        }
    }

    /// Tells the reply to the list.
    pub fn listed(&mut self, page: &Page<DeliveryRecord>) {
        if std::mem::replace(&mut self.listing, Listing::IsDone) == Listing::IsDone {
            return;
        }
        let ids = page.items.iter().map(|record| record.id);
        let Some(cursor) = self.cursor else {
            // What was there before does not count. An empty log begins with whatever comes.
            self.cursor = Some(ids.max().unwrap_or(DeliveryId::from(0)));
            return;
        };
        let is_behind = ids.clone().any(|id| id <= cursor);
        let mut new: Vec<_> = ids.filter(|id| *id > cursor && !self.found.contains(id)).collect();
        new.sort_unstable_by(|one, other| other.cmp(one));
        // A page that comes again would come for ever.
        let goes_on = page.pagination.has_next_page && !is_behind && !new.is_empty();
        self.found.extend(new);
        let next = page.pagination.end_cursor.clone();
        if let Some(next) = next.filter(|_| goes_on) {
            self.listing = Listing::GoesOn(next);
        }
    }

    /// Tells that the delivery of the last step is where it belongs.
    pub fn got(&mut self) {
        if self.listing == Listing::IsDone {
            self.cursor = self.found.pop_back().or(self.cursor);
        }
    }

    /// Looks at the log again.
    pub fn again(&mut self) {
        if self.listing == Listing::IsDone && self.found.is_empty() {
            self.listing = Listing::Begins;
        }
    }

    /// The last delivery that was got, to go on behind; `None` before the log was listed.
    pub fn cursor(&self) -> Option<DeliveryId> {
        self.cursor
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::Pagination;
    use crate::webhook_endpoints::DeliveryStatus;

    /// A page of three of a log with these ids, newest first.
    fn page(ids: &[u64], list: &ListWebhookDeliveries) -> Page<DeliveryRecord> {
        let request = crate::fixtures::kit().request(list).unwrap();
        let query = request.uri().query().unwrap_or_default();
        let after = query.split('&').find_map(|part| part.strip_prefix("after="));
        let after = after.map_or(u64::MAX, |after| after.parse().unwrap());
        let matching = ids.iter().rev().filter(|id| **id < after);
        let record = |id: &u64| DeliveryRecord::new(*id, DeliveryStatus::Delivered);
        let mut records: Vec<_> = matching.map(record).collect();
        let has_next_page = records.len() > 3;
        records.truncate(3);
        let end_cursor = records.last().map(|record| record.id.to_string());
        let mut page = Page::new(records);
        page.pagination = Pagination { has_next_page, end_cursor, ..Pagination::default() };
        page
    }

    /// Follows until nothing is new; at most `most` are got. Returns which.
    fn follow(follow: &mut Follow, ids: &[u64], most: usize) -> Vec<u64> {
        follow.again();
        let mut got = Vec::new();
        loop {
            match follow.next() {
                FollowStep::List(list) => {
                    // The same comes again until it is told.
                    assert_eq!(follow.next(), FollowStep::List(list.clone()));
                    follow.listed(&page(ids, &list));
                }
                FollowStep::Get(get) => {
                    if got.len() == most {
                        return got;
                    }
                    let request = crate::fixtures::kit().request(&get).unwrap();
                    assert!(request.uri().query().unwrap().contains("include_payload=true"));
                    let id = request.uri().path().rsplit('/').next().unwrap().parse().unwrap();
                    got.push(id);
                    follow.got();
                }
                FollowStep::Idle => return got,
            }
        }
    }

    #[test]
    fn each_delivery_comes_once_and_the_oldest_first() {
        let all: Vec<u64> = (1..=20).collect();
        for first in 0..20 {
            for later in first..=20 {
                let mut machine = Follow::new(7.into(), None);
                // From now on.
                assert!(follow(&mut machine, &all[..first], 99).is_empty());
                assert_eq!(machine.cursor(), Some(u64::try_from(first).unwrap().into()));
                assert_eq!(follow(&mut machine, &all[..later], 99), all[first..later]);
                assert!(follow(&mut machine, &all[..later], 99).is_empty());
            }
        }
    }

    /// Whenever it ends, the next one goes on where it was.
    #[test]
    fn a_cursor_is_right_at_any_time() {
        let all: Vec<u64> = (1..=11).map(|number| number * 10).collect();
        for most in 0..=11 {
            let mut machine = Follow::new(7.into(), Some(0.into()));
            let mut got = follow(&mut machine, &all, most);
            let mut next = Follow::new(7.into(), machine.cursor());
            got.extend(follow(&mut next, &all, 99));
            assert_eq!(got, all);
        }
    }

    #[test]
    fn what_is_told_out_of_turn_changes_nothing() {
        let mut machine = Follow::new(7.into(), Some(5.into()));
        machine.got();
        machine.again();
        assert_eq!(machine.cursor(), Some(5.into()));
        let FollowStep::List(list) = machine.next() else { panic!() };
        machine.listed(&page(&[4, 6, 7], &list));
        machine.listed(&page(&[4, 6, 7, 8], &list));
        machine.again();
        assert!(matches!(machine.next(), FollowStep::Get(_)));
        assert_eq!(follow(&mut machine, &[4, 6, 7], 99), [6, 7]);
    }
}
