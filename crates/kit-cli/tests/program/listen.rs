//! Deliveries that come to a program on this machine, without a tunnel.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::time::SystemTime;

use kit_core::deliveries::Verifier;
use kit_emulator::Fault;
use serde_json::Value;

use crate::program::{Ended, Program, ended};

/// The program under development: takes what is posted to it.
pub(crate) struct Mine(TcpListener);

impl Mine {
    pub(crate) fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/kit", self.0.local_addr().unwrap())
    }

    /// The body of the next delivery, whose signature is right, answered by this status.
    pub(crate) fn take(&self, status: u16) -> Value {
        let (stream, _) = self.0.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let (mut length, mut signature, mut line) = (0, String::new(), String::new());
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim().split_once(": ") else {
                if line.trim().is_empty() {
                    break;
                }
                continue;
            };
            match name.to_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "x-kit-signature" => value.clone_into(&mut signature),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let verifier = Verifier::new(["whsec_mine"]).unwrap();
        verifier.verify([signature.as_bytes()], &body, SystemTime::now()).unwrap();
        let answer =
            format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        (&stream).write_all(answer.as_bytes()).unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

/// An account with an endpoint at which nobody answers.
fn with_endpoint() -> Program {
    let program = Program::new();
    let create = ["webhook-endpoints", "create", "http://127.0.0.1:9/", "--events"];
    program.run(&[&create[..], &["subscriber.created"]].concat()).done();
    program
}

fn happen(program: &Program, count: usize) {
    let count = count.to_string();
    program.run(&["trigger", "subscriber.created", "--count", &count]).done();
    program.emulator.settle();
}

fn command(program: &Program, mine: &Mine, more: &[&str]) -> std::process::Command {
    let url = mine.url();
    let mut command = program.command(&[&["listen", "1", "--forward-to", &url], more].concat());
    command.env("KIT_SIGNING_SECRET", "whsec_mine");
    command
}

fn listen_once(program: &Program, mine: &Mine, more: &[&str]) -> Ended {
    ended(command(program, mine, &[&["--once"], more].concat()), "")
}

/// How many events came in these deliveries.
fn events(bodies: &[Value]) -> usize {
    bodies.iter().map(|body| body["events"].as_array().unwrap().len()).sum()
}

#[test]
fn each_delivery_is_posted_once() {
    let (program, mine) = (with_endpoint(), Mine::new());
    happen(&program, 1);
    // Without a cursor it begins now.
    assert_eq!(listen_once(&program, &mine, &[]).done().out, "");
    happen(&program, 1);
    happen(&program, 1);
    let ended = std::thread::scope(|scope| {
        let listening = scope.spawn(|| listen_once(&program, &mine, &[]).done());
        assert_eq!(events(&[mine.take(204), mine.take(500), mine.take(500), mine.take(500)]), 4);
        listening.join().unwrap()
    });
    let lines: Vec<Value> =
        ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{ended:?}");
    assert_eq!(
        (&lines[0]["answer"], &lines[0]["type"]),
        (&204.into(), &"subscriber.created".into())
    );
    // What the program has answered three times is said, and it is not posted again.
    assert_eq!(lines[1]["answer"], 500);
    assert!(ended.err.contains("Ready: new deliveries are posted to "), "{ended:?}");
    assert_eq!(listen_once(&program, &mine, &[]).done().out, "");
    // From the beginning.
    std::thread::scope(|scope| {
        let listening = scope.spawn(|| listen_once(&program, &mine, &["--since", "0"]).done());
        assert_eq!(events(&[mine.take(204), mine.take(204), mine.take(204)]), 3);
        assert_eq!(listening.join().unwrap().out.lines().count(), 3);
    });
}

#[test]
fn a_program_that_is_not_there_loses_nothing() {
    let (program, mine) = (with_endpoint(), Mine::new());
    assert_eq!(listen_once(&program, &mine, &[]).done().out, "");
    happen(&program, 1);
    // A port that nobody listens at.
    let nobody = ["listen", "1", "--once", "--forward-to", "http://127.0.0.1:1/"];
    let failed = program.run(&nobody);
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(failed.err.contains("http://127.0.0.1:1/ does not answer: "), "{failed:?}");
    std::thread::scope(|scope| {
        let listening = scope.spawn(|| listen_once(&program, &mine, &[]).done());
        assert_eq!(events(&[mine.take(204)]), 1);
        listening.join().unwrap();
    });
}

/// Ends the program when the test does.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_says_when_kit_does_not_answer_and_goes_on() {
    let (program, mine) = (with_endpoint(), Mine::new());
    let mut command = command(&program, &mine, &["--every", "0"]);
    let mut running =
        Running(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    let mut said = BufReader::new(running.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut wait_for = |text: &str| assert!(said.any(|line| line.contains(text)), "{text}");
    wait_for("Ready: ");
    happen(&program, 1);
    assert_eq!(events(&[mine.take(204)]), 1);
    // Kit does not know the endpoint for a while, and does not find the log.
    program.emulator.fail_when(|_| Some(Fault::status(503)));
    wait_for("503");
    program.emulator.heal();
    wait_for("It goes on.");
    happen(&program, 1);
    assert_eq!(events(&[mine.take(204)]), 1);
}

#[test]
fn a_secret_that_is_given_is_not_shown_and_one_that_is_made_is() {
    let (program, mine) = (with_endpoint(), Mine::new());
    let given = listen_once(&program, &mine, &[]).done();
    assert!(!format!("{given:?}").contains("whsec_mine"), "{given:?}");
    let url = mine.url();
    let made = program.run(&["listen", "1", "--once", "--forward-to", &url]).done();
    assert!(made.err.contains("Deliveries are signed by the secret whsec_"), "{made:?}");
    for url in ["localhost:80", "ftp://a", "http:", "what"] {
        let refused = program.run(&["listen", "1", "--once", "--forward-to", url]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
    }
}

/// The same id, of another Kit.
#[test]
fn a_cursor_belongs_to_one_endpoint() {
    let (program, mine) = (with_endpoint(), Mine::new());
    happen(&program, 1);
    listen_once(&program, &mine, &[]).done();
    let other = with_endpoint();
    let mut elsewhere = command(&program, &mine, &["--once"]);
    elsewhere.env("KIT_BASE_URL", other.emulator.base_url());
    assert_eq!(ended(elsewhere, "").done().out, "");
    happen(&other, 1);
    let mut elsewhere = command(&program, &mine, &["--once"]);
    elsewhere.env("KIT_BASE_URL", other.emulator.base_url());
    std::thread::scope(|scope| {
        let listening = scope.spawn(|| ended(elsewhere, "").done());
        assert_eq!(events(&[mine.take(204)]), 1);
        listening.join().unwrap();
    });
}

#[test]
fn an_endpoint_that_is_not_there_ends_it() {
    let (program, mine) = (Program::new(), Mine::new());
    let failed = listen_once(&program, &mine, &[]);
    assert_eq!(failed.code, Some(3), "{failed:?}");
    assert!(!failed.err.contains("Ready"), "{failed:?}");
}
