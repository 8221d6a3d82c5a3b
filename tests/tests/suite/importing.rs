//! An import: whatever fails and whenever it is killed, each row ends in one outcome, and Kit holds what the rows say.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use kit_core::custom_fields::{CreateCustomField, ListCustomFields};
use kit_core::forms::ListFormSubscribers;
use kit_core::import::{
    Import, ImportJournal, ImportRow, ImportStep, JournalEntry, RowOutcome, RowReport,
    UnknownFields, everybody,
};
use kit_core::oauth::StoreError;
use kit_core::subscribers::SubscriberState;
use kit_core::tags::{CreateTag, ListTags};
use kit_core::{Credentials, Error, RetryPolicy};
use kit_emulator::{Emulator, Fault};
use kit_file_store::FileJournal;
use kit_ureq::Client;
use proptest::prelude::*;
use serde_json::json;

/// As whom a program imports.
#[derive(Clone, Copy, Debug, PartialEq)]
enum As {
    ApiKey,
    AccessToken,
}

const BOTH: [As; 2] = [As::ApiKey, As::AccessToken];

/// A client, and as whom it calls.
type Caller = (Client, Credentials);

fn client(emulator: &Emulator, by: As) -> Caller {
    let credentials = match by {
        As::ApiKey => Credentials::api_key(emulator.api_key()),
        As::AccessToken => Credentials::access_token(emulator.access_token()),
    };
    let builder = Client::builder().base_url(emulator.base_url()).retry(RetryPolicy::none());
    let client = builder.pacing(kit_core::settings::Pacing::None).build(credentials.clone());
    (client.unwrap(), credentials)
}

/// What an account knows of a person: first name, state, values by the labels of fields, and tags, in small letters.
type Known = (Option<String>, String, BTreeMap<String, String>, BTreeSet<String>);

/// What Kit holds, by address.
fn held(emulator: &Emulator) -> BTreeMap<String, Known> {
    let (client, _) = client(emulator, As::ApiKey);
    let labels: BTreeMap<String, String> = client
        .items(ListCustomFields::new())
        .map(|field| field.unwrap())
        .map(|field| (field.key, field.label.unwrap()))
        .collect();
    let known = |row: ImportRow| {
        let fields =
            row.fields.into_iter().map(|(key, value)| (labels[&key].to_lowercase(), value));
        let tags = row.tags.into_iter().map(|tag| tag.to_lowercase());
        let state = row.state.unwrap().to_string();
        (
            row.email_address.to_lowercase(),
            (row.first_name, state, fields.collect(), tags.collect()),
        )
    };
    client.items(everybody()).map(|subscriber| known(subscriber.unwrap().into())).collect()
}

/// What the rows say, one after the other.
fn said(rows: &[ImportRow]) -> BTreeMap<String, Known> {
    let mut said = BTreeMap::<String, Known>::new();
    let is_sent = |row: &&ImportRow| row.email_address.to_lowercase().contains("@example.");
    for row in rows.iter().filter(is_sent) {
        let address = row.email_address.trim().to_lowercase();
        let is_new = !said.contains_key(&address);
        let (first_name, state, fields, tags) = said.entry(address).or_default();
        *first_name = row.first_name.clone().or(first_name.take());
        if is_new || row.state == Some(SubscriberState::Cancelled) {
            *state = row.state.as_ref().map_or("active".to_owned(), ToString::to_string);
        }
        let lower = |(name, value): (&String, &String)| (name.to_lowercase(), value.clone());
        fields.extend(row.fields.iter().map(lower));
        let tag_names = row.tags.iter().map(|tag| tag.trim().to_lowercase());
        tags.extend(tag_names.filter(|tag| !tag.is_empty()));
    }
    said
}

/// A journal as text, as a file would have it.
#[derive(Default)]
struct Journal {
    lines: Vec<String>,
    read: usize,
}

impl ImportJournal for Journal {
    fn next_entry(&mut self) -> Result<Option<JournalEntry>, StoreError> {
        let Some(line) = self.lines.get(self.read) else { return Ok(None) };
        self.read += 1;
        Ok(Some(serde_json::from_str(line)?))
    }

    fn add(&mut self, entry: &JournalEntry) -> Result<(), StoreError> {
        self.lines.push(serde_json::to_string(entry)?);
        Ok(())
    }
}

/// When an import is killed: before it does a step, or after, without being told what came of it.
#[derive(Clone, Copy, Debug)]
enum Kill {
    Before(usize),
    After(usize),
}

/// What an import has come to.
#[derive(Debug)]
struct Run {
    reports: Vec<RowReport>,
    /// `None` where it was killed.
    result: Option<Result<(), Error>>,
    steps: usize,
    waited: Duration,
}

impl Run {
    fn outcomes(&self) -> Vec<String> {
        self.reports.iter().map(|report| report.result.outcome.to_string()).collect()
    }
}

/// Does the steps of an import, without waiting.
fn run(
    caller: &Caller,
    import: Import,
    rows: &[ImportRow],
    journal: &mut Journal,
    kill: Option<Kill>,
) -> Run {
    run_at(SystemTime::now(), caller, import, rows, journal, kill)
}

