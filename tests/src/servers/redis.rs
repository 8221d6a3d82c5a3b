use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::process::Process;
use super::{free_port, program, shared, skip};

/// A Redis that forgets nothing as long as its folder is there, which all tests that run at the same time share.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    program: String,
    process: Mutex<Option<Process>>,
    // Deleted last.
    home: TempDir,
}

impl Redis {
    /// The one that is running, or a new one. `None` where Redis is not installed.
    pub fn shared() -> Option<Arc<Self>> {
        static RUNNING: Mutex<Weak<Redis>> = Mutex::new(Weak::new());
        shared(&RUNNING, Self::start)
    }

    /// One for this test alone. `None` where Redis is not installed.
    pub fn start() -> Option<Self> {
        let Some(program) = program("redis-server", []) else {
            skip("Redis (redis-server)");
            return None;
        };
        let home = tempfile::Builder::new().prefix("kit-redis-").tempdir().expect("a folder");
        let program = program.to_str().expect("a path").to_owned();
        let mut this = Self { port: 0, program, process: Mutex::new(None), home };
        for _ in 0..5 {
            this.port = free_port();
            if this.restart() {
                return Some(this);
            }
        }
        panic!("no port");
    }

    /// Starts the server where it was stopped. Returns whether its port was free.
    pub fn restart(&self) -> bool {
        let port = self.port.to_string();
        let home = self.home.path().to_str().expect("a path");
        let command = [
            &self.program,
            "--port",
            &port,
            "--bind",
            "127.0.0.1",
            "--dir",
            home,
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
        ];
        let mut process = Process::run(&command, "KILL", None, self.home.path());
        let start = Instant::now();
        loop {
            // It is ours that is ready, and not another on the same port.
            if self.is_ready() && !process.has_ended("redis-server") {
                *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
                return true;
            }
            if process.has_ended("redis-server") {
                return false;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "Redis does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills the server.
    pub fn crash(&self) {
        drop(self.process.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn is_ready(&self) -> bool {
        let mut answer = [0; 7];
        TcpStream::connect(("127.0.0.1", self.port)).is_ok_and(|mut stream| {
            stream.write_all(b"PING\r\n").is_ok()
                && stream.read_exact(&mut answer).is_ok()
                && &answer == b"+PONG\r\n"
        })
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The port on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }
}
