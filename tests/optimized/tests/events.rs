//! Every event with every combination of parameters.

use std::collections::HashMap;

use kit_core::webhooks::Event;
use kit_tests::events::{DOCUMENTED, PARAMETERS, short};

/// The kinds of values that a parameter may be given. The number of the parameter makes each value its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Absent,
    Null,
    Number,
    Text,
    Absurd,
}

const KINDS: [Kind; 5] = [Kind::Absent, Kind::Null, Kind::Number, Kind::Text, Kind::Absurd];

impl Kind {
    fn json(self, number: usize) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Null => Some("null".to_owned()),
            Self::Number => Some(format!("4{number}")),
            Self::Text => Some(format!("\"7{number}\"")),
            Self::Absurd => Some(format!("{{\"absurd\":[{number},-2.5,null]}}")),
        }
    }
}

/// 15 names, full and short, with each of the six parameters and `course_id` absent, null, a number, a text
/// or absurd, independently of each other: 30 × 5⁷ combinations.
#[test]
fn every_event_with_every_combination_of_parameters_is_read() {
    let count: usize = std::thread::scope(|scope| {
        let checks = [false, true].map(|is_short| {
            scope.spawn(move || {
                let check = |&(full, required): &(&'static str, Option<&str>)| {
                    let name = if is_short { short(full) } else { full };
                    check_every_combination(name, full, required)
                };
                DOCUMENTED.iter().map(check).sum::<usize>()
            })
        });
        checks.into_iter().map(|check| check.join().unwrap()).sum()
    });
    assert_eq!(count, 2_343_750);
}

/// JSON is compared as text: as values, it would take minutes.
fn check_every_combination(name: &str, full: &str, required: Option<&str>) -> usize {
    let values: Vec<[Option<String>; 5]> =
        (0..=PARAMETERS.len()).map(|number| KINDS.map(|kind| kind.json(number))).collect();
    let combinations = KINDS.len().pow(u32::try_from(values.len()).unwrap());
    let mut given = String::new();
    let mut written = String::new();
    // Many combinations are the same typed event: its way there and back is checked once.
    let mut typed_events = HashMap::new();
    for combination in 0..combinations {
        let mut left = combination;
        let kinds: [usize; 7] = std::array::from_fn(|_| {
            let kind = left % KINDS.len();
            left /= KINDS.len();
            kind
        });
        let value = |number: usize| values[number][kinds[number]].as_deref();
        let keys = PARAMETERS.into_iter().chain(["course_id"]).enumerate();
        object(
            &mut given,
            name,
            keys.clone().filter_map(|(number, key)| Some((key, value(number)?))),
        );

        let typed = required.map(|key| {
            let number = PARAMETERS.iter().position(|parameter| *parameter == key).unwrap();
            let is_missing = matches!(KINDS[kinds[number]], Kind::Absent | Kind::Null);
            // An older client of Kit's says `course_id`.
            let number = if is_missing && key == "sequence_id" { 6 } else { number };
            let text = value(number)?;
            match KINDS[kinds[number]] {
                Kind::Text if key == "initiator_value" => Some((key, text)),
                Kind::Text => Some((key, text.trim_matches('"'))),
                Kind::Number if key != "initiator_value" => Some((key, text)),
                _ => None,
            }
        });
        match typed {
            Some(None) => {
                let known = PARAMETERS.iter().enumerate();
                let known = known.map(|(number, key)| (*key, value(number).unwrap_or("null")));
                object(&mut written, name, known.chain(value(6).map(|value| ("course_id", value))));
            }
            None | Some(Some(_)) => object(
                &mut written,
                full,
                PARAMETERS.into_iter().map(|key| match typed.flatten() {
                    Some((required, value)) if key == required => (key, value),
                    _ => (key, "null"),
                }),
            ),
        }

        let event: Event = serde_json::from_str(&given).unwrap();
        assert_eq!(matches!(event, Event::Other(_)), typed == Some(None), "{given}");
        if let Some(same) = typed_events.get(&written) {
            assert_eq!(event, *same, "{given}");
            continue;
        }
        assert_eq!(serde_json::to_string(&event).unwrap(), written, "{given}");
        assert_eq!(serde_json::from_str::<Event>(&written).unwrap(), event, "{given}");
        if typed != Some(None) {
            typed_events.insert(written.clone(), event);
        }
    }
    combinations
}

/// Writes an event as JSON, without a space.
fn object<'a>(json: &mut String, name: &str, parameters: impl Iterator<Item = (&'a str, &'a str)>) {
    json.clear();
    json.extend(["{\"name\":\"", name, "\""]);
    for (key, value) in parameters {
        json.extend([",\"", key, "\":", value]);
    }
    json.push('}');
}
