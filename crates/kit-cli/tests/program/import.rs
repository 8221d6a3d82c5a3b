//! Files of people, in and out.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use kit_emulator::Fault;
use serde_json::{Value, json};

use crate::program::{Ended, Program};

fn import(program: &Program, file: &Path, more: &[&str]) -> Ended {
    program.run(&[&["import", file.to_str().unwrap()], more].concat())
}

/// What the account knows, by address.
fn held(program: &Program) -> BTreeMap<String, Value> {
    let rows = program.run(&["export", "subscribers", "--json"]).done().out;
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| (row["email_address"].as_str().unwrap().to_owned(), row)).collect()
}

#[test]
fn files_of_other_programs_are_understood() {
    let expected = json!({"email_address": "ann@example.com", "first_name": "Änn", "state": "active",
        "fields": {"company": "X, Y"}, "tags": ["Old one", "VIP"]});
    for (name, text) in [
        (
            "a.csv",
            "email_address,first_name,tags,Company\nann@example.com,Änn,\"VIP,Old one\",\"X, Y\"\n",
        ),
        (
            "b.csv",
            "\u{feff}Email;First Name;Tags;Company;\r\nann@example.com;Änn;VIP, Old one;X, Y;\r\n",
        ),
        (
            "c.csv",
            "E-Mail\tfirst_name\ttags\tfields.Company\t#remark\nann@example.com\tÄnn\tVIP,Old one\tX, Y\tno\n",
        ),
        (
            "d.ndjson",
            "\n{\"email_address\":\"ann@example.com\",\"first_name\":\"Änn\",\"tags\":[\"VIP\",\"Old one\"],\"fields\":{\"Company\":\"X, Y\"}}\n",
        ),
        (
            "e.txt",
            "{\"email_address\":\"ann@example.com\",\"first_name\":\"Änn\",\"tags\":[\"VIP\",\"Old one\"],\"fields\":{\"Company\":\"X, Y\"}}",
        ),
    ] {
        let program = Program::new();
        let file = program.file(name, text);
        let summary = import(&program, &file, &[]).json();
        assert_eq!((&summary["rows"], &summary["created"]), (&1.into(), &1.into()), "{name}");
        let mut row = held(&program)["ann@example.com"].clone();
        row["tags"].as_array_mut().unwrap().sort_by_key(ToString::to_string);
        assert_eq!(row, expected, "{name}");
        let left: Vec<_> = std::fs::read_dir(program.home())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, [name], "nothing is left beside it");
    }
}

#[test]
fn a_file_that_cannot_be_used_is_refused_by_name() {
    let program = Program::new();
    let utf16: Vec<u8> = "email\na@b.c\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes, reason) in [
        ("a.csv", [&[0xff, 0xfe][..], &utf16].concat(), "is written in UTF-16"),
        ("b.csv", b"name,tags\nA,B\n".to_vec(), "line 1 has no column email_address or email"),
        (
            "c.csv",
            b"email,email_address\na@b.c,\n".to_vec(),
            "line 1 has two columns for email_address",
        ),
        (
            "f.csv",
            b"email,Shoe size,shoe  SIZE\na@b.c,1,2\n".to_vec(),
            "line 1 has two columns for shoe  SIZE",
        ),
        ("d.csv", b"email,pr\xe9nom\na@b.c,A\n".to_vec(), "line 1 is not written in UTF-8"),
        ("e.csv", Vec::new(), "line 1 has no column email_address or email"),
    ] {
        let file = program.file(name, bytes);
        let refused = import(&program, &file, &[]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.err.contains(name) && refused.err.contains(reason), "{refused:?}");
    }
    assert_eq!(import(&program, Path::new("none.csv"), &[]).code, Some(2));
    assert_eq!(program.emulator.requests(), 0);
}

