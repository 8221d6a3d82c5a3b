use std::collections::BTreeMap;

use super::{ImportRow, RowOutcome};
use crate::bulk::{BulkFormSubscriber, BulkOutcome, BulkTaggedSubscriber, CreatedSubscriber};
use crate::subscribers::{SavedSubscriber, Subscriber, SubscriberState};
use crate::wire::{Timestamp, UpsertOutcome};
use crate::{SubscriberId, Upsert};

/// How far the clock of Kit may be from the one that has said when the import began, in seconds.
const SKEW: i64 = 300;

/// The rows of one address as one, and what has become of them so far.
pub(super) struct Person {
    pub(super) email_address: String,
    pub(super) first_name: Option<String>,
    /// That of a new subscriber, and [`SubscriberState::Cancelled`] of any.
    pub(super) wanted: Option<SubscriberState>,
    /// Names of custom fields, and values: the last value of a field counts.
    pub(super) fields: Vec<(String, String)>,
    pub(super) tags: Vec<String>,
    pub(super) forms: Vec<String>,
    pub(super) id: Option<SubscriberId>,
    pub(super) state: Option<SubscriberState>,
    /// The custom fields as Kit has answered them, of one who was there.
    saved_fields: Option<BTreeMap<String, Option<String>>>,
    is_new: bool,
    has_changed: bool,
    refused: Vec<String>,
    untried: Vec<String>,
    unknown: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Person {
    /// What the first row of an address says.
    pub(super) fn new(row: &ImportRow) -> Self {
        let none = Vec::new;
        Self {
            email_address: row.email_address.trim().to_owned(),
            first_name: row.first_name.clone(),
            wanted: row.state.clone(),
            fields: row.fields.clone().into_iter().collect(),
            tags: row.tags.clone(),
            forms: row.form.iter().cloned().collect(),
            id: None,
            state: None,
            saved_fields: None,
            is_new: false,
            has_changed: false,
            refused: none(),
            untried: none(),
            unknown: none(),
            warnings: none(),
        }
    }

    /// Adds what a later row of the same address says, to the effect that the rows would have one after the other.
    pub(super) fn merge(&mut self, later: &ImportRow) {
        self.first_name = later.first_name.clone().or(self.first_name.take());
        match &later.state {
            Some(SubscriberState::Cancelled) => self.wanted.clone_from(&later.state),
            Some(state) if self.wanted.as_ref() != Some(state) => {
                self.warnings.push(format!("the state {state} comes after a row without it"));
            }
            _ => {}
        }
        self.fields.extend(later.fields.clone());
        self.tags.extend(later.tags.iter().cloned());
        self.forms.extend(later.form.iter().cloned());
    }

    /// Whether nothing has been refused, and nothing is open.
    pub(super) fn is_well(&self) -> bool {
        self.refused.is_empty() && self.untried.is_empty() && self.unknown.is_empty()
    }

    pub(super) fn refuse(&mut self, reason: String) {
        self.refused.push(reason);
    }

    pub(super) fn leave(&mut self, reason: String) {
        self.untried.push(reason);
    }

    /// Takes what came of an item of theirs; of one that is done, Kit's answer is returned. `what` it was about, and
    /// `why` it is open.
    pub(super) fn take<T>(&mut self, outcome: BulkOutcome<T>, what: &str, why: &str) -> Option<T> {
        let named = |reason: &str| {
            if what.is_empty() { reason.to_owned() } else { format!("{what}: {reason}") }
        };
        match outcome {
            BulkOutcome::Done(row) => return row,
            BulkOutcome::Failed(reasons) if reasons.is_empty() => {
                self.refused.push(named("Kit gives no reason"));
            }
            BulkOutcome::Failed(reasons) => {
                self.refused.extend(reasons.iter().map(|reason| named(reason)));
            }
            BulkOutcome::NotApplied => self.untried.push(named(why)),
            BulkOutcome::Queued => self.unknown.push(named("Kit has queued it")),
            BulkOutcome::MayHaveBeenApplied => self.unknown.push(named(why)),
        }
        None
    }

    pub(super) fn created_in_bulk(&mut self, created: CreatedSubscriber, begun: i64) {
        self.saved(created.id, created.state, created.created_at, begun);
    }

    pub(super) fn created(&mut self, saved: SavedSubscriber, begun: i64) {
        let Subscriber { id, created_at, .. } = saved.subscriber;
        let state = saved.subscriber.state.clone();
        self.saved(id, state, created_at, begun);
        match saved.outcome {
            UpsertOutcome::Created => self.is_new = true,
            UpsertOutcome::Existing => self.saved_fields = Some(saved.subscriber.fields),
            _ => self.warnings.push("Kit saves the custom fields later".to_owned()),
        }
        self.warnings.extend(saved.warnings.unwrap_or_default());
    }

    fn saved(
        &mut self,
        id: SubscriberId,
        state: SubscriberState,
        created_at: Option<Timestamp>,
        begun: i64,
    ) {
        self.id = Some(id);
        self.is_new = is_since(created_at, begun);
        self.has_changed = self.first_name.is_some() || !self.fields.is_empty();
        if let Some(wanted) = &self.wanted
            && *wanted != state
            && *wanted != SubscriberState::Cancelled
        {
            self.warnings.push(format!("is {state}, and stays so"));
        }
        self.state = Some(state);
    }

    #[expect(clippy::needless_pass_by_value, reason = "as the others")]
    pub(super) fn tagged_in_bulk(&mut self, tagged: BulkTaggedSubscriber, begun: i64) {
        // The rows of several tags of one subscriber cannot be told apart.
        self.has_changed |= self.tags.len() > 1 || is_since(tagged.tagged_at, begun);
    }

    #[expect(clippy::needless_pass_by_value, reason = "as the others")]
    pub(super) fn added_in_bulk(&mut self, added: BulkFormSubscriber, begun: i64) {
        self.has_changed |= is_since(added.added_at, begun);
    }

    pub(super) fn given<T>(&mut self, upsert: &Upsert<T>) {
        self.has_changed |= upsert.outcome != UpsertOutcome::Existing;
    }

    /// Whether a custom field of theirs has another value than this one, by Kit's answer.
    pub(super) fn lacks(&self, key: &str, value: &str) -> bool {
        let saved = self.saved_fields.as_ref();
        saved.is_some_and(|saved| {
            let saved = saved.get(key).and_then(Option::as_deref).unwrap_or_default();
            saved.trim() != value.trim()
        })
    }

    /// Takes the subscribers of the address.
    pub(super) fn found(&mut self, found: Vec<Subscriber>) {
        match found.into_iter().next() {
            Some(subscriber) => {
                self.id = Some(subscriber.id);
                self.state = Some(subscriber.state);
            }
            None => self.refused.push("no subscriber has this email_address".to_owned()),
        }
    }

    pub(super) fn unsubscribed(&mut self) {
        self.has_changed |= self.state != Some(SubscriberState::Cancelled);
        self.state = Some(SubscriberState::Cancelled);
    }

    pub(super) fn outcome(&self) -> RowOutcome {
        let all = || [&self.unknown[..], &self.untried, &self.refused].concat();
        match self.id {
            _ if !self.unknown.is_empty() => RowOutcome::MayHaveBeenApplied { reasons: all() },
            _ if !self.untried.is_empty() => RowOutcome::NotAttempted { reasons: all() },
            id if !self.refused.is_empty() => RowOutcome::Refused { id, reasons: all() },
            None => RowOutcome::MayHaveBeenApplied { reasons: vec!["Kit gives no id".to_owned()] },
            Some(id) if self.is_new => RowOutcome::Created { id },
            Some(id) if self.has_changed => RowOutcome::Updated { id },
            Some(id) => RowOutcome::Unchanged { id },
        }
    }
}

/// Whether it is of this import, by Kit's clock.
fn is_since(time: Option<Timestamp>, begun: i64) -> bool {
    time.is_some_and(|time| time.unix_seconds() >= begun.saturating_sub(SKEW))
}
