use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::batch::{Batch, MAX_BYTES, MAX_EVENTS};
use super::delivery::{Delivery, DeliveryState, Payload, Target};
use super::job::{Address, Job, Moment, Outcome};
use super::queue::Queue;
use super::schedule::wait_after;
use super::{Attempt, DeliveryFault};
use crate::world::changed_after;

/// How many attempts are under way at once in all.
const MOST: usize = 64;

/// How many deliveries are remembered, and how long.
const MAX_DELIVERIES: usize = 100_000;
const MAX_AGE: u64 = 30 * 24 * 60 * 60;

/// All deliveries, as a state machine: it posts nothing itself.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    deliveries: BTreeMap<u64, Delivery>,
    last_id: u64,
    /// How often it was emptied.
    generation: u64,
    queues: BTreeMap<Target, Queue>,
    /// The first of each queue, with its target, where there is room for another attempt.
    heads: BTreeSet<(Duration, u64, Target)>,
    /// How many attempts are under way in all.
    under_way: usize,
    /// Deliveries that are delivered or failed.
    completed: BTreeSet<u64>,
    /// How often a delivery has changed.
    changed: u64,
    last_forgotten: u64,
}

impl Outbox {
    /// Adds events for an endpoint.
    pub(crate) fn add(&mut self, endpoint: u64, batches: &[Batch], moment: Moment) {
        for Batch { event_type, event_ids, events } in batches {
            let (event_type, event_ids) = (event_type.clone(), event_ids.clone());
            let body = Payload::Events(events.clone());
            self.insert(Target::Endpoint(endpoint), event_type, event_ids, body, moment);
        }
    }

    /// Adds what a legacy webhook is told. All webhooks that are told the same share the body.
    pub(crate) fn add_legacy(&mut self, webhook: u64, event: &str, body: &Bytes, moment: Moment) {
        let (event_type, body) = (event.to_owned(), Payload::Whole(body.clone()));
        self.insert(Target::Webhook(webhook), event_type, Vec::new(), body, moment);
    }

    /// Adds what the callback URL of a bulk request is told.
    pub(crate) fn add_callback(&mut self, callback: u64, body: &Value, moment: Moment) {
        let (event_type, body) = ("bulk".to_owned(), Payload::Whole(body.to_string().into()));
        self.insert(Target::Callback(callback), event_type, Vec::new(), body, moment);
    }

    fn insert(
        &mut self,
        target: Target,
        event_type: String,
        event_ids: Vec<String>,
        payload: Payload,
        moment: Moment,
    ) {
        self.forget(moment);
        self.last_id += 1;
        let id = self.last_id;
        let delivery = Delivery {
            id,
            target,
            event_type,
            event_ids,
            payload,
            status: DeliveryState::Pending,
            attempts: Vec::new(),
            created_at: moment.date,
            completed_at: None,
            due: Some(moment.now),
            changed: self.next_change(),
        };
        self.deliveries.insert(id, delivery);
        self.change(target, |queue| queue.due.insert((moment.now, id)));
    }

    fn next_change(&mut self) -> u64 {
        self.changed += 1;
        self.changed
    }

    /// Changes a queue, and keeps its head where it belongs.
    fn change<T>(&mut self, target: Target, change: impl FnOnce(&mut Queue) -> T) -> T {
        let queue = self.queues.entry(target).or_default();
        if let Some(head) = queue.head(target) {
            self.heads.remove(&head);
        }
        let changed = change(queue);
        self.heads.extend(queue.head(target));
        if queue.is_over() {
            self.queues.remove(&target);
        }
        changed
    }

