use std::collections::BTreeSet;
use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use kit_core::deliveries::{
    AfterFailure, AsyncInbox, Claim, ClaimedEvent, DeliveredEvent, EventData, InboxEvent,
};

use crate::Waited;

/// A lease that does not end while a law is held.
const LONG: Duration = Duration::from_secs(600);

/// A lease that ends.
const SHORT: Duration = Duration::from_millis(50);

/// How long a law waits for what has to happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// The laws of an inbox. It has to be empty; afterwards it remembers the events of the laws, which were handled.
pub struct Inbox<'a, S> {
    /// The inbox.
    pub inbox: &'a S,
    /// How a thread waits for a future of the inbox. Several threads do so at once.
    pub wait: &'a (dyn Fn(Waited<'_>) + Sync),
}

fn event(source: &str, id: &str) -> InboxEvent {
    let data = serde_json::json!({"text": format!("\u{fc} ' \" \\ {id}"), "number": 1.5});
    let created = "2026-07-29T14:32:10Z".parse().expect("a time");
    InboxEvent::new(
        source,
        DeliveredEvent::new(id, "tag.moved".into(), created, EventData::Other(data)),
    )
}

/// The source and the id of each, and how often it was claimed.
fn names(claimed: &[ClaimedEvent]) -> Vec<(&str, &str, u32)> {
    let mut names = Vec::new();
    for ClaimedEvent { claim, attempts, .. } in claimed {
        names.push((claim.source.as_str(), claim.id.as_str(), *attempts));
    }
    names
}