fn run_at(
    begun: SystemTime,
    (client, credentials): &Caller,
    mut import: Import,
    rows: &[ImportRow],
    journal: &mut Journal,
    kill: Option<Kill>,
) -> Run {
    journal.read = 0;
    import.begin(credentials, begun);
    let mut rows = rows.iter().cloned();
    let mut run = Run { reports: Vec::new(), result: None, steps: 0, waited: Duration::ZERO };
    loop {
        let step = import.next();
        run.steps += 1;
        let is_killed = matches!(kill, Some(Kill::After(step)) if step == run.steps);
        if matches!(kill, Some(Kill::Before(step)) if step == run.steps) {
            return run;
        }
        match step {
            ImportStep::Recall => {
                let entry = journal.next_entry();
                import.recalled(entry);
            }
            ImportStep::Rows(count) => import.rows(rows.by_ref().take(count).collect()),
            ImportStep::Send(request) => {
                let reply = request.send(client);
                if is_killed {
                    return run;
                }
                import.told(reply);
            }
            ImportStep::Wait(wait) => {
                run.waited += wait;
                import.waited();
            }
            ImportStep::Record(entry) => {
                let added = journal.add(&entry);
                if is_killed {
                    return run;
                }
                import.recorded(added);
            }
            ImportStep::Report(reports) => run.reports.extend(reports),
            ImportStep::Done(result) => {
                run.result = Some(result);
                return run;
            }
            step => panic!("{step:?}"),
        }
    }
}

fn is_done(run: &Run) -> bool {
    matches!(run.result, Some(Ok(())))
}

/// All that rows may say, and rows that say nothing.
fn people() -> Vec<ImportRow> {
    let mut rows = vec![
        ImportRow::new("ann@example.com").with_first_name("Ann").with_tag("VIP").with_tag("vip "),
        ImportRow::new("nobody"),
        ImportRow::new(" Bob@example.com").with_field("Company", "X").with_field("City", "Y"),
        ImportRow::new("ANN@example.com").with_first_name("Anna").with_field("company", "Z"),
        ImportRow::unreadable("line 6: has 3 columns, and not 2"),
        ImportRow::new("cid@example.com").with_state(SubscriberState::Cancelled).with_tag("Old"),
        ImportRow::new("dan@example.com").with_state(SubscriberState::Inactive).with_tag(" "),
    ];
    // More than an import has in hand with an API key.
    let others = (0..12).map(|number| {
        ImportRow::new(format!("{number}@example.com")).with_first_name("N").with_tag("VIP")
    });
    rows.extend(others);
    rows.push(ImportRow::new("0@example.com").with_tag("Late"));
    rows
}

#[test]
fn rows_are_brought_over() {
    for by in BOTH {
        let emulator = Emulator::start().unwrap();
        let (client, _) = client(&emulator, by);
        // Tags and people that are there already.
        client.send(&CreateTag::new("vip").unwrap()).unwrap();
        let rows = people();
        let reports: Vec<_> =
            client.import(Import::new(), rows.clone(), ()).map(Result::unwrap).collect();
        assert_eq!(reports.iter().map(|report| report.row.clone()).collect::<Vec<_>>(), rows);
        let numbers: Vec<_> = reports.iter().map(|report| report.number).collect();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
        let outcomes: Vec<_> =
            reports.iter().map(|report| report.result.outcome.to_string()).collect();
        let mut expected = vec!["created"; 20];
        expected[1] = "refused: email_address is no email address";
        expected[4] = "refused: line 6: has 3 columns, and not 2";
        assert_eq!(outcomes, expected, "{by:?}");
        let merged: Vec<_> = reports
            .iter()
            .filter_map(|report| Some((report.number, report.result.merged_into?)))
            .collect();
        // The last row is another hundred's, or another ten's.
        let expected = if by == As::ApiKey { vec![(1, 4)] } else { vec![(1, 4), (8, 20)] };
        assert_eq!(merged, expected, "{by:?}");
        assert_eq!(held(&emulator), said(&rows), "{by:?}");
        let tags: Vec<_> = client.items(ListTags::new()).map(|tag| tag.unwrap().name).collect();
        assert_eq!(tags.len(), 3, "{tags:?}");
    }
}

#[test]
fn an_import_that_is_killed_goes_on() {
    let rows = people();
    for by in BOTH {
        let whole = {
            let emulator = Emulator::start().unwrap();
            let client = client(&emulator, by);
            run(&client, Import::new(), &rows, &mut Journal::default(), None)
        };
        for step in 1..=whole.steps {
            for kill in [Kill::Before(step), Kill::After(step)] {
                let emulator = Emulator::start().unwrap();
                let client = client(&emulator, by);
                let mut journal = Journal::default();
                run(&client, Import::new(), &rows, &mut journal, Some(kill));
                let again = run(&client, Import::new(), &rows, &mut journal, None);
                assert!(is_done(&again), "{by:?} {kill:?}: {again:?}");
                assert_eq!(again.outcomes(), whole.outcomes(), "{by:?} {kill:?}");
                assert_eq!(held(&emulator), said(&rows), "{by:?} {kill:?}");
                // A third one has nothing to do but to report.
                let requests = emulator.requests();
                let third = run(&client, Import::new(), &rows, &mut journal, None);
                assert_eq!(third.outcomes(), whole.outcomes(), "{by:?} {kill:?}");
                assert_eq!(emulator.requests(), requests, "{by:?} {kill:?}");
            }
        }
    }
}