    /// The next attempt that is due, if there is room for it.
    pub(crate) fn next(
        &mut self,
        moment: Moment,
        address: impl Fn(Target) -> Option<Address>,
        mut fault: impl FnMut(&Delivery) -> Option<DeliveryFault>,
    ) -> Option<Job> {
        loop {
            if self.under_way >= MOST {
                return None;
            }
            let (at, id, target) = *self.heads.first().filter(|(at, ..)| *at <= moment.now)?;
            let (was_held, has_another) = self.change(target, |queue| {
                queue.due.remove(&(at, id));
                let has_another = queue.due.first().is_some_and(|(at, _)| *at <= moment.now);
                (queue.released.remove(&id), has_another)
            });
            let changed = self.next_change();
            let Some(delivery) = self.deliveries.get_mut(&id) else { continue };
            (delivery.due, delivery.changed) = (None, changed);
            let Some(address) = address(target).filter(|address| address.is_active) else {
                // Nobody is told any more; what Kit does with what was pending is not documented.
                delivery.status = DeliveryState::Failed;
                delivery.completed_at = Some(moment.date);
                self.completed.insert(id);
                self.change(target, |queue| queue.release(moment.now));
                continue;
            };
            let fault = if was_held { None } else { fault(delivery) };
            if fault.as_ref().is_some_and(DeliveryFault::is_reordering) && has_another {
                self.change(target, |queue| queue.held.push(id));
                continue;
            }
            let body = delivery.body();
            self.under_way += 1;
            self.change(target, |queue| {
                queue.under_way += 1;
                queue.release(moment.now);
            });
            let (Address { url, secrets, .. }, generation) = (address, self.generation);
            return Some(Job {
                id,
                account: 0,
                desk: 0,
                url,
                body,
                secrets,
                fault,
                target,
                at: moment.date,
                generation,
            });
        }
    }

    /// The outcome of an attempt.
    pub(crate) fn finish(&mut self, job: &Job, outcome: Outcome, moment: Moment) {
        if job.generation != self.generation {
            return;
        }
        self.under_way = self.under_way.saturating_sub(1);
        self.change(job.target, |queue| queue.under_way = queue.under_way.saturating_sub(1));
        let changed = self.next_change();
        let Some(delivery) = self.deliveries.get_mut(&job.id) else { return };
        delivery.changed = changed;
        let Outcome { status, response_body, error, retry_after, duration, signature } = outcome;
        let (at, fault) = (job.at, job.fault.clone());
        let attempt = Attempt { at, status, response_body, error, duration, signature, fault };
        let is_success = attempt.is_success();
        delivery.attempts.push(attempt);
        // Whether Kit tries again for a legacy webhook, or for a callback, is not documented.
        let wait = match delivery.target {
            Target::Endpoint(_) => wait_after(delivery.attempts.len(), status, retry_after),
            Target::Webhook(_) | Target::Callback(_) => None,
        };
        match wait {
            _ if is_success => delivery.status = DeliveryState::Delivered,
            Some(wait) => {
                let at = moment.now.saturating_add(wait);
                (delivery.status, delivery.due) = (DeliveryState::Retrying, Some(at));
                self.change(job.target, |queue| queue.due.insert((at, job.id)));
                return;
            }
            None => delivery.status = DeliveryState::Failed,
        }
        delivery.completed_at = Some(moment.date);
        self.completed.insert(job.id);
    }

    /// Makes the next attempt of a delivery due now, also of one that is over. Returns whether it changes something: one
    /// that is under way is not tried twice at once, and of one that is forgotten nothing is left.
    pub(crate) fn deliver_now(&mut self, id: u64, moment: Moment) -> bool {
        let Some(delivery) = self.deliveries.get_mut(&id) else { return false };
        let (target, due, is_over) =
            (delivery.target, delivery.due, delivery.completed_at.is_some());
        if due.is_none() && !is_over {
            return false;
        }
        delivery.due = Some(moment.now);
        if is_over {
            (delivery.status, delivery.completed_at) = (DeliveryState::Retrying, None);
            self.completed.remove(&id);
        }
        let changed = self.next_change();
        if let Some(delivery) = self.deliveries.get_mut(&id) {
            delivery.changed = changed;
        }
        self.change(target, |queue| {
            if let Some(due) = due {
                queue.due.remove(&(due, id));
            }
            queue.due.insert((moment.now, id))
        });
        true
    }

    /// The deliveries that have changed after this count of changes, those first that have changed first, at most so many;
    /// with the count for the next time.
    pub(crate) fn since(&self, changed: u64, limit: usize) -> (Vec<&Delivery>, u64) {
        let all = self.deliveries.values();
        let found = changed_after(all, |delivery| delivery.changed, changed, limit);
        let last = found.last().map_or(self.changed, |delivery| delivery.changed);
        (found, last)
    }

