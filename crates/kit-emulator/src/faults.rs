//! Which requests and which deliveries fail: by a closure, or by a list of rules.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

type Chooser<S, F> = Box<dyn FnMut(&S) -> Option<F> + Send>;

/// The faults `F` of subjects `S`, by rules with a condition `M`.
pub(crate) struct Faults<S, M, F>(Mutex<Set<S, M, F>>);

struct Set<S, M, F> {
    /// The faults that the program that holds the emulator has set.
    chooser: Option<Chooser<S, F>>,
    rules: Vec<Counted<M, F>>,
    last_id: u64,
}

/// A fault, and the subjects that it is for.
#[derive(Clone, Debug)]
pub(crate) struct Rule<M, F> {
    pub(crate) of: M,
    /// How many subjects it is for; `None` for all.
    pub(crate) times: Option<u64>,
    /// Which of the subjects it is for.
    pub(crate) share: Share,
    pub(crate) fault: F,
    /// The rule as it was sent.
    pub(crate) json: Value,
}

/// The share of the subjects that a rule is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Share {
    /// Each n-th of them.
    Every(u64),
    /// So many of a hundred, as if by chance, and the same ones each time.
    Percent(f64),
}

#[derive(Clone, Debug)]
struct Counted<M, F> {
    id: u64,
    rule: Rule<M, F>,
    /// How many subjects there were.
    seen: u64,
    /// How many of them it has hit.
    hits: u64,
}

/// A rule, and how far it is used up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Listed {
    pub(crate) id: u64,
    pub(crate) json: Value,
    pub(crate) hits: u64,
    /// How often it can hit still; `None` for ever.
    pub(crate) left: Option<u64>,
}

/// Tells the subjects of a rule.
pub(crate) trait Matches<S> {
    fn matches(&self, subject: &S) -> bool;
}

impl Share {
    /// Whether it is for the n-th subject.
    fn hits(self, seen: u64) -> bool {
        match self {
            Self::Every(every) => seen.is_multiple_of(every.max(1)),
            #[expect(clippy::cast_precision_loss, reason = "the share is no more exact")]
            Self::Percent(percent) => (mixed(seen) >> 11) as f64 * 100.0 < percent * 2_f64.powi(53),
        }
    }
}

/// A number that looks like chance (splitmix64).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl<S, M, F> Default for Faults<S, M, F> {
    fn default() -> Self {
        Self(Mutex::new(Set { chooser: None, rules: Vec::new(), last_id: 0 }))
    }
}

impl<S: 'static, M: Matches<S> + Clone, F: Clone + Send + 'static> Faults<S, M, F> {
    /// The fault of a subject. If several rules match, the first that is not used up counts.
    pub(crate) fn choose(&self, subject: &S) -> Option<F> {
        let mut set = self.lock();
        if let Some(fault) = set.chooser.as_mut().and_then(|choose| choose(subject)) {
            return Some(fault);
        }
        for Counted { rule, seen, hits, .. } in &mut set.rules {
            if rule.times.is_some_and(|times| *hits >= times) || !rule.of.matches(subject) {
                continue;
            }
            *seen += 1;
            if rule.share.hits(*seen) {
                *hits += 1;
                return Some(rule.fault.clone());
            }
        }
        None
    }

    /// Replaces the faults that were set before.
    pub(crate) fn set(&self, chooser: Option<Chooser<S, F>>) {
        let mut set = self.lock();
        set.chooser = chooser;
        set.rules.clear();
    }

    /// Adds rules behind what was set before.
    pub(crate) fn add_rules(&self, rules: Vec<Rule<M, F>>) {
        let mut set = self.lock();
        for rule in rules {
            set.last_id += 1;
            let id = set.last_id;
            set.rules.push(Counted { id, rule, seen: 0, hits: 0 });
        }
    }