/// Few addresses, fields and tags, so that rows meet.
fn row() -> impl Strategy<Value = ImportRow> {
    let address = prop_oneof![
        9 => (0..12_u8, any::<bool>()).prop_map(|(number, is_loud)| {
            let address = format!("p{number}@example.com");
            if is_loud { address.to_uppercase() } else { address }
        }),
        1 => prop_oneof![Just(""), Just("@"), Just("a b@c.d"), Just("no")].prop_map(str::to_owned),
    ];
    let name = proptest::option::of("[A-C]");
    let state = prop_oneof![
        8 => Just(None),
        1 => Just(Some(SubscriberState::Cancelled)),
        1 => Just(Some(SubscriberState::Active)),
    ];
    let fields = proptest::collection::btree_map("[F-H]", "[a-c]{0,2}", 0..3);
    let tags = proptest::collection::vec("[T-V]", 0..3);
    (address, name, state, fields, tags).prop_map(|(address, name, state, fields, tags)| {
        let mut row = ImportRow::new(address);
        (row.first_name, row.state, row.fields, row.tags) = (name, state, fields, tags);
        row
    })
}

/// A fault now and then: before the request is applied, or after.
fn fail_some(emulator: &Emulator, seed: u64, percent: u32) {
    let mut random = fastrand::Rng::with_seed(seed);
    emulator.fail_when(move |_| {
        let faults = [
            Fault::status(503),
            Fault::status(500).after_applying(),
            Fault::close(),
            Fault::close().after_applying(),
            Fault::status(429),
            Fault::garbage().after_applying(),
        ];
        (random.u32(..100) < percent).then(|| random.choice(faults)).flatten()
    });
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    /// Each row has one outcome, in the order of the input, and what Kit holds is what the rows say: whatever fails, and
    /// however often the import is killed.
    #[test]
    fn rows_keep_the_laws(
        rows in proptest::collection::vec(row(), 0..40),
        by in prop_oneof![Just(As::ApiKey), Just(As::AccessToken)],
        seed: u64,
        percent in prop_oneof![Just(0_u32), Just(5), Just(30)],
        kills in proptest::collection::vec((1..60_usize, any::<bool>()), 0..4),
    ) {
        let emulator = Emulator::start().unwrap();
        let client = client(&emulator, by);
        fail_some(&emulator, seed, percent);
        let mut journal = Journal::default();
        for (step, is_before) in kills {
            let kill = if is_before { Kill::Before(step) } else { Kill::After(step) };
            run(&client, Import::new(), &rows, &mut journal, Some(kill));
        }
        let faulty = run(&client, Import::new(), &rows, &mut journal, None);
        prop_assert!(faulty.result.is_some());
        let reported: Vec<_> = faulty.reports.iter().map(|report| report.row.clone()).collect();
        prop_assert_eq!(&reported, &rows);
        for report in &faulty.reports {
            let is_refused = matches!(report.result.outcome, RowOutcome::Refused { .. });
            let is_address = report.row.email_address.starts_with(['p', 'P']);
            prop_assert_eq!(is_refused, !is_address, "{:?}", report);
        }
        // What is open can be sent again, in the order of the rows.
        emulator.heal();
        let is_open = |report: &RowReport| {
            let refused = matches!(report.result.outcome, RowOutcome::Refused { .. });
            !refused && !report.result.outcome.is_done()
        };
        let first_open = faulty.reports.iter().position(is_open);
        if let Some(first) = first_open {
            let again = run(&client, Import::new(), &rows[first..], &mut Journal::default(), None);
            prop_assert!(is_done(&again) && !again.reports.iter().any(is_open), "{:?}", again);
        }
        prop_assert_eq!(held(&emulator), said(&rows));
    }
}

/// Imports rows, as somebody who begins so much later.
fn outcomes_later(emulator: &Emulator, by: As, rows: &[ImportRow], later: u64) -> Vec<String> {
    let (client, credentials) = client(emulator, by);
    let begun = SystemTime::now() + Duration::from_secs(later);
    let caller = (client, credentials);
    let run = run_at(begun, &caller, Import::new(), rows, &mut Journal::default(), None);
    assert!(is_done(&run), "{run:?}");
    run.outcomes()
}

#[test]
fn what_was_there_is_told_from_what_is_new() {
    for by in BOTH {
        let emulator = Emulator::start().unwrap();
        let rows = [
            ImportRow::new("tagged@example.com").with_tag("VIP"),
            ImportRow::new("bare@example.com"),
            ImportRow::new("named@example.com").with_first_name("Cid"),
            ImportRow::new("field@example.com").with_field("City", "X"),
            ImportRow::new("gone@example.com").with_state(SubscriberState::Cancelled),
        ];
        assert_eq!(outcomes_later(&emulator, by, &rows, 0), ["created"; 5]);
        // Kit does not tell who has created them a moment ago.
        assert_eq!(outcomes_later(&emulator, by, &rows[..1], 200), ["created"]);
        emulator.advance(Duration::from_secs(400));
        let again = outcomes_later(&emulator, by, &rows, 400);
        assert_eq!(again, ["unchanged", "unchanged", "updated", "updated", "unchanged"], "{by:?}");
        let changed = [
            ImportRow::new("bare@example.com").with_tag("VIP"),
            ImportRow::new("bare@example.com").with_tag("VIP"),
            ImportRow::new("named@example.com").with_state(SubscriberState::Cancelled),
            ImportRow::new("gone@example.com").with_state(SubscriberState::Active),
            ImportRow::new("new@example.com"),
        ];
        let again = outcomes_later(&emulator, by, &changed, 400);
        assert_eq!(again, ["updated", "updated", "updated", "unchanged", "created"], "{by:?}");
    }
}

