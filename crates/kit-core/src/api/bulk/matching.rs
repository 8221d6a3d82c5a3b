//! Which item of a bulk request each part of the reply is about, as far as Kit tells.

use std::mem;

use serde_json::Value;

use super::{Bulk, BulkFailure, BulkOutcome};
use crate::wire::messages;

/// A failure, as a bulk operation reads it.
pub(super) trait Failure {
    /// The item, as Kit repeats it.
    type Echo;

    /// The item. `None` if Kit does not repeat it.
    fn echo(&self) -> Option<&Self::Echo>;

    /// Why the item failed, in Kit's words.
    fn errors(&self) -> Vec<String>;
}

impl<T> Failure for BulkFailure<T> {
    type Echo = T;

    fn echo(&self) -> Option<&T> {
        self.item.as_ref()
    }

    fn errors(&self) -> Vec<String> {
        self.errors.clone()
    }
}

/// A failure whose shape is not documented. As far as anybody knows, it is like others.
impl Failure for Value {
    type Echo = Self;

    fn echo(&self) -> Option<&Self> {
        Some(self)
    }

    fn errors(&self) -> Vec<String> {
        let errors = self.as_object().map(|failure| messages::of_failure(failure.clone()).0);
        errors.filter(|errors| !errors.is_empty()).unwrap_or_else(|| vec![self.to_string()])
    }
}

/// The outcome of each item, from Kit's reply.
///
/// Each failure is matched to the item that it repeats, and each row to the items that it is about. A failure that
/// repeats no item, or not so that it is recognised, is of an item that has neither failed nor a row: if there are
/// as many such items as such failures, they are matched in their order. Otherwise it is not known which of them
/// failed, and each [may have been applied](BulkOutcome::MayHaveBeenApplied).
pub(super) fn outcomes<T: Clone, F: Failure, I>(
    reply: &Bulk<T, F>,
    items: &[I],
    is_echoed: impl Fn(&I, &F::Echo) -> bool,
    is_row: impl Fn(&I, &T) -> bool,
) -> Vec<BulkOutcome<T>> {
    let Bulk::Done(done) = reply else { return vec![BulkOutcome::Queued; items.len()] };
    let mut outcomes: Vec<Option<BulkOutcome<T>>> = items.iter().map(|_| None).collect();
    let mut unmatched = Vec::new();
    for failure in &done.failures {
        // Each of several equal items is found once.
        let mut open = items.iter().zip(&mut outcomes).filter(|(_, outcome)| outcome.is_none());
        let found = failure.echo().and_then(|echo| open.find(|(item, _)| is_echoed(item, echo)));
        match found {
            Some((_, outcome)) => *outcome = Some(BulkOutcome::Failed(failure.errors())),
            None => unmatched.push(failure.errors()),
        }
    }
    let open = items.iter().zip(&mut outcomes).filter(|(_, outcome)| outcome.is_none());
    for (item, outcome) in open {
        if let Some(row) = done.succeeded.iter().find(|row| is_row(item, row)) {
            *outcome = Some(BulkOutcome::Done(Some(row.clone())));
        }
    }
    let open = outcomes.iter().filter(|outcome| outcome.is_none()).count();
    let is_certain = open == unmatched.len();
    let mut unmatched = mem::take(&mut unmatched).into_iter().peekable();
    outcomes
        .into_iter()
        .map(|outcome| match outcome {
            Some(outcome) => outcome,
            None if unmatched.peek().is_none() => BulkOutcome::Done(None),
            None if is_certain => {
                unmatched.next().map_or(BulkOutcome::Done(None), BulkOutcome::Failed)
            }
            None => BulkOutcome::MayHaveBeenApplied,
        })
        .collect()
}

/// Whether a failure, whose shape is not documented, is of the item with this name: it has the name itself, or an
/// object with the name in it.
pub(super) fn is_named(failure: &Value, field: &str, name: &str) -> bool {
    let has_name = |json: &Value| match json.get(field) {
        Some(Value::String(text)) => is_same_name(text, name),
        // Kit repeats a blank name as null.
        Some(Value::Null) => name.trim().is_empty(),
        _ => false,
    };
    let mut values = failure.as_object().into_iter().flat_map(serde_json::Map::values);
    has_name(failure) || values.any(has_name)
}