    /// How often a delivery has changed so far.
    pub(crate) fn changed(&self) -> u64 {
        self.changed
    }

    /// The id of the oldest delivery, or of the next one.
    pub(crate) fn first_id(&self) -> u64 {
        self.deliveries.first_key_value().map_or(self.last_id + 1, |(id, _)| *id)
    }

    /// The id of the newest delivery that there was.
    pub(crate) fn last_id(&self) -> u64 {
        self.last_id
    }

    /// How many deliveries there are.
    pub(crate) fn len(&self) -> usize {
        self.deliveries.len()
    }

    /// How many deliveries are delivered or have failed for good.
    pub(crate) fn completed(&self) -> usize {
        self.completed.len()
    }

    /// When the next attempt is due. A target that has enough of them under way has none before one of them ends.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.heads.first().map(|(at, ..)| *at)
    }

    /// How often it was emptied.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether no attempt is due or under way.
    pub(crate) fn is_settled(&self, now: Duration) -> bool {
        self.under_way == 0 && self.next_due().is_none_or(|due| due > now)
    }

    /// The deliveries, oldest first.
    pub(crate) fn deliveries(&self) -> impl DoubleEndedIterator<Item = &Delivery> {
        self.deliveries.values()
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Delivery> {
        self.deliveries.get(&id)
    }

    /// Forgets what is older than 30 days.
    pub(crate) fn forget(&mut self, moment: Moment) {
        let oldest = moment.date.saturating_sub(MAX_AGE);
        let is_old = |delivery: &Delivery| delivery.created_at < oldest;
        while let Some(id) = self.completed.first().copied()
            && (self.deliveries.len() >= MAX_DELIVERIES
                || self.deliveries.get(&id).is_none_or(is_old))
        {
            self.completed.remove(&id);
            self.deliveries.remove(&id);
            self.last_forgotten = self.last_forgotten.max(id);
        }
    }

    /// The greatest id of those that were forgotten: none that is over has a smaller one.
    pub(crate) fn last_forgotten(&self) -> u64 {
        self.last_forgotten
    }

    /// How many deliveries can be added: what is not delivered yet is not forgotten.
    pub(crate) fn room(&self) -> usize {
        MAX_DELIVERIES.saturating_sub(self.deliveries.len() - self.completed.len())
    }

    /// How many deliveries an endpoint gets, at most, for so many events of this size.
    pub(crate) fn batches(count: usize, size: usize) -> usize {
        let at_once = MAX_BYTES.checked_div(size).unwrap_or(MAX_EVENTS).clamp(1, MAX_EVENTS);
        count.div_ceil(at_once)
    }

    /// Without deliveries, for a reset. No id comes again, and of the attempts that are under way nobody hears.
    pub(crate) fn emptied(&self) -> Self {
        let (last_id, generation) = (self.last_id, self.generation.wrapping_add(1));
        Self { last_id, generation, changed: self.changed + 1, ..Self::default() }
    }

    /// With these deliveries in place of its own, after a reset that was a mistake. What was under way then is due now.
    pub(crate) fn revived(&self, before: Self, moment: Moment) -> Self {
        let mut revived = self.emptied();
        revived.completed = before.completed;
        for (id, mut delivery) in before.deliveries {
            delivery.changed = revived.next_change();
            if delivery.completed_at.is_none() {
                let due = delivery.due.unwrap_or(moment.now);
                delivery.due = Some(due);
                revived.change(delivery.target, |queue| queue.due.insert((due, id)));
            }
            revived.deliveries.insert(id, delivery);
        }
        revived
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use serde_json::json;

    use super::*;
    use crate::outbox::Event;
    use crate::outbox::queue::MOST_OF_TARGET;

    fn at(seconds: u64) -> Moment {
        Moment { now: Duration::from_secs(seconds), date: 1_000 + seconds }
    }

    fn address() -> Address {
        Address { url: "http://127.0.0.1:1/".into(), secrets: vec!["s".into()], is_active: true }
    }

    fn batches(count: usize, size: usize) -> Vec<Batch> {
        let data = json!({"text": "x".repeat(size)});
        let event = |_| Event::new("tag.created", "now".into(), data.clone());
        Batch::of(&(0..count).map(event).collect::<Vec<_>>())
    }

    fn next(outbox: &mut Outbox, moment: Moment) -> Option<Job> {
        outbox.next(moment, |_| Some(address()), |_| None)
    }

    fn answer(status: u16) -> Outcome {
        Outcome { status: Some(status), ..Outcome::default() }
    }

    #[test]
    fn events_come_in_batches_of_100_and_512_kb() {
        let mut outbox = Outbox::default();
        let sizes = |outbox: &Outbox| -> Vec<usize> {
            outbox.deliveries().map(|delivery| delivery.event_ids.len()).collect()
        };
        outbox.add(1, &batches(250, 10), at(0));
        assert_eq!(sizes(&outbox), [100, 100, 50]);
        let mut outbox = Outbox::default();
        outbox.add(1, &batches(5, 200 * 1024), at(0));
        outbox.add(1, &batches(2, 600 * 1024), at(0));
        assert_eq!(sizes(&outbox), [2, 2, 1, 1, 1]);
        assert_eq!(
            outbox.deliveries().map(|delivery| delivery.id).collect::<Vec<_>>(),
            [1, 2, 3, 4, 5]
        );
    }

    #[test]
    fn a_delivery_is_tried_eight_times_with_one_id() {
        let mut outbox = Outbox::default();
        outbox.add(1, &batches(1, 1), at(0));
        let mut times = Vec::new();
        let mut bodies = Vec::new();
        for second in 0..200_000 {
            while let Some(job) = next(&mut outbox, at(second)) {
                times.push(second);
                bodies.push(job.body.clone());
                outbox.finish(&job, answer(500), at(second));
            }
        }
        assert_eq!(times, [0, 30, 150, 1050, 4650, 19_050, 62_250, 148_650]);
        assert!(bodies.iter().all(|body| *body == bodies[0]));
        let delivery = outbox.get(1).unwrap();
        assert_eq!((delivery.status, delivery.attempts.len()), (DeliveryState::Failed, 8));
        assert_eq!(delivery.completed_at, Some(149_650));
    }

    #[test]
    fn a_slow_target_delays_nobody_else() {
        let mut outbox = Outbox::default();
        for _ in 0..10 {
            outbox.add(1, &batches(1, 1), at(0));
        }
        outbox.add(2, &batches(1, 1), at(0));
        let jobs: Vec<_> = std::iter::from_fn(|| next(&mut outbox, at(0))).collect();
        assert_eq!(jobs.iter().map(|job| job.id).collect::<Vec<_>>(), [1, 2, 3, 4, 11]);
        assert!(!outbox.is_settled(Duration::ZERO));
        outbox.finish(&jobs[0], answer(200), at(0));
        assert_eq!(next(&mut outbox, at(0)).unwrap().id, 5);
    }

    #[test]
    fn a_target_that_is_gone_is_told_nothing_more() {
        let mut outbox = Outbox::default();
        outbox.add(1, &batches(1, 1), at(0));
        assert!(outbox.next(at(0), |_| None, |_| None).is_none());
        assert_eq!(outbox.get(1).unwrap().status, DeliveryState::Failed);
        assert!(outbox.is_settled(Duration::ZERO));
    }

    #[test]
    fn deliveries_are_kept_for_30_days() {
        let ids = |outbox: &Outbox| -> Vec<u64> {
            outbox.deliveries().map(|delivery| delivery.id).collect()
        };
        let mut outbox = Outbox::default();
        outbox.add(1, &batches(1, 1), at(0));
        outbox.add(1, &batches(1, 1), at(0));
        let job = next(&mut outbox, at(0)).unwrap();
        outbox.finish(&job, answer(204), at(0));
        outbox.add(1, &batches(1, 1), at(MAX_AGE));
        assert_eq!(ids(&outbox), [1, 2, 3]);
        // A delivery that is not made yet is not forgotten, however old it is.
        outbox.add(1, &batches(1, 1), at(MAX_AGE + 1));
        assert_eq!(ids(&outbox), [2, 3, 4]);
    }

    #[test]
    fn a_reordered_delivery_comes_after_the_next() {
        let mut outbox = Outbox::default();
        for target in [1, 2, 1, 1] {
            outbox.add(target, &batches(1, 1), at(0));
        }
        let first = |delivery: &Delivery| (delivery.id == 1).then(DeliveryFault::reordered);
        let mut order = Vec::new();
        while let Some(job) = outbox.next(at(1), |_| Some(address()), first) {
            order.push(job.id);
            assert!(!outbox.is_settled(Duration::from_secs(1)));
            outbox.finish(&job, answer(204), at(1));
        }
        assert_eq!(order, [2, 3, 4, 1]);
        // The last has nothing to come after.
        outbox.add(1, &batches(1, 1), at(2));
        let all = |_: &Delivery| Some(DeliveryFault::reordered());
        assert!(outbox.next(at(2), |_| Some(address()), all).is_some());
    }

    /// An attempt from before a reset is nobody's outcome, and holds up nobody.
    #[test]
    fn an_attempt_outlives_a_reset_without_harm() {
        let mut outbox = Outbox::default();
        for _ in 0..5 {
            outbox.add(1, &batches(1, 1), at(0));
        }
        let jobs: Vec<_> = std::iter::from_fn(|| next(&mut outbox, at(0))).collect();
        assert_eq!(jobs.len(), MOST_OF_TARGET);
        let mut outbox = outbox.emptied();
        assert!(outbox.is_settled(Duration::ZERO));
        outbox.add(1, &batches(1, 1), at(0));
        let job = next(&mut outbox, at(0)).unwrap();
        for old in &jobs {
            outbox.finish(old, answer(204), at(0));
        }
        assert!(!outbox.is_settled(Duration::ZERO));
        let delivery = outbox.deliveries().next().unwrap();
        assert_eq!((delivery.id, delivery.attempts.len()), (6, 0));
        outbox.finish(&job, answer(204), at(0));
        assert!(outbox.is_settled(Duration::ZERO));
    }

    /// Each change costs the same, however much is due to a target that is busy.
    #[test]
    fn a_busy_target_costs_nothing() {
        const COUNT: usize = 60_000;
        let mut outbox = Outbox::default();
        let one = batches(1, 1);
        for _ in 0..COUNT {
            outbox.add(1, &one, at(0));
        }
        let mut jobs: VecDeque<_> = std::iter::from_fn(|| next(&mut outbox, at(0))).collect();
        let mut done = 0;
        while let Some(job) = jobs.pop_front() {
            outbox.finish(&job, answer(204), at(0));
            jobs.extend(next(&mut outbox, at(0)));
            done += 1;
        }
        assert_eq!((done, outbox.queues.len(), outbox.heads.len()), (COUNT, 0, 0));
    }

    /// However many endpoints are told of an event, it is there once.
    #[test]
    fn endpoints_share_what_they_are_told() {
        let mut outbox = Outbox::default();
        let batches = batches(3, 10);
        for endpoint in 1..=2 {
            outbox.add(endpoint, &batches, at(0));
        }
        let shared = |id: u64| match &outbox.get(id).unwrap().payload {
            Payload::Events(events) => events.as_ptr(),
            Payload::Whole(_) => panic!("it is not shared"),
        };
        assert_eq!(shared(1), shared(2));
        let body: Value = serde_json::from_slice(&outbox.get(2).unwrap().body()).unwrap();
        assert_eq!(body["delivery_id"], 2);
        let ids: Vec<_> = body["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, outbox.get(1).unwrap().event_ids);
    }

    #[test]
    fn a_legacy_delivery_is_not_signed_and_not_tried_again() {
        let mut outbox = Outbox::default();
        outbox.add_legacy(
            3,
            "subscriber.tag_add",
            &Bytes::from_static(b"{\"subscriber\":{}}"),
            at(0),
        );
        let unsigned = |_| Some(Address { secrets: vec![], ..address() });
        let job = outbox.next(at(0), unsigned, |_| None).unwrap();
        assert!(job.headers(7).iter().all(|(name, _)| !name.starts_with("x-kit")));
        outbox.finish(&job, answer(500), at(0));
        assert_eq!(outbox.get(1).unwrap().status, DeliveryState::Failed);
    }
}