#[test]
fn a_state_that_kit_keeps_is_told() {
    for by in BOTH {
        let emulator = Emulator::start().unwrap();
        let caller = client(&emulator, by);
        let cancelled = ImportRow::new("a@example.com").with_state(SubscriberState::Cancelled);
        let active = ImportRow::new("a@example.com").with_state(SubscriberState::Active);
        let run = |rows: &[ImportRow]| {
            let run = run(&caller, Import::new(), rows, &mut Journal::default(), None);
            run.reports.into_iter().flat_map(|report| report.result.warnings).collect::<Vec<_>>()
        };
        assert!(run(std::slice::from_ref(&cancelled)).is_empty());
        assert_eq!(run(std::slice::from_ref(&active)), ["is cancelled, and stays so"], "{by:?}");
        let both = run(&[ImportRow::new("b@example.com"), {
            let mut row = active.clone();
            row.email_address = "b@example.com".to_owned();
            row
        }]);
        assert_eq!(both, ["the state active comes after a row without it"; 2]);
    }
}

#[test]
fn an_import_ends_where_nothing_heals_it() {
    for by in BOTH {
        let done = [if by == As::ApiKey { " Bob@example.com" } else { "dan@example.com" }];
        for status in [401, 403] {
            let emulator = Emulator::start().unwrap();
            let caller = client(&emulator, by);
            let rows = people();
            // Some are done before.
            let mut left = 8;
            emulator.fail_when(move |_| {
                left = usize::saturating_sub(left, 1);
                (left == 0).then(|| Fault::status(status))
            });
            let mut journal = Journal::default();
            let ended = run(&caller, Import::new(), &rows, &mut journal, None);
            assert!(
                matches!(&ended.result, Some(Err(Error::Api(error))) if error.status() == status)
            );
            assert_eq!(emulator.requests(), 8, "{by:?} {status}");
            assert_eq!(ended.waited, Duration::ZERO);
            assert_eq!(ended.reports.len(), rows.len());
            for report in &ended.reports {
                match &report.result.outcome {
                    RowOutcome::NotAttempted { reasons } => {
                        assert!(
                            reasons.iter().all(|reason| reason.contains(&status.to_string())),
                            "{reasons:?}"
                        );
                    }
                    RowOutcome::Refused { id: None, .. } => {}
                    // All is done that the row says.
                    RowOutcome::Created { .. } if done.contains(&&*report.row.email_address) => {}
                    outcome => panic!("{outcome:?}"),
                }
            }
            emulator.heal();
            let again = run(&caller, Import::new(), &rows, &mut journal, None);
            assert!(is_done(&again));
            assert_eq!(held(&emulator), said(&rows));
        }
    }
}

#[test]
fn an_import_ends_where_kit_is_down() {
    for by in BOTH {
        let emulator = Emulator::start().unwrap();
        let caller = client(&emulator, by);
        // Names that are there, so that people are the first that fail.
        let rows: Vec<_> = (0..350).map(|n| ImportRow::new(format!("{n}@example.com"))).collect();
        emulator.fail_when(|_| Some(Fault::status(503)));
        let run_down = run(&caller, Import::new(), &rows, &mut Journal::default(), None);
        assert!(matches!(&run_down.result, Some(Err(Error::Api(error))) if error.status() == 503));
        // Three works of four rounds more: of a hundred people in one request, or of ten in a request for each.
        let requests = if by == As::AccessToken { 3 * 5 } else { 3 * 5 * 10 };
        assert_eq!(emulator.requests(), requests, "{by:?}");
        assert_eq!(run_down.waited, Duration::from_secs(3 * (10 + 20 + 40 + 60)));
        let may_have = |report: &&RowReport| {
            matches!(report.result.outcome, RowOutcome::MayHaveBeenApplied { .. })
        };
        let tried = if by == As::AccessToken { 300 } else { 30 };
        assert_eq!(run_down.reports.iter().filter(may_have).count(), tried, "{by:?}");
        assert_eq!(run_down.reports.len(), 350);
        assert!(matches!(
            run_down.reports.last().unwrap().result.outcome,
            RowOutcome::NotAttempted { .. }
        ));
    }
}

/// A reply of Kit to requests with this end of the path.
fn answer(emulator: &Emulator, path: &'static str, status: u16, body: &serde_json::Value) {
    let body = body.to_string();
    emulator.fail_when(move |request| {
        let is_meant = request.uri().path() == path && request.method() == "POST";
        is_meant.then(|| Fault::status(status).body("application/json", body.clone()))
    });
}

#[test]
fn what_kit_refuses_is_named() {
    for by in BOTH {
        for (path, expected) in [
            ("/v4/tags", "saved as 1, but for: tag VIP: Kit says no"),
            ("/v4/custom_fields", "saved as 1, but for: custom field City: Kit says no"),
        ] {
            let emulator = Emulator::start().unwrap();
            let caller = client(&emulator, by);
            answer(&emulator, path, 422, &json!({"errors": ["Kit says no"]}));
            let rows = [
                ImportRow::new("a@example.com").with_tag("VIP").with_field("City", "X"),
                ImportRow::new("b@example.com"),
            ];
            let run = run(&caller, Import::new(), &rows, &mut Journal::default(), None);
            assert!(is_done(&run));
            let outcomes = run.outcomes();
            let (_, said) = outcomes[0].split_once(", but").unwrap();
            assert_eq!(said, expected.split_once(", but").unwrap().1, "{by:?}");
            assert_eq!(outcomes[1], "created");
        }
    }
}

