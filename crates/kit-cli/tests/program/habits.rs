//! What scripts and people rely on, whatever the command.

use std::process::Stdio;

use kit_emulator::Fault;
use serde_json::{Value, json};

use crate::program::{Program, ended};

fn with_people(count: u64) -> Program {
    let program = Program::new();
    let person = |id: u64| {
        json!({"id": id, "email_address": format!("{id}@example.com"), "first_name": format!("N{id}"),
            "state": "active", "created_at": "2026-07-29T14:32:10Z", "fields": {}})
    };
    let people: Vec<_> = (1..=count).map(person).collect();
    program.emulator.seed(&json!({ "subscribers": people })).unwrap();
    program
}

#[test]
fn a_list_is_followed_over_all_its_pages_or_to_its_limit() {
    let program = with_people(1200);
    let all = program.run(&["subscribers", "list"]).done();
    assert_eq!(all.out.lines().count(), 1200);
    let requests = program.emulator.requests();
    assert!(requests > 1);
    for limit in ["1", "3", "0"] {
        let some = program.run(&["subscribers", "list", "--limit", limit]).done();
        assert_eq!(some.out.lines().count().to_string(), limit);
    }
    assert!(program.emulator.requests() <= requests + 3);
    let more = program.run(&["subscribers", "list", "--limit", "1100"]).done();
    assert_eq!(more.out.lines().count(), 1100);
}

#[test]
fn results_are_json_csv_or_chosen_fields() {
    let program = with_people(2);
    let list = |more: &[&str]| program.run(&[&["subscribers", "list"], more].concat()).done().out;
    let first: Value = serde_json::from_str(list(&[]).lines().next().unwrap()).unwrap();
    assert_eq!(first["email_address"], "2@example.com");
    assert_eq!(
        list(&["--fields", "id,fields.company"]),
        "{\"fields.company\":null,\"id\":2}\n{\"fields.company\":null,\"id\":1}\n"
    );
    assert_eq!(list(&["--csv", "--fields", "id,first_name"]), "id,first_name\n2,N2\n1,N1\n");
    assert!(list(&["--csv"]).starts_with("id,email_address,first_name,state,"));
    let one = program.run(&["subscribers", "get", "1", "--csv", "--fields", "id,state"]);
    assert_eq!(one.done().out, "id,state\n1,active\n");
    assert_eq!(program.run(&["tags", "list"]).done().out, "");
    let colors = program.run(&["account", "set-colors", "#8ce8ff", "--json"]).json();
    assert_eq!(colors, json!(["#8ce8ff"]));
}

#[test]
fn the_exit_code_says_what_kind_of_failure_it_was() {
    let program = with_people(1);
    let code = |arguments: &[&str]| program.run(arguments).code.unwrap();
    assert_eq!(code(&["subscribers", "get", "1"]), 0);
    assert_eq!(code(&["subscribers", "get", "x"]), 2);
    assert_eq!(code(&["subscribers", "get"]), 2);
    assert_eq!(code(&["nothing"]), 2);
    assert_eq!(code(&["tags", "create", " "]), 2);
    assert_eq!(code(&["subscribers", "get", "99"]), 3);
    for (status, expected) in [(401, 4), (403, 4), (404, 3), (409, 3), (422, 3)] {
        program.emulator.fail_next(1, Fault::status(status));
        assert_eq!(code(&["account", "get"]), expected, "{status}");
    }
    program.emulator.fail_when(|_| Some(Fault::status(500)));
    // What may have been applied is not sent again.
    assert_eq!(
        code(&["webhooks", "create", "https://a.b", "--event", "purchase.purchase_create"]),
        5
    );
    program.emulator.heal();
    let mut nobody = program.bare();
    nobody.args(["account", "get"]).env("KIT_API_KEY", "x");
    // A port that nobody listens at.
    nobody.env("KIT_BASE_URL", "http://127.0.0.1:1");
    assert_eq!(ended(nobody, "").code, Some(1));
    let mut bare = program.bare();
    bare.arg("whoami");
    assert_eq!(ended(bare, "").code, Some(4));
    // An API key, for what takes an access token alone.
    let mut key = program.bare();
    key.env("KIT_BASE_URL", program.emulator.base_url())
        .env("KIT_API_KEY", program.emulator.api_key());
    key.args(["purchases", "list"]);
    assert_eq!(ended(key, "").code, Some(4));
}

#[test]
fn an_error_is_a_sentence_or_json_and_never_on_the_standard_output_stream() {
    let program = Program::new();
    let failed = program.run(&["subscribers", "get", "99"]);
    assert_eq!(failed.out, "");
    assert!(failed.err.starts_with("kit: GET /v4/subscribers/99: 404 Not Found"), "{}", failed.err);
    let failed = program.run(&["subscribers", "get", "99", "--json"]);
    assert_eq!(failed.out, "");
    let error: Value = serde_json::from_str(&failed.err).unwrap();
    assert_eq!(error["error"]["code"], 3);
    assert!(error["error"]["message"].as_str().unwrap().contains("404"));
    let mut bare = program.bare();
    bare.args(["whoami", "--json"]);
    let error: Value = serde_json::from_str(&ended(bare, "").err).unwrap();
    assert!(error["error"]["advice"].as_str().unwrap().contains("kit login"));
}

