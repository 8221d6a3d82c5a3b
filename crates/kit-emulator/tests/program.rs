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
