//! The lists of operations: the facts, the client, the pages of its resources and the local Kit have the same ones.

use std::collections::BTreeSet;

use kit_emulator::Emulator;
use kit_tests::facts::{self, Operation};
use kit_tests::foreign::Client;
use kit_tests::operations;

/// The places where an operation of these facts is missing, or where there is one that they lack.
fn complaints(facts: &[Operation]) -> Vec<String> {
    let names: BTreeSet<String> = facts.iter().map(Operation::name).collect();
    let mut complaints = Vec::new();
    if names.len() != facts.len() {
        complaints.push("the facts have an operation twice".to_owned());
    }
    let listed = pages_of_resources();
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    for operation in facts {
        let name = operation.name();
        if !operations::is_known(operation) {
            complaints.push(format!("{name} is missing in tests/src/operations"));
        }
        if !listed.contains(&name) {
            complaints.push(format!("{name} is missing on the page of its resource"));
        }
        // No operation has this method: a path that is there says which it has.
        let response = client.send("OPTIONS", &with_ids(operation.path), &[], "");
        let allowed = response.headers().get("allow").and_then(|allowed| allowed.to_str().ok());
        if !allowed.unwrap_or_default().split(", ").any(|method| method == operation.method) {
            complaints.push(format!("{name} is missing in the local Kit"));
        }
    }
    complaints.extend(listed.difference(&names).map(|name| format!("{name} is not in the facts")));
    complaints
}

/// The path, with 404 for each id: nothing has it.
fn with_ids(path: &str) -> String {
    let segments = path.split('/');
    let segments: Vec<_> =
        segments.map(|segment| if segment.starts_with('{') { "404" } else { segment }).collect();
    segments.join("/")
}

/// The operations that the pages of the resources list.
fn pages_of_resources() -> BTreeSet<String> {
    let api = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/kit-core/src/api");
    let mut listed = BTreeSet::new();
    for folder in std::fs::read_dir(api).unwrap() {
        let Ok(page) = std::fs::read_to_string(folder.unwrap().path().join("mod.rs")) else {
            continue;
        };
        for line in page.lines().filter(|line| line.starts_with("//! | ") && line.contains("/v4/"))
        {
            let name = line.rsplit('`').nth(1).expect("method and path");
            assert!(listed.insert(name.to_owned()), "{name} twice");
        }
    }
    listed
}

#[test]
fn every_list_has_each_operation_and_no_other() {
    assert_eq!(complaints(facts::operations()), [""; 0]);
}

/// The way of ARCHITECTURE.md, at its third step, with an operation that Kit does not have.
#[test]
fn an_operation_that_is_in_the_facts_alone_is_missed_everywhere() {
    let with_new = concat!(
        include_str!("../../facts/operations.txt"),
        "\n\nGET /v4/fictions/{id} any\n  200\n    fiction: object\n      id: integer\n"
    );
    let name = "GET /v4/fictions/{id}";
    assert_eq!(
        complaints(&facts::parse(with_new)),
        [
            format!("{name} is missing in tests/src/operations"),
            format!("{name} is missing on the page of its resource"),
            format!("{name} is missing in the local Kit"),
        ]
    );
}

#[test]
fn an_operation_that_the_facts_lack_is_missed() {
    let facts = facts::parse(include_str!("../../facts/operations.txt"));
    assert_eq!(complaints(&facts[1..]), [format!("{} is not in the facts", facts[0].name())]);
}
