//! The program: what it says, and how it lives with more connections than the system allows it.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// The running program, which ends with this.
struct Program {
    child: Child,
    address: String,
    _said: BufReader<ChildStdout>,
}

impl Program {
    /// With so many files open at most.
    fn start(files: u32) -> Self {
        let program = env!("CARGO_BIN_EXE_kit-emulator");
        let mut child = Command::new("sh")
            .args(["-c", &format!("ulimit -n {files}; exec {program} --port 0")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("KIT_BASE_URL=") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "it has ended");
        }
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        Self { child, address, _said: said }
    }

    /// How much time of the processor it has used.
    fn cpu(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let nanoseconds = tasks.map(|task| {
            let path = task.unwrap().path().join("schedstat");
            let text = std::fs::read_to_string(path).unwrap_or_default();
            text.split(' ').next().and_then(|first| first.parse::<u64>().ok()).unwrap_or_default()
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(&self.address) else { return false };
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let request = "GET /v4/webhooks HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let mut answer = String::new();
        stream.write_all(request.as_bytes()).is_ok()
            && stream.read_to_string(&mut answer).is_ok()
            && answer.starts_with("HTTP/1.1 401 ")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Connections that the program cannot take wait, and cost nothing meanwhile.
#[test]
fn more_connections_than_it_may_have_are_no_reason_to_spin() {
    let program = Program::start(24);
    assert!(program.answers());
    let connections: Vec<_> =
        (0..64).map(|_| TcpStream::connect(&program.address).unwrap()).collect();
    // The program has met the limit when it uses no more time than that of a look now and then.
    let (start, before) = (Instant::now(), program.cpu());
    while start.elapsed() < Duration::from_millis(200) {
        std::thread::yield_now();
    }
    let used = program.cpu().saturating_sub(before);
    assert!(used < Duration::from_millis(50), "{used:?} in {:?}", start.elapsed());
    drop(connections);
    assert!(program.answers());
}

/// What the program says until it ends by an argument.
fn said(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kit-emulator")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Each control request that is there, and each list of a seed, is in the help.
#[test]
fn the_help_says_everything() {
    let (code, help, err) = said(&["--help"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let documented = include_str!("../src/lib.rs").lines();
    let requests = documented.filter_map(|line| line.strip_prefix("//! | `")).filter_map(|line| {
        let (request, _) = line.split_once('`')?;
        request.contains(" /_kit/").then_some(request)
    });
    let requests: Vec<_> = requests.collect();
    assert!(requests.len() > 15, "{requests:?}");
    for request in requests {
        let path = request.split(' ').nth(1).unwrap();
        assert!(help.contains(path), "{path}");
    }
    for (option, value) in [("--port", "x"), ("--api-key", ""), ("--what", "")] {
        let (code, out, err) = said(&[option, value]);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(err.contains(option), "{err}");
    }
    // The seed that it shows is one.
    let seed = help.split("for example\n").nth(1).unwrap().split("\n  Lists:").next().unwrap();
    let seed: serde_json::Value = serde_json::from_str(seed).unwrap();
    kit_emulator::Emulator::start().unwrap().seed(&seed).unwrap();
}

#[test]
fn a_line_is_said_for_each_request_unless_it_is_to_be_quiet() {
    for is_quiet in [false, true] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kit-emulator"));
        command.args(["--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        if is_quiet {
            command.arg("--quiet");
        }
        let mut child = command.spawn().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("Ctrl-C") {
            assert!(out.read_line(&mut said).unwrap() > 0, "{said}");
        }
        for shown in [
            "KIT_BASE_URL=",
            "KIT_API_KEY=",
            "KIT_ACCESS_TOKEN=kit_emulator_access_token",
            "/_kit/",
        ] {
            assert!(said.contains(shown), "{said}");
        }
        let address = said.split("http://").nth(1).unwrap().split_whitespace().next().unwrap();
        let address = address.to_owned();
        let program = Program { child, address, _said: out };
        assert!(program.answers());
        let mut line = String::new();
        if is_quiet {
            // Had it anything to say, it would have said it by the last one.
            assert!((0..50).all(|_| program.answers()));
            drop(program);
            err.read_to_string(&mut line).unwrap();
            assert_eq!(line, "");
        } else {
            err.read_line(&mut line).unwrap();
            assert!(line.starts_with("GET /v4/webhooks 401 in "), "{line}");
        }
    }
}