#[test]
fn fields_that_the_account_does_not_have_are_created_ignored_or_refused() {
    for by in BOTH {
        for (choice, expected, warning) in [
            (UnknownFields::Create, "created", None),
            (
                UnknownFields::Ignore,
                "created",
                Some("custom field City: the account has none such"),
            ),
            (UnknownFields::Refuse, "refused: the account has no custom field City", None),
        ] {
            let emulator = Emulator::start().unwrap();
            let caller = client(&emulator, by);
            let rows = [
                ImportRow::new("a@example.com").with_field("City", "X"),
                ImportRow::new("b@example.com").with_first_name("B"),
            ];
            let import = Import::new().with_unknown_fields(choice);
            let run = run(&caller, import, &rows, &mut Journal::default(), None);
            assert_eq!(run.outcomes(), [expected, "created"], "{by:?}");
            assert_eq!(run.reports[0].result.warnings, Vec::from_iter(warning), "{by:?}");
            let fields = caller.0.items(ListCustomFields::new()).count();
            assert_eq!(fields, usize::from(choice == UnknownFields::Create));
        }
    }
}

#[test]
fn a_field_is_found_by_its_key_and_by_its_label() {
    for by in BOTH {
        let emulator = Emulator::start().unwrap();
        let caller = client(&emulator, by);
        caller.0.send(&CreateCustomField::new("Shoe size").unwrap()).unwrap();
        let rows = [
            ImportRow::new("a@example.com").with_field("shoe_size", "40"),
            ImportRow::new("b@example.com").with_field(" SHOE  size", "41"),
            // One person by both: the later row wins.
            ImportRow::new("c@example.com").with_field("shoe_size", "42"),
            ImportRow::new("c@example.com").with_field("Shoe size", "43"),
        ];
        assert!(is_done(&run(&caller, Import::new(), &rows, &mut Journal::default(), None)));
        let values: Vec<_> =
            held(&emulator).into_values().map(|known| known.2["shoe size"].clone()).collect();
        assert_eq!(values, ["40", "41", "43"], "{by:?}");
    }
}

#[test]
fn people_are_added_to_forms() {
    for by in BOTH {
        let emulator = Emulator::start().unwrap();
        let caller = client(&emulator, by);
        let seed = json!({"forms": [{"id": 7, "name": "Sign up", "type": "embed", "status": "active", "created_at": "2026-07-29T14:32:10Z"}]});
        emulator.seed(&seed).unwrap();
        let rows = [
            ImportRow::new("a@example.com").with_form("7"),
            ImportRow::new("b@example.com").with_form("sign UP"),
            ImportRow::new("c@example.com").with_form("Nowhere"),
            ImportRow::new("d@example.com").with_form("8"),
        ];
        let run = run(&caller, Import::new(), &rows, &mut Journal::default(), None);
        let outcomes = run.outcomes();
        assert_eq!(outcomes[..2], ["created", "created"], "{by:?}");
        assert!(
            outcomes[2].ends_with("but for: form Nowhere: the account has none such"),
            "{outcomes:?}"
        );
        assert!(outcomes[3].contains("but for: form 8: "), "{outcomes:?}");
        let on_form =
            caller.0.items(ListFormSubscribers::new(7.into())).map(|s| s.unwrap().email_address);
        assert_eq!(
            on_form.collect::<BTreeSet<_>>(),
            ["a@example.com", "b@example.com"].map(str::to_owned).into()
        );
    }
}

/// Kit does not always say which row of a bulk reply is whose.
#[test]
fn a_subscriber_whose_id_is_not_in_the_reply_is_created_alone() {
    let emulator = Emulator::start().unwrap();
    let caller = client(&emulator, As::AccessToken);
    answer(&emulator, "/v4/bulk/subscribers", 200, &json!({"subscribers": [], "failures": []}));
    let rows = [ImportRow::new("a@example.com").with_tag("VIP").with_field("City", "X")];
    let run_alone = run(&caller, Import::new(), &rows, &mut Journal::default(), None);
    assert_eq!(run_alone.outcomes(), ["created"]);
    assert_eq!(held(&emulator), said(&rows));
    answer(&emulator, "/v4/bulk/subscribers", 202, &json!({}));
    let queued = run(&caller, Import::new(), &rows, &mut Journal::default(), None);
    assert_eq!(queued.outcomes(), ["may have been done: Kit has queued it"]);
}

#[test]
fn what_cannot_be_sent_is_refused_before() {
    let emulator = Emulator::start().unwrap();
    let mut many = ImportRow::new("a@example.com");
    for number in 0..141 {
        many = many.with_field(format!("field {number}"), "x");
    }
    let refused = [
        (many, "has 141 custom fields, and Kit takes 140 of a subscriber"),
        (ImportRow::new("a@example.com").with_field(" ", "x"), "fields have one without a name"),
        (ImportRow::new(" "), "email_address is blank"),
        (ImportRow::new("a"), "email_address is no email address"),
        (ImportRow::new("@b"), "email_address is no email address"),
        (ImportRow::new("a@"), "email_address is no email address"),
        (ImportRow::new("a@b@c"), "email_address is no email address"),
        (ImportRow::new("a @b"), "email_address is no email address"),
        (ImportRow::new("a\u{7}@b"), "email_address is no email address"),
    ];
    for by in BOTH {
        for (row, reason) in &refused {
            let caller = client(&emulator, by);
            let rows = std::slice::from_ref(row);
            let run = run(&caller, Import::new(), rows, &mut Journal::default(), None);
            assert_eq!(run.outcomes(), [format!("refused: {reason}")]);
        }
    }
    // At most the custom fields were listed.
    assert!(emulator.requests() <= 4, "{}", emulator.requests());
    assert!(held(&emulator).is_empty());
}

