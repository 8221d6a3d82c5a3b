//! The commands of the README, one after the other, by the program alone.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::listen::{Mine, Running};
use crate::program::{Ended, Program, ended};

/// How many people are brought over.
const PEOPLE: usize = 10_000;

#[test]
fn people_come_over_and_their_events_come_back() {
    let program = Program::new();
    let mut emulator = program.bare();
    emulator.args(["emulator", "--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut emulator = Running(emulator.spawn().unwrap());
    let lines = BufReader::new(emulator.0.stdout.take().unwrap()).lines().take(3);
    let variables: Vec<(String, String)> = lines
        .map(|line| line.unwrap())
        .map(|line| line.strip_prefix("export ").unwrap().to_owned())
        .map(|line| line.split_once('=').map(|(name, value)| (name.into(), value.into())).unwrap())
        .collect();
    let command = |arguments: &[&str]| -> Command {
        let mut command = program.bare();
        command.envs(variables.iter().map(|(name, value)| (name, value))).args(arguments);
        command.env("KIT_SIGNING_SECRET", "whsec_mine");
        command
    };
    let run = |arguments: &[&str]| -> Ended { ended(command(arguments), "") };

    // One request in twenty fails, after Kit has done what it says.
    program.file(
        "faults.json",
        r#"[{"every": 20, "status": 503, "after_applying": true, "path": "/v4/bulk/subscribers"}]"#,
    );
    run(&["api", "POST", "/_kit/faults", "--input", "faults.json"]).done();
    let rows: String =
        (0..PEOPLE).map(|number| format!("{number}@example.com,N{number},VIP\n")).collect();
    program.file("people.csv", format!("email,first_name,tags\n{rows}"));
    let mut import = command(&["import", "people.csv"]);
    let mut import = import.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let journal = program.home().join("people.csv.journal");
    let lines = || std::fs::read_to_string(&journal).map_or(0, |text| text.lines().count());
    while lines() < PEOPLE / 200 {
        assert!(import.try_wait().unwrap().is_none(), "it ended before it was killed");
        std::thread::yield_now();
    }
    import.kill().unwrap();
    import.wait().unwrap();
    let summary = run(&["import", "people.csv", "--resume"]).json();
    assert_eq!((&summary["rows"], &summary["created"]), (&PEOPLE.into(), &PEOPLE.into()));
    let count =
        run(&["tags", "list", "--with-count", "--fields", "name,subscriber_count"]).done().out;
    assert_eq!(count, format!("{{\"name\":\"VIP\",\"subscriber_count\":{PEOPLE}}}\n"));

    program.file(
        "kit.toml",
        "[[endpoint]]\nurl = \"http://127.0.0.1:9/\"\nevents = [\"subscriber.created\"]\n",
    );
    let synced = run(&["sync", "kit.toml", "--yes", "--secrets", "secrets.json"]).json();
    assert_eq!(synced["endpoints"]["created"][0]["id"], 1);

    let mine = Mine::new();
    let url = mine.url();
    let listen = ["listen", "1", "--forward-to", &url, "--since", "0", "--every", "1"];
    let mut listen = command(&listen);
    let _listening = Running(listen.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    run(&["subscribers", "create", "late@example.com"]).done();
    let delivery = mine.take(204);
    assert_eq!(delivery["events"][0]["type"], "subscriber.created");
    assert!(delivery.to_string().contains("late@example.com"), "{delivery}");
}