#[test]
fn a_reader_that_stops_is_no_error() {
    let program = with_people(1200);
    for format in ["--json", "--csv"] {
        let mut command = program.command(&["subscribers", "list", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
    }
}

#[test]
fn a_bulk_request_of_which_a_part_is_refused_is_partly_done() {
    let program = Program::new();
    let ended = program.run(&["bulk", "create-subscribers", "a@b.c", "what"]);
    assert_eq!(ended.code, Some(6), "{ended:?}");
    assert!(ended.out.contains("failures"), "{ended:?}");
}

#[test]
fn what_a_reader_missed_is_no_success_where_it_was_a_secret() {
    let program = Program::new();
    let create =
        ["webhook-endpoints", "create", "http://127.0.0.1:9/", "--events", "subscriber.created"];
    let mut child =
        program.command(&create).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn what_reaches_many_is_asked_for() {
    let program = Program::new();
    let content = program.file("mail.html", "<p>Hi</p>");
    let mail =
        ["broadcasts", "create", "--subject", "Hi", "--content-file", content.to_str().unwrap()];
    assert_eq!(program.run(&mail).json()["content"], "<p>Hi</p>");
    let at = [&mail[..], &["--send-at", "2030-01-01T00:00:00Z"]].concat();
    let refused = program.run(&at);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("Send it to all subscribers at 2030"), "{refused:?}");
}

#[test]
fn the_environment_comes_before_the_profile() {
    let program = Program::new();
    let key = program.emulator.api_key().to_owned();
    let other = kit_emulator::Emulator::builder().api_key("another").start().unwrap();
    let mut login = program.bare();
    login.args(["login", "--base-url", other.base_url()]);
    assert_eq!(ended(login, "another\n").code, Some(0));
    let whoami = |variables: &[(&str, &str)]| {
        let mut command = program.bare();
        command.args(["whoami", "--json"]).envs(variables.iter().copied());
        ended(command, "")
    };
    assert_eq!(whoami(&[]).json()["base_url"], other.base_url());
    let url = program.emulator.base_url();
    let by_environment = whoami(&[("KIT_BASE_URL", url), ("KIT_API_KEY", &key)]).json();
    assert_eq!(by_environment["base_url"], url);
    assert_eq!(by_environment["credentials"], "API key");
    // What the command line says comes first.
    let mut named = program.bare();
    named
        .args(["whoami", "--profile", "default"])
        .env("KIT_BASE_URL", url)
        .env("KIT_API_KEY", &key);
    assert_eq!(ended(named, "").json()["base_url"], other.base_url());
    // An empty variable says nothing.
    assert_eq!(whoami(&[("KIT_API_KEY", "")]).json()["base_url"], other.base_url());
    assert_eq!(whoami(&[("KIT_API_KEY", "wrong")]).code, Some(4));
    assert_eq!(whoami(&[("KIT_PROFILE", "none")]).code, Some(4));
}

#[test]
fn any_request_can_be_sent() {
    let program = Program::new();
    let account = program.run(&["api", "GET", "/v4/account"]).json();
    assert_eq!(account["account"]["name"], "A local Kit");
    let tag = program.run(&["api", "post", "/v4/tags", "-f", "name=VIP"]).json();
    assert_eq!(tag["tag"]["name"], "VIP");
    let page = program.run(&[
        "api",
        "GET",
        "/v4/tags?per_page=1&after=",
        "-f",
        "include_total_count=true",
    ]);
    assert_eq!(page.json()["pagination"]["total_count"], 1);
    let body = program.file("body.json", r#"{"name": "Late"}"#);
    let tag = program.run(&["api", "PUT", "/v4/tags/1", "--input", body.to_str().unwrap()]).json();
    assert_eq!(tag["tag"]["name"], "Late");
    let by_stdin =
        ended(program.command(&["api", "PUT", "/v4/tags/1", "--input", "-"]), r#"{"name": "A"}"#);
    assert_eq!(by_stdin.json()["tag"]["name"], "A");
    let webhook = [
        "-f",
        "target_url=https://example.com/",
        "-f",
        r#"event={"name":"purchase.purchase_create"}"#,
    ];
    program.run(&[&["api", "POST", "/v4/webhooks"], &webhook[..]].concat()).done();
    assert_eq!(program.run(&["api", "DELETE", "/v4/webhooks/1"]).code, Some(2), "nobody was asked");
    assert_eq!(program.run(&["api", "DELETE", "/v4/webhooks/1", "--yes"]).json(), Value::Null);
    for (arguments, expected) in [
        (&["api", "GET", "v4/account"][..], "a path begins with /"),
        (&["api", "BREW", "/v4/account"], "is not GET, POST"),
        (&["api", "POST", "/v4/tags", "--input", "none.json"], "none.json"),
        (&["api", "POST", "/v4/tags", "--read-only"], "--read-only keeps POST"),
        (&["api", "POST", "/v4/tags", "-f", "name"], "is not of the form NAME=VALUE"),
    ] {
        let failed = program.run(arguments);
        assert_eq!(failed.code, Some(2), "{failed:?}");
        assert!(failed.err.contains(expected), "{failed:?}");
    }
    // The query is sent as it is said.
    program.run(&["api", "GET", "/v4/tags?name=a%2Fb%20c"]);
    let sent = program.emulator.recorded_requests();
    assert_eq!(sent.last().unwrap().uri().query(), Some("name=a%2Fb%20c"));
}

#[test]
fn shells_and_man_know_the_commands() {
    let program = Program::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let completions = program.run(&["completions", shell]).done().out;
        assert!(completions.contains("webhook-endpoints"), "{shell}");
    }
    let folder = program.home().join("man");
    program.run(&["man", folder.to_str().unwrap()]).done();
    let pages: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(pages.iter().any(|page| page == "kit.1"));
    assert!(pages.iter().any(|page| page == "kit-tags-create.1"), "{pages:?}");
}

#[test]
fn doctor_says_what_is_wrong() {
    let program = Program::new();
    let well = program.run(&["doctor"]).done().out;
    assert!(well.contains(r#"{"check":"kit","result":"answers"}"#), "{well}");
    let mut ill = program.bare();
    ill.args(["doctor"])
        .env("KIT_API_KEY", "wr0ng")
        .env("KIT_BASE_URL", program.emulator.base_url());
    let ill = ended(ill, "");
    assert_eq!(ill.code, Some(4));
    assert!(ill.out.contains("401"), "{ill:?}");
    assert!(!format!("{ill:?}").contains("wr0ng"));
    assert!(well.contains(r#"{"check":"tls","result":"not used: an http URL"}"#), "{well}");
}

/// A server that answers every request with this date.
fn answers_with_date(date: String) -> String {
    use std::io::{Read as _, Write as _};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let reply = format!(
                "HTTP/1.1 401 Unauthorized\r\nDate: {date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.write_all(reply.as_bytes());
        }
    });
    url
}

#[test]
fn doctor_looks_at_the_clock_and_at_tls() {
    let program = Program::new();
    let doctor = |url: &str| {
        let mut command = program.bare();
        command
            .args(["doctor"])
            .env("KIT_API_KEY", "wr0ng")
            .env("KIT_BASE_URL", url)
            .env("NO_PROXY", "127.0.0.1");
        ended(command, "").out
    };
    let now = std::time::SystemTime::now();
    let hour = std::time::Duration::from_secs(3600);
    let right = doctor(&answers_with_date(httpdate::fmt_http_date(now)));
    assert!(right.contains(r#"{"check":"clock","result":"right"}"#), "{right}");
    let ahead = doctor(&answers_with_date(httpdate::fmt_http_date(now - hour)));
    assert!(ahead.contains(" s ahead of Kit's"), "{ahead}");
    // It is no TLS that this one speaks.
    let plain = answers_with_date(String::new()).replace("http:", "https:");
    let plain = doctor(&plain);
    assert!(plain.contains(r#"{"check":"tls","result":"no connection: "#), "{plain}");
    assert!(plain.contains("there is no reply with a date"), "{plain}");
}

#[test]
fn arguments_that_cannot_be_understood_are_json_too() {
    let program = Program::new();
    for (arguments, message) in [
        (&["tags", "lsit", "--json"][..], "unrecognized subcommand 'lsit'"),
        (&["import", "--json"], "the following required arguments were not provided:"),
        (&["--json"], "'kit' requires a subcommand but one was not provided"),
        (&["--json", "tags"], "a command or an argument is missing"),
        (&["tags", "--json"], "'kit tags' requires a subcommand but one was not provided"),
    ] {
        let failed = program.run(arguments);
        assert_eq!((failed.code, failed.out.as_str()), (Some(2), ""), "{failed:?}");
        let error: Value = serde_json::from_str(&failed.err).unwrap();
        assert_eq!(error["error"]["code"], 2, "{failed:?}");
        let said = error["error"]["message"].as_str().unwrap();
        assert!(said.starts_with(message), "{failed:?}");
    }
    assert_eq!(program.run(&["tags", "--help", "--json"]).code, Some(0));
}

/// `SNAPSHOTS=overwrite cargo test -p kit-cli` writes what has changed on purpose.
#[test]
fn help_is_what_it_was() {
    let program = Program::new();
    let help = |arguments: &[&str]| program.run(arguments).done().out;
    snapbox::assert_data_eq!(help(&["--help"]), snapbox::file!["../help/kit.txt"]);
    snapbox::assert_data_eq!(help(&["import", "--help"]), snapbox::file!["../help/import.txt"]);
    snapbox::assert_data_eq!(help(&["listen", "--help"]), snapbox::file!["../help/listen.txt"]);
    snapbox::assert_data_eq!(help(&["sync", "--help"]), snapbox::file!["../help/sync.txt"]);
    snapbox::assert_data_eq!(
        help(&["subscribers", "list", "--help"]),
        snapbox::file!["../help/subscribers-list.txt"]
    );
}