#[test]
fn people_are_unsubscribed_by_their_addresses() {
    for by in BOTH {
        let emulator = Emulator::start().unwrap();
        let caller = client(&emulator, by);
        let rows = [
            ImportRow::new("a@example.com"),
            ImportRow::new("b@example.com").with_state(SubscriberState::Cancelled),
            ImportRow::new("c@example.com"),
        ];
        assert!(is_done(&run(&caller, Import::new(), &rows, &mut Journal::default(), None)));
        let gone = [
            ImportRow::new(" A@example.com").with_tag("not given"),
            ImportRow::new("b@example.com"),
            ImportRow::new("d@example.com"),
            ImportRow::new("e"),
        ];
        let mut journal = Journal::default();
        let run_gone = run(&caller, Import::unsubscribing(), &gone, &mut journal, None);
        assert_eq!(
            run_gone.outcomes(),
            [
                "updated",
                "unchanged",
                "refused: no subscriber has this email_address",
                "refused: email_address is no email address"
            ]
        );
        let held = held(&emulator);
        let states: Vec<_> = held.values().map(|known| known.1.as_str()).collect();
        assert_eq!(states, ["cancelled", "cancelled", "active"], "{by:?}");
        assert!(held.values().all(|known| known.3.is_empty()));
        // The journal of another deed.
        let other = run(&caller, Import::new(), &gone, &mut journal, None);
        assert!(matches!(other.result, Some(Err(Error::Input { field: "journal", .. }))));
    }
}

#[test]
fn an_export_is_taken_back() {
    let emulator = Emulator::start().unwrap();
    let caller = client(&emulator, As::AccessToken);
    let rows = people();
    assert!(is_done(&run(&caller, Import::new(), &rows, &mut Journal::default(), None)));
    let exported: Vec<ImportRow> =
        caller.0.items(everybody()).map(|subscriber| subscriber.unwrap().into()).collect();
    let other = Emulator::start().unwrap();
    for by in BOTH {
        let caller = client(&other, by);
        let run = run(&caller, Import::new(), &exported, &mut Journal::default(), None);
        assert!(is_done(&run) && run.reports.iter().all(|report| report.result.outcome.is_done()));
        assert!(run.reports.iter().all(|report| report.result.warnings.is_empty()), "{run:?}");
        // Fields have their keys as labels there.
        let keys =
            |held: BTreeMap<String, Known>| format!("{held:?}").replace("shoe size", "shoe_size");
        assert_eq!(keys(held(&other)), keys(held(&emulator)));
    }
    // As JSON, too.
    let json = serde_json::to_string(&exported).unwrap();
    assert_eq!(serde_json::from_str::<Vec<ImportRow>>(&json).unwrap(), exported);
}

#[test]
fn a_journal_of_other_rows_is_refused() {
    let emulator = Emulator::start().unwrap();
    let caller = client(&emulator, As::ApiKey);
    let rows = people();
    let mut journal = Journal::default();
    assert!(is_done(&run(&caller, Import::new(), &rows, &mut journal, None)));
    let requests = emulator.requests();
    let mut other = rows.clone();
    other[12].first_name = None;
    for rows in [&other[..], &rows[..15], &[]] {
        let run = run(&caller, Import::new(), rows, &mut journal, None);
        let Some(Err(error)) = &run.result else { panic!("{run:?}") };
        let row = if rows.is_empty() { 1 } else { 11 };
        assert_eq!(
            error.to_string(),
            format!("journal: is of other rows than these from row {row} on")
        );
        assert_eq!(run.reports.len(), rows.len(), "what was done before is reported");
    }
    // A part of it: what is missing is done again.
    let entry = journal.lines[0].clone();
    journal.lines[1] = entry;
    assert!(is_done(&run(&caller, Import::new(), &rows, &mut journal, None)));
    // One that leaves rows out.
    journal.lines = vec![journal.lines[2].clone()];
    let run_gap = run(&caller, Import::new(), &rows, &mut journal, None);
    assert!(matches!(run_gap.result, Some(Err(Error::Input { field: "journal", .. }))));
    assert_eq!(emulator.requests(), requests + 10 + 10 + 2, "for the second ten rows");
}

/// A journal that fails.
struct Failing {
    can_read: bool,
}

impl ImportJournal for Failing {
    fn next_entry(&mut self) -> Result<Option<JournalEntry>, StoreError> {
        if self.can_read { Ok(None) } else { Err("no disk".into()) }
    }

    fn add(&mut self, _: &JournalEntry) -> Result<(), StoreError> {
        Err("no room".into())
    }
}

#[test]
fn a_journal_that_fails_ends_the_import() {
    let emulator = Emulator::start().unwrap();
    let (client, _) = client(&emulator, As::ApiKey);
    let rows = people();
    for (can_read, done, reason) in [
        (false, 0, "journal: cannot be read: no disk"),
        (true, 8, "journal: cannot be written: no room"),
    ] {
        let results: Vec<_> =
            client.import(Import::new(), rows.clone(), Failing { can_read }).collect();
        assert_eq!(results.len(), rows.len() + 1);
        assert_eq!(results.last().unwrap().as_ref().unwrap_err().to_string(), reason);
        let is_done = |report: &&RowReport| report.result.outcome.is_done();
        assert_eq!(results.iter().flatten().filter(is_done).count(), done);
    }
}