/// Whether two names are the same to Kit, which compares the names of tags without case and with blanks collapsed.
/// Source: two clients of third parties.
pub(super) fn is_same_name(one: &str, other: &str) -> bool {
    fn folded(name: &str) -> impl Iterator<Item = char> + '_ {
        let words = name.split_whitespace().enumerate();
        words.flat_map(|(index, word)| {
            let blank = (index > 0).then_some(' ');
            blank.into_iter().chain(word.chars().flat_map(char::to_lowercase))
        })
    }
    folded(one).eq(folded(other))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::bulk::{
        BulkCreateCustomFields, BulkCreateTags, BulkOperation, NewCustomField, NewTag,
    };
    use crate::fixtures::kit;

    fn outcomes_of<B: BulkOperation>(items: &[B::Item], body: &Value) -> Vec<BulkOutcome<B::Row>> {
        let request = B::of(items.to_vec());
        let reply = kit().response(&request, http::Response::new(body.to_string())).unwrap();
        B::outcomes(&reply, items)
    }

    fn tags(names: &[&str], body: &Value) -> Vec<String> {
        let items: Vec<_> = names.iter().copied().map(NewTag::new).collect();
        let outcomes = outcomes_of::<BulkCreateTags>(&items, body);
        let said = outcomes.iter().map(|outcome| match outcome {
            BulkOutcome::Done(Some(tag)) => tag.id.to_string(),
            other => other.to_string(),
        });
        said.collect()
    }

    #[test]
    fn a_row_is_found_by_the_name_that_kit_keeps_in_any_order() {
        let body = json!({"tags": [{"id": 3, "name": "ÉTÉ"}, {"id": 1, "name": "VIP list"}], "failures": []});
        assert_eq!(tags(&["  vip   LIST ", "été", "Vip List"], &body), ["1", "3", "1"]);
        let items = vec![NewCustomField::new(" last  name ")];
        let body = json!({"custom_fields": [{"id": 7, "key": "last_name", "label": "Last name"}], "failures": []});
        let outcomes = outcomes_of::<BulkCreateCustomFields>(&items, &body);
        assert!(matches!(&outcomes[..], [BulkOutcome::Done(Some(field))] if field.id == 7.into()));
    }

    #[test]
    fn a_failure_without_a_documented_shape_is_found_by_its_name() {
        let failures =
            json!([{"tag": {"name": "B"}, "errors": ["no", 1]}, {"name": "c"}, {"x": "a"}]);
        let said = tags(&["a", "b", "c"], &json!({"tags": [], "failures": failures}));
        assert_eq!(said, ["failed: {\"x\":\"a\"}", "failed: no, 1", "failed: {\"name\":\"c\"}"]);
    }

    #[test]
    fn blank_names_that_kit_repeats_as_null_are_told_apart_from_the_others() {
        let blank = json!({"tag": {"name": null}, "errors": [["Name can't be blank"]]});
        let body = json!({"tags": [{"id": 1, "name": "a"}], "failures": [blank, blank]});
        let failed = "failed: Name can't be blank";
        assert_eq!(tags(&["", "A ", " "], &body), [failed, "1", failed]);
    }

    #[test]
    fn a_failure_of_nobody_is_of_the_item_that_is_left() {
        let nobodys = json!([{"errors": ["no"]}]);
        let row = json!([{"id": 1, "name": "a"}]);
        let said = |rows: &Value| tags(&["a", "b"], &json!({"tags": rows, "failures": nobodys}));
        assert_eq!(said(&row), ["1", "failed: no"]);
        let unknown = "may have been applied";
        assert_eq!(said(&json!([])), [unknown, unknown]);
        // Without a failure, an item whose row has another name is done.
        let body = json!({"tags": [{"id": 1, "name": "x"}], "failures": null});
        assert_eq!(tags(&["a"], &body), ["done"]);
    }
}