impl<S: AsyncInbox> Inbox<'_, S> {
    /// Holds the inbox to all laws.
    pub fn hold(&self) {
        self.wait(self.an_event_is_put_in_once());
        self.wait(self.events_are_claimed_in_the_order_in_which_they_came());
        self.wait(self.an_event_comes_again_when_its_lease_has_ended());
        self.wait(self.one_who_has_lost_the_claim_changes_nothing());
        self.wait(self.a_lease_is_renewed());
        self.wait(self.an_event_that_failed_waits());
        self.wait(self.an_event_that_was_set_aside_does_not_come_again());
        self.an_event_is_claimed_by_one_at_a_time();
        self.wait(async {
            while self.inbox.tidy().await.unwrap_or_else(|error| panic!("tidy: {error}")) {}
            assert_eq!(names(&self.claim(100, LONG).await), []);
        });
    }

    fn wait<'f>(&self, law: impl Future<Output = ()> + Send + 'f) {
        (self.wait)(Box::pin(law));
    }

    async fn put(&self, events: &[InboxEvent]) {
        self.inbox.put(events).await.unwrap_or_else(|error| panic!("put: {error}"));
    }

    async fn claim(&self, limit: usize, lease: Duration) -> Vec<ClaimedEvent> {
        self.inbox.claim(limit, lease).await.unwrap_or_else(|error| panic!("claim: {error}"))
    }

    async fn done(&self, claim: &Claim) -> bool {
        self.inbox.done(claim).await.unwrap_or_else(|error| panic!("done: {error}"))
    }

    async fn failed(&self, claim: &Claim, then: AfterFailure) -> bool {
        let failed = self.inbox.failed(claim, "a fault \0 \u{fc}", then).await;
        failed.unwrap_or_else(|error| panic!("failed: {error}"))
    }

    async fn renew(&self, claims: &[Claim], lease: Duration) -> Vec<Claim> {
        let renewed = self.inbox.renew(claims, lease).await;
        renewed.unwrap_or_else(|error| panic!("renew: {error}"))
    }

    /// The next event, once there is one.
    async fn next(&self, lease: Duration) -> ClaimedEvent {
        let start = Instant::now();
        loop {
            if let Some(claimed) = self.claim(1, lease).await.pop() {
                return claimed;
            }
            assert!(start.elapsed() < PATIENCE, "the event does not come again");
        }
    }

    async fn an_event_is_put_in_once(&self) {
        assert_eq!(names(&self.claim(9, LONG).await), []);
        self.put(&[]).await;
        self.put(&[event("s", "once"), event("s", "once"), event("t", "once")]).await;
        self.put(&[event("s", "once")]).await;
        let claimed = self.claim(9, LONG).await;
        assert_eq!(names(&claimed), [("s", "once", 1), ("t", "once", 1)]);
        for claimed in &claimed {
            let put = event(&claimed.claim.source, "once").event;
            assert_eq!(claimed.event, put, "the event is as it was put in");
        }
        // While it is being handled, and after that.
        self.put(&[event("s", "once")]).await;
        assert_eq!(names(&self.claim(9, LONG).await), []);
        for claimed in &claimed {
            assert!(self.done(&claimed.claim).await);
            assert!(self.done(&claimed.claim).await, "it can be repeated");
        }
        self.put(&[event("s", "once")]).await;
        assert_eq!(names(&self.claim(9, LONG).await), []);
    }

    async fn events_are_claimed_in_the_order_in_which_they_came(&self) {
        let ids: Vec<String> = (0..30).map(|number| format!("order {}", number * 7 % 30)).collect();
        for ids in ids.chunks(4) {
            let events: Vec<_> = ids.iter().map(|id| event("s", id)).collect();
            self.put(&events).await;
        }
        let mut claimed = self.claim(0, LONG).await;
        assert_eq!(names(&claimed), []);
        while claimed.len() < ids.len() {
            let more = self.claim(7, LONG).await;
            assert!(!more.is_empty() && more.len() <= 7);
            claimed.extend(more);
        }
        let came: Vec<_> = claimed.iter().map(|claimed| claimed.claim.id.as_str()).collect();
        assert_eq!(came, ids);
        for claimed in &claimed {
            assert!(self.done(&claimed.claim).await);
        }
    }

    async fn an_event_comes_again_when_its_lease_has_ended(&self) {
        self.put(&[event("s", "lease")]).await;
        let start = Instant::now();
        let first = self.next(SHORT).await;
        let second = self.next(LONG).await;
        assert!(start.elapsed() >= SHORT, "the lease was not yet over");
        assert_eq!((first.attempts, second.attempts), (1, 2));
        assert_eq!(first.event, second.event);
        assert!(first.claim.token != second.claim.token);
        assert!(self.done(&second.claim).await);
    }

    async fn one_who_has_lost_the_claim_changes_nothing(&self) {
        self.put(&[event("s", "lost")]).await;
        let lost = self.next(SHORT).await.claim;
        let held = self.next(LONG).await;
        self.put(&[event("t", "lost")]).await;
        let other = self.next(LONG).await;
        let again = [AfterFailure::Again(Duration::ZERO), AfterFailure::SetAside];
        for then in again {
            assert!(!self.failed(&lost, then).await);
        }
        assert_eq!(self.renew(std::slice::from_ref(&lost), LONG).await, []);
        assert!(!self.done(&lost).await);
        assert_eq!(names(&self.claim(9, LONG).await), [], "the event is still held");
        // A token is of one event.
        let swapped = Claim::new("t", held.claim.id.clone(), held.claim.token);
        assert!(!self.done(&swapped).await);
        assert!(self.done(&held.claim).await);
        for then in again {
            assert!(!self.failed(&held.claim, then).await, "it was handled");
        }
        assert_eq!(self.renew(std::slice::from_ref(&held.claim), LONG).await, []);
        assert!(self.done(&other.claim).await);
    }

    async fn a_lease_is_renewed(&self) {
        self.put(&[event("s", "renew 1"), event("s", "renew 2")]).await;
        let claimed = self.claim(2, Duration::from_secs(5)).await;
        let claims: Vec<_> = claimed.iter().map(|claimed| claimed.claim.clone()).collect();
        assert_eq!(self.renew(&[], LONG).await, []);
        let mut renewed = self.renew(&claims[..1], LONG).await;
        assert_eq!(renewed, claims[..1]);
        // A renewal may also end a lease.
        renewed = self.renew(&claims[1..], Duration::ZERO).await;
        assert_eq!(renewed, claims[1..]);
        let second = self.next(LONG).await;
        assert_eq!(second.claim.id.as_str(), "renew 2");
        assert_eq!(self.renew(&claims, LONG).await, claims[..1], "the other is lost");
        assert!(self.done(&second.claim).await && self.done(&claims[0]).await);
    }

    async fn an_event_that_failed_waits(&self) {
        self.put(&[event("s", "failed")]).await;
        let first = self.next(LONG).await;
        assert!(self.failed(&first.claim, AfterFailure::Again(LONG)).await);
        assert!(!self.done(&first.claim).await, "the claim has ended");
        assert_eq!(names(&self.claim(9, LONG).await), []);
        self.put(&[event("s", "failed 2")]).await;
        let claimed = self.next(LONG).await;
        assert_eq!(claimed.claim.id.as_str(), "failed 2");
        let start = Instant::now();
        assert!(self.failed(&claimed.claim, AfterFailure::Again(SHORT)).await);
        let again = self.next(LONG).await;
        assert!(start.elapsed() >= SHORT, "it comes too early");
        assert_eq!((again.claim.id.as_str(), again.attempts), ("failed 2", 2));
        assert!(self.done(&again.claim).await);
    }

    async fn an_event_that_was_set_aside_does_not_come_again(&self) {
        self.put(&[event("s", "aside")]).await;
        let claimed = self.next(LONG).await;
        assert!(self.failed(&claimed.claim, AfterFailure::SetAside).await);
        self.put(&[event("s", "aside")]).await;
        assert_eq!(names(&self.claim(9, LONG).await), []);
        assert!(!self.done(&claimed.claim).await);
        let aside = async |limit| {
            let aside = self.inbox.set_aside(limit).await;
            aside.unwrap_or_else(|error| panic!("set aside: {error}"))
        };
        let back = async |source: &str, id: &str| {
            let back = self.inbox.put_back(source, &id.into()).await;
            back.unwrap_or_else(|error| panic!("put back: {error}"))
        };
        self.put(&[event("s", "aside 2")]).await;
        let second = self.next(LONG).await;
        assert!(self.failed(&second.claim, AfterFailure::SetAside).await);
        let listed = aside(9).await;
        let listed: Vec<_> =
            listed.iter().map(|aside| (aside.event.id.as_str(), aside.attempts)).collect();
        assert_eq!(listed, [("aside", 1), ("aside 2", 1)]);
        assert_eq!(aside(1).await.len(), 1);
        let [first, _] = &*aside(2).await else { panic!("two were set aside") };
        assert_eq!((first.source.as_str(), &first.event), ("s", &claimed.event));
        assert!(
            first.error.contains("a fault") && first.error.contains('\u{fc}'),
            "{}",
            first.error
        );
        assert!(!back("t", "aside").await && !back("s", "nothing").await);
        for id in ["aside", "aside 2"] {
            assert!(back("s", id).await);
            assert!(!back("s", id).await, "it is back already");
            let again = self.next(LONG).await;
            assert_eq!((again.claim.id.as_str(), again.attempts), (id, 1));
            assert!(self.done(&again.claim).await);
        }
        assert!(aside(9).await.is_empty());
    }

    fn an_event_is_claimed_by_one_at_a_time(&self) {
        const EVENTS: usize = 400;
        self.wait(async {
            let ids: Vec<String> = (0..EVENTS).map(|number| format!("race {number}")).collect();
            for ids in ids.chunks(100) {
                let events: Vec<_> = ids.iter().map(|id| event("s", id)).collect();
                self.put(&events).await;
            }
        });
        let handled = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for worker in 0..8 {
                let handled = &handled;
                scope.spawn(move || {
                    self.wait(async {
                        loop {
                            let claimed = self.claim(1 + worker, LONG).await;
                            if claimed.is_empty() {
                                break;
                            }
                            for ClaimedEvent { claim, .. } in claimed {
                                let is_mine = self.done(&claim).await;
                                assert!(is_mine, "{claim:?} was taken away");
                                let mut handled = handled
                                    .lock()
                                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                                handled.push(claim.id.to_string());
                            }
                        }
                    });
                });
            }
        });
        let handled = handled.into_inner().unwrap_or_default();
        let different: BTreeSet<_> = handled.iter().collect();
        assert_eq!((handled.len(), different.len()), (EVENTS, EVENTS));
    }
}

impl<S> fmt::Debug for Inbox<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}