#[test]
fn a_journal_in_a_file_outlasts_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("import.journal");
    let emulator = Emulator::start().unwrap();
    let (client, _) = client(&emulator, As::ApiKey);
    let rows = people();
    let take = |count| {
        let journal = FileJournal::open(&path).unwrap();
        let reports = client.import(Import::new(), rows.clone(), journal).take(count);
        reports.map(|report| report.unwrap().result.outcome.to_string()).collect::<Vec<_>>()
    };
    let some = take(10);
    let requests = emulator.requests();
    {
        let _journal = FileJournal::open(&path).unwrap();
        let error = FileJournal::open(&path).unwrap_err();
        assert!(
            error.to_string().ends_with("import.journal: is in use by another import"),
            "{error}"
        );
    }
    // A crash in the middle of a line.
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 1);
    assert!(!text.contains("example.com"));
    let mut text = text.into_bytes();
    text.extend_from_within(..40);
    std::fs::write(&path, &text).unwrap();
    let all = take(usize::MAX);
    assert_eq!(all[..10], some);
    assert_eq!(emulator.requests(), requests + 10 + 10 + 2, "for the second ten rows");
    assert_eq!(take(usize::MAX), all);
    assert_eq!(held(&emulator), said(&rows));
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }
    std::fs::write(&path, "what is this\n").unwrap();
    let mut results = client.import(Import::new(), rows, FileJournal::open(&path).unwrap());
    let error = results.find_map(Result::err).unwrap().to_string();
    assert!(error.contains("is no journal of an import, from line 1, column 1 on"), "{error}");
}

#[tokio::test]
async fn an_async_import_does_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("import.journal");
    let emulator = Emulator::start().unwrap();
    let credentials = Credentials::access_token(emulator.access_token());
    let builder = kit_hyper::Client::builder().base_url(emulator.base_url());
    let client = builder.build(credentials).unwrap();
    let rows = people();
    let mut outcomes = Vec::new();
    for _ in 0..2 {
        let journal = FileJournal::open(&path).unwrap();
        let mut reports = client.import(Import::new(), rows.clone(), journal);
        let mut run = Vec::new();
        while let Some(report) = reports.next().await {
            run.push(report.unwrap().result.outcome.to_string());
        }
        assert!(reports.next().await.is_none());
        outcomes.push(run);
    }
    assert_eq!(outcomes[0].len(), 20);
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!(held(&emulator), said(&rows));
}

/// Whoever stops waiting, and waits again, gets each report once.
#[tokio::test]
async fn an_async_import_may_be_dropped_between() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("import.journal");
    let emulator = Emulator::start().unwrap();
    let credentials = Credentials::api_key(emulator.api_key());
    let builder = kit_hyper::Client::builder().base_url(emulator.base_url());
    let client = builder.build(credentials).unwrap();
    let rows = people();
    for _ in 0..2 {
        let journal = FileJournal::open(&path).unwrap();
        let mut reports = client.import(Import::new(), rows.clone(), journal);
        let mut numbers = Vec::new();
        let mut polls = 0;
        loop {
            polls += 1;
            let mut next = std::pin::pin!(reports.next());
            // One poll at a time, and now and then more.
            let mut left = polls % 7;
            let next = std::future::poll_fn(|cx| match next.as_mut().poll(cx) {
                std::task::Poll::Ready(next) => std::task::Poll::Ready(Some(next)),
                std::task::Poll::Pending if left == 0 => std::task::Poll::Ready(None),
                std::task::Poll::Pending => {
                    left -= 1;
                    std::task::Poll::Pending
                }
            });
            match next.await {
                None => tokio::task::yield_now().await,
                Some(None) => break,
                Some(Some(report)) => numbers.push(report.unwrap().number),
            }
        }
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    }
    assert_eq!(held(&emulator), said(&rows));
}

#[test]
fn an_import_that_is_cancelled_refuses_nothing() {
    for by in BOTH {
        let emulator = Emulator::start().unwrap();
        let cancel = kit_ureq::Cancel::new();
        let (_, credentials) = client(&emulator, by);
        let builder = Client::builder().base_url(emulator.base_url());
        let cancelled = builder.build(credentials).unwrap().with_cancel(&cancel);
        let mut rows = people();
        rows.extend((20..250).map(|n| ImportRow::new(format!("{n}@example.com"))));
        let mut journal = Journal::default();
        let mut reports = Vec::new();
        let mut import = cancelled.import(Import::new(), rows.clone(), &mut journal);
        reports.extend(import.next());
        cancel.cancel();
        reports.extend(import.by_ref());
        assert!(matches!(reports.pop(), Some(Err(Error::Input { .. }))), "{by:?}");
        assert_eq!(reports.len(), rows.len());
        let refused = reports
            .iter()
            .flatten()
            .filter(|report| matches!(report.result.outcome, RowOutcome::Refused { .. }));
        assert_eq!(refused.count(), 2, "those that are none");
        drop(import);
        assert_eq!(journal.lines.len(), 1);
        let caller = client(&emulator, by);
        assert!(is_done(&run(&caller, Import::new(), &rows, &mut journal, None)));
        assert_eq!(held(&emulator), said(&rows));
    }
}

