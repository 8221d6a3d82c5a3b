//! The program: what it says, and how it ends.

#![allow(clippy::expect_used, reason = "tests fail by panicking")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

/// A running program, which is killed where the test fails.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kit-emulator"));
    command.args(arguments);
    command
}

fn output(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program runs")
}

#[test]
#[cfg(unix)]
fn it_says_what_to_set_and_ends_cleanly_on_ctrl_c() {
    let arguments = ["--port", "0", "--api-key", "kit_mine"];
    let child = program(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut program = Program(child);
    let mut lines = BufReader::new(program.0.stdout.take().unwrap());
    let mut said = String::new();
    while !said.contains("Ctrl-C") {
        assert!(lines.read_line(&mut said).unwrap() > 0, "{said}");
    }
    assert!(said.contains("\n  export KIT_API_KEY=kit_mine\n"), "{said}");
    let (_, address) = said.split_once("export KIT_BASE_URL=http://").unwrap();
    TcpStream::connect(address.lines().next().unwrap()).unwrap();

    // What a terminal sends on Ctrl-C.
    let pid = program.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let status = program.0.wait().unwrap();
    lines.read_to_string(&mut said).unwrap();
    assert!(status.success(), "{status}");
    assert!(said.ends_with("\nStopped: 0 requests, 0 webhooks.\n"), "{said}");
}

#[test]
fn help_is_printed() {
    let output = output(&["--help"]);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("--port PORT"));
}

#[test]
fn bad_options_are_named() {
    for (arguments, message) in [
        (&["--port", "many"][..], "--port: "),
        (&["--address", "localhost"], "--address: "),
        (&["--port"], "--port"),
        (&["--token-lifetime", "-1"], "--token-lifetime: "),
        (&["--api-key", ""], "--api-key: is empty"),
        (&["--foo"], "'--foo'"),
        (&["foo"], "\"foo\""),
    ] {
        let output = output(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("kit-emulator: ") && said.contains(message), "{said}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let output = output(&["--port", &address.port().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with(&format!("kit-emulator: cannot listen at {address}: ")), "{said}");
}
