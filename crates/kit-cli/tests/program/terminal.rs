//! What somebody sees who sits at a terminal: a real one, of the program `script`.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use crate::program::Program;

/// A terminal in which the program runs.
struct Terminal {
    child: Child,
    seen: String,
}

impl Terminal {
    /// `None` where there is no `script`, or one of another system.
    fn new(program: &Program, arguments: &[&str]) -> Option<Self> {
        let is_there = Command::new("script")
            .arg("--version")
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("util-linux"));
        if !is_there {
            assert!(
                std::env::var_os("KIT_TESTS_SKIP_NOTHING").is_none(),
                "script is not installed"
            );
            return None;
        }
        let line = arguments.iter().map(|argument| format!("'{argument}'")).collect::<Vec<_>>();
        let line = format!("{} {}", env!("CARGO_BIN_EXE_kit"), line.join(" "));
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).env_clear().current_dir(program.home());
        script
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", program.home());
        script.env("TERM", "xterm").env("KIT_BASE_URL", program.emulator.base_url());
        if arguments != ["login"] {
            script.env("KIT_ACCESS_TOKEN", program.emulator.access_token());
        }
        let script = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        Some(Self { child: script.spawn().unwrap(), seen: String::new() })
    }

    /// Waits until this is seen.
    fn wait_for(&mut self, text: &str) {
        let out = self.child.stdout.as_mut().unwrap();
        let mut bytes = [0; 4096];
        while !self.seen.contains(text) {
            let count = out.read(&mut bytes).unwrap();
            assert!(count > 0, "{text} is not in {:?}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    }

    /// Waits until the terminal does not show what is typed.
    fn wait_until_nothing_is_shown(&self) {
        let pid = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
        let child = children.split_whitespace().next().unwrap();
        let terminal = std::fs::read_link(format!("/proc/{child}/fd/0")).unwrap();
        let is_shown = || {
            let stty = Command::new("stty").arg("-F").arg(&terminal).arg("-a").output().unwrap();
            !String::from_utf8_lossy(&stty.stdout).contains(" -echo ")
        };
        while is_shown() {
            std::thread::yield_now();
        }
    }

    fn type_in(&mut self, text: &str) {
        self.child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// All that was seen, and the exit code.
    fn end(mut self) -> (String, Option<i32>) {
        let mut rest = Vec::new();
        self.child.stdout.as_mut().unwrap().read_to_end(&mut rest).unwrap();
        self.seen.push_str(&String::from_utf8_lossy(&rest));
        (std::mem::take(&mut self.seen), self.child.wait().unwrap().code())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_list_is_a_table_and_names_command_nothing() {
    let program = Program::new();
    program.run(&["tags", "create", "evil\u{1b}[2J\u{7}name"]).done();
    let Some(terminal) = Terminal::new(&program, &["tags", "list"]) else { return };
    let (seen, code) = terminal.end();
    assert_eq!(code, Some(0));
    assert!(seen.starts_with("ID  NAME"), "{seen:?}");
    assert!(seen.contains("evil\u{fffd}[2J\u{fffd}name"), "{seen:?}");
    let Some(terminal) = Terminal::new(&program, &["whoami"]) else { return };
    let (seen, _) = terminal.end();
    assert!(seen.contains("account.name "), "{seen:?}");
    program
        .run(&["subscribers", "create", "a@b.c", "--first-name", "x\u{9b}2J\u{202e}\u{7f}"])
        .done();
    for arguments in [&["subscribers", "list", "--json"][..], &["export", "subscribers"]] {
        let Some(terminal) = Terminal::new(&program, arguments) else { return };
        let (seen, _) = terminal.end();
        assert!(!seen.contains(['\u{9b}', '\u{202e}', '\u{7f}']), "{seen:?}");
    }
    // Asked for, it is JSON there, too.
    let Some(terminal) = Terminal::new(&program, &["tags", "list", "--json"]) else { return };
    let (seen, _) = terminal.end();
    assert!(seen.starts_with('{') && !seen.contains('\u{1b}'), "{seen:?}");
}

#[test]
fn a_key_is_asked_for_and_not_shown() {
    let program = Program::new();
    let Some(mut terminal) = Terminal::new(&program, &["login"]) else { return };
    terminal.wait_for("API key: ");
    terminal.wait_until_nothing_is_shown();
    terminal.type_in(&format!("{}\n", program.emulator.api_key()));
    let (seen, code) = terminal.end();
    assert_eq!(code, Some(0), "{seen:?}");
    assert!(seen.contains("Logged in to A local Kit."), "{seen:?}");
    assert!(!seen.contains(program.emulator.api_key()), "{seen:?}");
}

#[test]
fn what_cannot_be_undone_is_asked_for() {
    let program = Program::new();
    for (answer, code, requests) in [("n", 1, 0), ("", 1, 0), ("y", 3, 1)] {
        let before = program.emulator.requests();
        let Some(mut terminal) = Terminal::new(&program, &["webhooks", "delete", "9"]) else {
            return;
        };
        terminal.wait_for("Delete the webhook 9? This cannot be undone. [y/N] ");
        terminal.type_in(&format!("{answer}\n"));
        let (seen, ended) = terminal.end();
        assert_eq!(ended, Some(code), "{seen:?}");
        assert_eq!(program.emulator.requests() - before, requests);
    }
    // Where nobody can be asked, it is not done.
    let refused = program.run(&["webhooks", "delete", "9"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("Say --yes"), "{refused:?}");
}

#[test]
fn an_import_shows_how_far_it_is_and_can_be_interrupted() {
    let program = Program::new();
    let rows: String = (0..20_000).map(|number| format!("{number}@example.com\n")).collect();
    let file = program.file("people.csv", format!("email\n{rows}"));
    let arguments = ["import", file.to_str().unwrap()];
    let Some(mut terminal) = Terminal::new(&program, &arguments) else { return };
    terminal.wait_for(" of 20000 rows, ");
    terminal.wait_for("01 of 20000 rows, ");
    terminal.type_in("\u{3}");
    let (seen, code) = terminal.end();
    assert_eq!(code, Some(130), "{seen:?}");
    assert!(program.home().join("people.csv.journal").exists());
    let Some(terminal) = Terminal::new(&program, &[&arguments[..], &["--resume"]].concat()) else {
        return;
    };
    let (seen, code) = terminal.end();
    assert_eq!(code, Some(0), "{seen:?}");
    let created = seen.rsplit_once("created").and_then(|(_, rest)| rest.lines().next());
    let created = created.unwrap_or_default();
    assert_eq!(created.trim(), "20000", "{seen:?}");
}