#[test]
fn rows_that_were_not_done_are_written_to_be_imported_again() {
    let program = Program::new();
    let file = program.file(
        "people.csv",
        b"email,first_name,tags,#old\na@b.c,A,VIP,x\nnobody,B,\"VIP,Late\",y\nc@d.e,pr\xe9,VIP,z\nd@e.f,D\n",
    );
    let checked = import(&program, &file, &["--dry-run"]);
    assert_eq!(checked.code, Some(2));
    assert!(
        checked.err.contains("Row 2 (nobody): email_address is no email address"),
        "{checked:?}"
    );
    assert!(checked.err.contains("line 4 is not written in UTF-8"), "{checked:?}");
    assert!(checked.err.contains("line 5 has 2 cells, and not 4"), "{checked:?}");
    assert_eq!(program.emulator.requests(), 0);
    let first = import(&program, &file, &[]);
    assert_eq!(first.code, Some(6), "{first:?}");
    let summary: Value = serde_json::from_str(&first.out).unwrap();
    assert_eq!((&summary["created"], &summary["refused"]), (&1.into(), &3.into()));
    let failed = program.home().join("people.failed.csv");
    let text = std::fs::read_to_string(&failed).unwrap();
    assert!(
        text.starts_with("email,first_name,tags,#outcome\nnobody,B,\"VIP,Late\",refused: "),
        "{text}"
    );
    program.file("people.failed.csv", text.replace("nobody", "b@c.d"));
    assert!(
        text.contains("\nc@d.e,pr\u{fffd},VIP,refused: line 4") && text.contains("\nd@e.f,D,,"),
        "{text}"
    );
    let again = import(&program, &failed, &[]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(held(&program).len(), 4, "also those that could not be read");
    assert_eq!(held(&program)["b@c.d"]["tags"].as_array().unwrap().len(), 2);
}

#[test]
fn an_export_is_taken_back() {
    let program = Program::new();
    let text = "email,first_name,state,tags,State of mind,fields.tags\na@b.c,A,,\"x,\"\"y, z\"\"\",calm,t\nb@c.d,\"B\n\"\"C\"\"\",cancelled,,,\n";
    let file = program.file("people.csv", text);
    import(&program, &file, &[]).done();
    let out = program.home().join("out.csv");
    let written = program.run(&["export", "subscribers", "-o", out.to_str().unwrap()]).done();
    assert!(written.err.contains("Wrote 2 subscribers"), "{written:?}");
    let other = Program::new();
    import(&other, &out, &[]).done();
    assert_eq!(held(&other), held(&program));
    assert_eq!(held(&other)["a@b.c"]["fields"], json!({"state_of_mind": "calm", "tags": "t"}));
    assert_eq!(held(&other)["b@c.d"]["state"], "cancelled");
}

#[test]
fn people_are_unsubscribed() {
    let program = Program::new();
    let file = program.file("people.csv", "email\na@b.c\nb@c.d\n");
    import(&program, &file, &[]).done();
    let gone = program.file("gone.csv", "email,first_name\na@b.c,X\nz@b.c,\n");
    assert_eq!(
        program.run(&["unsubscribe", gone.to_str().unwrap()]).code,
        Some(2),
        "nobody was asked"
    );
    let ended = program.run(&["unsubscribe", gone.to_str().unwrap(), "--yes"]);
    assert_eq!(ended.code, Some(6), "{ended:?}");
    assert!(
        ended.err.contains("Row 2 (z@b.c): refused: no subscriber has this email_address"),
        "{ended:?}"
    );
    assert_eq!(held(&program)["a@b.c"]["state"], "cancelled");
    assert_eq!(held(&program)["b@c.d"]["state"], "active");
}

#[test]
fn unknown_fields_are_created_ignored_or_refused() {
    for (choice, code, fields) in [("create", 0, 1), ("ignore", 0, 0), ("refuse", 6, 0)] {
        let program = Program::new();
        let file = program.file("people.csv", "email,Company\na@b.c,X\n");
        let ended = import(&program, &file, &["--unknown-fields", choice]);
        assert_eq!(ended.code, Some(code), "{ended:?}");
        let count = program.run(&["custom-fields", "list"]).done().out.lines().count();
        assert_eq!(count, fields);
    }
}

#[test]
fn an_import_that_ends_early_can_be_resumed() {
    let program = Program::new();
    let rows: String = (0..250).map(|number| format!("{number}@example.com,VIP\n")).collect();
    let file = program.file("people.csv", format!("email,tags\n{rows}"));
    let mut left = 5;
    program.emulator.fail_when(move |_| {
        left = usize::saturating_sub(left, 1);
        (left == 0).then(|| Fault::status(401))
    });
    let ended = import(&program, &file, &[]);
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(ended.err.contains("--resume"), "{ended:?}");
    program.emulator.heal();
    let refused = import(&program, &file, &[]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.err.contains("was interrupted") && refused.err.contains("people.csv.journal"),
        "{refused:?}"
    );
    let before = program.emulator.requests();
    let summary = import(&program, &file, &["--resume"]).json();
    assert_eq!((&summary["rows"], &summary["created"]), (&250.into(), &250.into()));
    // The first hundred were done.
    assert_eq!(program.emulator.requests() - before, 6);
    assert!(!program.home().join("people.csv.journal").exists());
}

#[test]
fn lines_of_json_say_as_much_as_columns() {
    let program = Program::new();
    let file = program.file("people.ndjson", "{\"email\":\"a@b.c\",\"company\":\"X\",\"size\":40,\"fields\":{\"city\":\"Y\",\"none\":null}}\n[]\n{\"email\":1}\n");
    let ended = import(&program, &file, &[]);
    assert_eq!(ended.code, Some(6), "{ended:?}");
    assert_eq!(
        held(&program)["a@b.c"]["fields"],
        json!({"company": "X", "size": "40", "city": "Y"})
    );
    let failed = std::fs::read_to_string(program.home().join("people.failed.ndjson")).unwrap();
    assert_eq!(failed, "[]\n{\"email\":1}\n", "as they were");
}

#[test]
fn no_file_is_overwritten() {
    let program = Program::new();
    let file = program.file("people.csv", "email\na@b.c\nnobody\n");
    let path = file.to_str().unwrap();
    let same = import(&program, &file, &["--failures", path]);
    assert_eq!(same.code, Some(2), "{same:?}");
    let mine = program.file("people.failed.csv", "email\nmine@b.c\n");
    let there = import(&program, &file, &[]);
    assert!(there.code == Some(2) && there.err.contains("is there already"), "{there:?}");
    assert_eq!(std::fs::read_to_string(mine).unwrap(), "email\nmine@b.c\n");
    assert_eq!(program.emulator.requests(), 0);
    // An export that fails leaves what was there.
    let backup = program.file("backup.csv", "mine");
    program.emulator.fail_when(|request| {
        (request.uri().path() == "/v4/subscribers").then(|| Fault::status(403))
    });
    let failed = program.run(&["export", "subscribers", "-o", "backup.csv"]);
    assert_eq!(failed.code, Some(4), "{failed:?}");
    assert_eq!(std::fs::read_to_string(&backup).unwrap(), "mine");
    program.emulator.heal();
    program.run(&["export", "subscribers", "-o", "backup.csv"]).done();
    assert!(std::fs::read_to_string(&backup).unwrap().starts_with("email_address,"));
}

/// Whatever is in a name, a file of results has all of it.
#[test]
fn control_characters_lose_nothing_in_a_file() {
    let program = Program::new();
    let name = "Eve\u{1b}]0;x\u{7f}\u{9b}";
    program.run(&["subscribers", "create", "eve@b.c", "--first-name", name]).done();
    program.run(&["subscribers", "create", "ann@b.c"]).done();
    for arguments in [&["export", "subscribers"][..], &["subscribers", "list", "--csv"]] {
        let out = program.run(arguments).done().out;
        assert!(
            out.contains(name) && out.contains("ann@b.c") && out.contains("eve@b.c"),
            "{out:?}"
        );
    }
}

#[test]
fn the_journal_of_another_account_is_refused() {
    let program = Program::new();
    let rows: String = (0..250).map(|number| format!("{number}@example.com\n")).collect();
    let file = program.file("people.csv", format!("email\n{rows}"));
    let mut left = 4;
    program.emulator.fail_when(move |_| {
        left = usize::saturating_sub(left, 1);
        (left == 0).then(|| Fault::status(401))
    });
    assert_eq!(import(&program, &file, &[]).code, Some(4));
    let other = Program::new();
    let mut elsewhere = program.command(&["import", "people.csv", "--resume"]);
    elsewhere.env("KIT_BASE_URL", other.emulator.base_url());
    let refused = crate::program::ended(elsewhere, "");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("journal: is of other rows"), "{refused:?}");
    assert!(held(&other).is_empty());
}

