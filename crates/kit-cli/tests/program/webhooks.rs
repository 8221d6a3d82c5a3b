//! Webhooks and endpoints in step with a file, their signatures, and events of a local Kit.

use std::net::TcpListener;

use serde_json::Value;

use crate::program::{Ended, Program, ended};

const WANTED: &str = r#"
[[endpoint]]
url = "http://127.0.0.1:9/kit"
events = ["subscriber.created"]
name = "Mine"

[[webhook]]
target_url = "https://example.com/t0ken"
event = "subscriber.tag_add"
parameter = "44"
"#;

fn sync(program: &Program, file: &str, more: &[&str]) -> Ended {
    program.run(&[&["sync", file], more].concat())
}

#[test]
fn a_file_says_which_webhooks_there_are() {
    let program = Program::new();
    program.file("kit.toml", WANTED);
    let shown = sync(&program, "kit.toml", &["--dry-run"]).done();
    let lines: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(lines["plan"].as_array().unwrap().len(), 2);
    let plan = "endpoint: create subscriber.created for http://127.0.0.1:9/\u{2026}\n\
        webhook: create subscriber.tag_add (tag_id 44) for https://example.com/\u{2026}\n";
    assert_eq!(shown.err, plan);
    // Nobody can be asked.
    let refused = sync(&program, "kit.toml", &[]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert_eq!(program.emulator.webhooks().len(), 0);
    let done = sync(&program, "kit.toml", &["--yes"]);
    let result = done.json();
    let secret = result["endpoints"]["created"][0]["secret"].as_str().unwrap().to_owned();
    let is_told = done.err.contains(&secret) || done.err.contains("t0ken");
    assert!(secret.len() > 10 && !is_told, "{done:?}");
    assert_eq!(result["webhooks"]["created"][0]["id"], 1);
    let again = sync(&program, "kit.toml", &["--yes"]).done();
    assert_eq!(
        (again.json()["plan"].clone(), again.err.as_str()),
        (serde_json::json!([]), "Nothing is to be done.\n")
    );
    // A duplicate, and one that is not wanted any more.
    let event = ["--event", "subscriber.tag_add", "--parameter", "44"];
    program
        .run(&[&["webhooks", "create", "https://example.com/t0ken"], &event[..]].concat())
        .done();
    program.file("none.toml", "scope = \"http://127.0.0.1:9/\"\n");
    assert_eq!(sync(&program, "kit.toml", &["--yes"]).json()["webhooks"]["deleted"], 1);
    assert_eq!(sync(&program, "none.toml", &["--yes"]).json()["endpoints"]["deleted"], 1);
    assert_eq!(program.emulator.webhooks().len(), 1, "it is in no scope");
}

#[test]
fn secrets_go_to_a_file_of_their_own() {
    let program = Program::new();
    program.file("kit.toml", WANTED);
    program.file("there.json", "[]");
    let refused = sync(&program, "kit.toml", &["--yes", "--secrets", "there.json"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(program.emulator.webhook_endpoints().is_empty());
    let done = sync(&program, "kit.toml", &["--yes", "--secrets", "secrets.json"]).done();
    let file = program.home().join("secrets.json");
    let secrets: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let secret = secrets[0]["secret"].as_str().unwrap();
    assert!(!done.out.contains(secret) && !done.err.contains(secret), "{done:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_file_that_cannot_be_used_is_refused_with_its_line() {
    let program = Program::new();
    for (text, reason) in [
        ("[[webhook]]\ntarget_url = 1\n", "kit.toml: line 2: "),
        ("\n\nwebhooks = []\n", "kit.toml: line 3: unknown field"),
        ("[[webhook]]\ntarget_url = \"https://a.b\"\nevent = \"subscriber.tag_add\"\n", "tag_id"),
        ("[[endpoint]]\nurl = \"a\"\nevents = [\"x\"]\n", "url"),
    ] {
        program.file("kit.toml", text);
        let refused = sync(&program, "kit.toml", &["--yes"]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.err.contains(reason), "{refused:?}");
    }
    assert_eq!(sync(&program, "none.toml", &[]).code, Some(2));
    assert_eq!(program.emulator.requests(), 0);
}

#[test]
fn a_new_endpoint_shows_its_secret_once() {
    let program = Program::new();
    let events = ["--events", "subscriber.created"];
    let create = [&["webhook-endpoints", "create", "http://127.0.0.1:9/"], &events[..]].concat();
    let created = program.run(&create).json();
    let secret = created["secret"].as_str().unwrap();
    let rotated = program.run(&["webhook-endpoints", "rotate-secret", "1"]).json();
    assert_ne!(rotated["secret"].as_str().unwrap(), secret);
    assert!(!program.run(&["webhook-endpoints", "get", "1"]).done().out.contains(secret));
}

#[test]
fn signatures_are_made_and_verified() {
    let program = Program::new();
    program.file("body.json", "{\"events\": []}");
    let secret = program.file("secret", "whsec_test\n");
    let secret = ["--secret-file", secret.to_str().unwrap()];
    let header =
        program.run(&[&["webhooks", "sign", "body.json"], &secret[..]].concat()).done().out;
    assert!(header.starts_with("t=") && header.contains(",v1="), "{header}");
    let verify = |body: &str, header: &str, more: &[&str]| {
        let arguments = ["webhooks", "verify", body, "--signature", header];
        program.run(&[&arguments[..], &secret, more].concat())
    };
    verify("body.json", header.trim(), &[]).done();
    program.file("other.json", "{\"events\": [ ]}");
    assert_eq!(verify("other.json", header.trim(), &[]).code, Some(1));
    // Made by a third party.
    program.file("old.json", "{ \"events\": [] }");
    let old = "t=1753797130,v1=5202c7c809b8fa5bc826e13f39f76bfe03f56875cab448e16b92ff6c0257f9a3";
    assert_eq!(verify("old.json", old, &[]).code, Some(1), "too old");
    verify("old.json", old, &["--any-age"]).done();
    // By a variable, and from the standard input stream.
    let mut command = program.bare();
    command.args(["webhooks", "verify", "-", "--any-age", "--signature", old]);
    command.env("KIT_SIGNING_SECRET", "whsec_test");
    ended(command, "{ \"events\": [] }").done();
    assert_eq!(program.run(&["webhooks", "sign", "body.json"]).code, Some(2), "without a secret");
}

#[test]
fn an_event_happens_in_a_local_kit() {
    let program = Program::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let events = ["--events", "subscriber.created"];
    program.run(&[&["webhook-endpoints", "create", &url], &events[..]].concat()).done();
    let triggered = program.run(&["trigger", "subscriber.created", "--count", "2"]).json();
    assert_eq!(triggered["events"].as_array().unwrap().len(), 2);
    assert_eq!(program.run(&["trigger", "no.such"]).code, Some(3));
    // Not in the real one.
    let mut real = program.bare();
    real.args(["trigger", "subscriber.created"]).env("KIT_API_KEY", "x");
    let refused = ended(real, "");
    assert_eq!(refused.code, Some(2), "{refused:?}");
}