    /// Removes a rule. Returns whether there was one with this id.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut set = self.lock();
        let before = set.rules.len();
        set.rules.retain(|rule| rule.id != id);
        set.rules.len() < before
    }

    /// The rules, in the order in which they count.
    pub(crate) fn rules(&self) -> Vec<Listed> {
        let listed = |counted: &Counted<M, F>| Listed {
            id: counted.id,
            json: counted.rule.json.clone(),
            hits: counted.hits,
            left: counted.rule.times.map(|times| times.saturating_sub(counted.hits)),
        };
        self.lock().rules.iter().map(listed).collect()
    }

    /// How many rules there are.
    pub(crate) fn len(&self) -> usize {
        self.lock().rules.len()
    }

    /// Whether the program that holds the emulator has set faults.
    pub(crate) fn has_chooser(&self) -> bool {
        self.lock().chooser.is_some()
    }

    /// Removes all faults, and returns what puts them back.
    pub(crate) fn take(&self) -> Taken<S, M, F> {
        let mut set = self.lock();
        Taken { chooser: set.chooser.take(), rules: std::mem::take(&mut set.rules) }
    }

    /// Puts back what was taken, in place of what was set since.
    pub(crate) fn put_back(&self, taken: Taken<S, M, F>) {
        let mut set = self.lock();
        (set.chooser, set.rules) = (taken.chooser, taken.rules);
    }

    fn lock(&self) -> MutexGuard<'_, Set<S, M, F>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Faults that were removed.
pub(crate) struct Taken<S, M, F> {
    chooser: Option<Chooser<S, F>>,
    rules: Vec<Counted<M, F>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Even;

    impl Matches<u64> for Even {
        fn matches(&self, subject: &u64) -> bool {
            subject.is_multiple_of(2)
        }
    }

    fn rule(times: Option<u64>, share: Share, fault: &'static str) -> Rule<Even, &'static str> {
        Rule { of: Even, times, share, fault, json: fault.into() }
    }

    #[test]
    fn a_percentage_is_met_and_the_same_each_time() {
        for percent in [0.0, 0.5, 5.0, 50.0, 99.0, 100.0] {
            let hits = (1..=100_000_u64).filter(|seen| Share::Percent(percent).hits(*seen)).count();
            let expected = percent * 1000.0;
            #[expect(clippy::cast_precision_loss, reason = "100,000 at most")]
            let off = (hits as f64 - expected).abs();
            assert!(off <= 4.0 * (expected + 1.0).sqrt(), "{percent}: {hits}");
            let again =
                (1..=100_000_u64).filter(|seen| Share::Percent(percent).hits(*seen)).count();
            assert_eq!(hits, again);
        }
        assert!((1..1000).all(|seen| !Share::Percent(0.0).hits(seen)));
        assert!((1..1000).all(|seen| Share::Percent(100.0).hits(seen)));
    }

    #[test]
    fn rules_are_used_up_listed_and_removed() {
        let faults = Faults::default();
        faults.add_rules(vec![
            rule(Some(1), Share::Every(2), "second"),
            rule(None, Share::Every(1), "all"),
        ]);
        let chosen: Vec<_> = (0..8).map(|subject| faults.choose(&subject)).collect();
        assert_eq!(
            chosen,
            [Some("all"), None, Some("second"), None, Some("all"), None, Some("all"), None]
        );
        let listed = |id, json: &str, hits, left| Listed { id, json: json.into(), hits, left };
        assert_eq!(faults.rules(), [listed(1, "second", 1, Some(0)), listed(2, "all", 3, None)]);
        assert!(faults.remove(2) && !faults.remove(2));
        assert_eq!(faults.choose(&0), None);
        faults.add_rules(vec![rule(Some(0), Share::Every(1), "never")]);
        assert_eq!((faults.choose(&0), faults.rules()[1].id), (None, 3));
        assert!(!faults.has_chooser());
        faults.set(Some(Box::new(|_| Some("closure"))));
        assert_eq!((faults.choose(&1), faults.rules().len()), (Some("closure"), 0));
        faults.add_rules(vec![rule(None, Share::Every(1), "after")]);
        assert_eq!(faults.choose(&0), Some("closure"), "what the program has set comes first");
        let taken = faults.take();
        assert_eq!((faults.choose(&0), faults.has_chooser()), (None, false));
        faults.put_back(taken);
        assert_eq!((faults.choose(&1), faults.rules().len()), (Some("closure"), 1));
    }
}