/// How many rows the import has that is killed, unless `KIT_TESTS_ROWS` says so.
const ROWS: usize = 10_000;

/// Whenever it is killed, it goes on, and nobody is lost or doubled.
#[test]
fn an_import_is_killed_five_times() {
    let count = std::env::var("KIT_TESTS_ROWS").map_or(ROWS, |rows| rows.parse().unwrap());
    let pages = count / 100;
    let program = Program::new();
    let rows: String =
        (0..count).map(|number| format!("{number}@example.com,N{number}\n")).collect();
    let file = program.file("people.csv", format!("email,first_name\n{rows}"));
    let journal = program.home().join("people.csv.journal");
    let lines = || std::fs::read_to_string(&journal).map_or(0, |text| text.lines().count());
    for killed in 0..5 {
        let arguments = ["import", file.to_str().unwrap(), "--resume"];
        let mut command = program.command(&arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while lines() < pages / 8 * (killed + 1) && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success(), "it was killed before its end");
    }
    let before = lines();
    assert!((pages / 8 * 5..pages).contains(&before), "{before}");
    let summary = import(&program, &file, &["--resume"]).json();
    assert_eq!((&summary["rows"], &summary["created"]), (&count.into(), &count.into()));
    let total =
        program.run(&["api", "GET", "/v4/subscribers?per_page=1&include_total_count=true"]).json();
    assert_eq!(total["pagination"]["total_count"], count);
    // At most the hundred that were under way were sent again.
    let bulk = program.emulator.requests();
    assert!((pages..=pages + 5 + 6).contains(&(bulk - 1)), "{bulk}");
}