/// Rows behind an open one are not in the journal: where they are sent again, they come after it.
#[test]
fn an_import_goes_on_from_the_first_open_row() {
    for by in BOTH {
        let emulator = Emulator::start().unwrap();
        let caller = client(&emulator, by);
        // One of the second page comes again at the end.
        let last = if by == As::ApiKey { "12@example.com" } else { "120@example.com" };
        let rows: Vec<_> = (0..350)
            .map(|n| ImportRow::new(format!("{n}@example.com")).with_first_name("N"))
            .chain([ImportRow::new(last).with_first_name("Last")])
            .collect();
        let mut journal = Journal::default();
        // One page finds nobody at home.
        let path = if by == As::ApiKey { "/v4/subscribers" } else { "/v4/bulk/subscribers" };
        // The second page, all five times: ten requests each time, or one.
        let (page, begin, end) = if by == As::ApiKey { (10, 11, 61) } else { (100, 2, 7) };
        let mut number = 0;
        emulator.fail_when(move |request| {
            number += usize::from(request.uri().path() == path);
            let is_meant = request.uri().path() == path && (begin..end).contains(&number);
            is_meant.then(|| Fault::status(503))
        });
        let first = run(&caller, Import::new(), &rows, &mut journal, None);
        assert!(is_done(&first), "{first:?}");
        let open = first.reports.iter().filter(|report| !report.result.outcome.is_done()).count();
        assert_eq!((open, journal.lines.len()), (page, 1), "{by:?}");
        emulator.heal();
        let again = run(&caller, Import::new(), &rows, &mut journal, None);
        assert!(
            is_done(&again) && again.reports.iter().all(|report| report.result.outcome.is_done())
        );
        assert_eq!(held(&emulator), said(&rows), "{by:?}");
    }
}

/// A request is refused as a whole, for what is in one of its items.
#[test]
fn a_row_that_kit_refuses_takes_no_other_along() {
    let emulator = Emulator::start().unwrap();
    let caller = client(&emulator, As::AccessToken);
    let rows: Vec<_> = (0..5).map(|n| ImportRow::new(format!("{n}@example.com"))).collect();
    let mut number = 0;
    emulator.fail_when(move |_| {
        number += 1;
        // All five, and then the third alone.
        let body = r#"{"errors": ["Kit says no"]}"#;
        matches!(number, 1 | 4).then(|| Fault::status(422).body("application/json", body))
    });
    let mixed = run(&caller, Import::new(), &rows, &mut Journal::default(), None);
    let mut expected = vec!["created"; 5];
    expected[2] = "refused: Kit says no";
    assert_eq!(mixed.outcomes(), expected);
    assert_eq!(emulator.requests(), 6);
}

/// With an API key, Kit is said to change the first name of who is there, and not that it changes the custom fields.
#[test]
fn custom_fields_of_who_was_there_are_set() {
    let emulator = Emulator::start().unwrap();
    let caller = client(&emulator, As::ApiKey);
    let row = ImportRow::new("a@example.com").with_field("City", "X");
    let rows = std::slice::from_ref(&row);
    assert!(is_done(&run(&caller, Import::new(), rows, &mut Journal::default(), None)));
    // What Kit answers has another value.
    let subscriber = json!({"id": 1, "email_address": "a@example.com", "state": "active", "fields": {"city": "Old"}});
    answer(&emulator, "/v4/subscribers", 200, &json!({ "subscriber": subscriber }));
    let requests = emulator.requests();
    assert!(is_done(&run(&caller, Import::new(), rows, &mut Journal::default(), None)));
    let sent = emulator.recorded_requests();
    let last = sent.last().unwrap();
    assert_eq!((last.method().as_str(), last.uri().path()), ("PUT", "/v4/subscribers/1"));
    assert_eq!(last.body(), &br#"{"fields":{"city":"X"}}"#[..]);
    // The list of fields, the creation, and that.
    assert_eq!(emulator.requests() - requests, 3);
    // Where all is well, nothing more is sent.
    emulator.heal();
    let requests = emulator.requests();
    assert!(is_done(&run(&caller, Import::new(), rows, &mut Journal::default(), None)));
    assert_eq!(emulator.requests() - requests, 2);
}

#[test]
fn a_journal_belongs_to_an_account_and_to_what_was_asked_for() {
    let emulator = Emulator::start().unwrap();
    let caller = client(&emulator, As::ApiKey);
    let rows = people();
    let mut journal = Journal::default();
    let import = || Import::new().with_label("account 1");
    assert!(is_done(&run(&caller, import(), &rows, &mut journal, None)));
    for other in [
        Import::new(),
        Import::new().with_label("account 2"),
        import().with_unknown_fields(UnknownFields::Refuse),
        Import::unsubscribing().with_label("account 1"),
    ] {
        let run = run(&caller, other, &rows, &mut journal, None);
        assert!(matches!(run.result, Some(Err(Error::Input { field: "journal", .. }))), "{run:?}");
    }
    assert!(is_done(&run(&caller, import(), &rows, &mut journal, None)));
}

#[test]
fn a_field_that_was_just_created_is_found_by_its_key() {
    for by in BOTH {
        let emulator = Emulator::start().unwrap();
        let caller = client(&emulator, by);
        let mut rows = vec![ImportRow::new("a@example.com").with_field("Shoe size", "1")];
        rows.extend((0..120).map(|n| ImportRow::new(format!("{n}@example.com"))));
        rows.push(ImportRow::new("b@example.com").with_field("shoe_size", "2"));
        assert!(is_done(&run(&caller, Import::new(), &rows, &mut Journal::default(), None)));
        assert_eq!(caller.0.items(ListCustomFields::new()).count(), 1, "{by:?}");
    }
}

#[test]
fn a_state_that_kit_does_not_have_is_refused() {
    let row = ImportRow::new("a@example.com").with_state("unsubscribed".into());
    let problem = row.problem().unwrap();
    assert_eq!(problem, "state is \"unsubscribed\", and none that Kit has");
}
