use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::process::{Process, become_user};
use super::{free_port, program, shared, skip};

/// A PostgreSQL with an empty database `postgres`, which all tests that run at the same time share.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    as_user: Option<(u32, u32)>,
    port: u16,
    process: Mutex<Option<Process>>,
    // Deleted last.
    home: TempDir,
}

impl Postgres {
    /// The one that is running, or a new one. `None` where PostgreSQL is not installed.
    pub fn shared() -> Option<Arc<Self>> {
        static RUNNING: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
        shared(&RUNNING, Self::start)
    }

    /// One for this test alone. `None` where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
        let installed = installed.flatten().map(|version| version.path().join("bin"));
        let Some(initdb) = program("initdb", installed) else {
            skip("PostgreSQL (initdb)");
            return None;
        };
        let home = tempfile::Builder::new().prefix("kit-postgres-").tempdir().expect("a folder");
        // PostgreSQL does not run as root.
        let is_root = std::fs::metadata(home.path()).expect("a folder").uid() == 0;
        let as_user = is_root.then(unprivileged);
        if let Some((user, group)) = as_user {
            std::os::unix::fs::chown(home.path(), Some(user), Some(group)).expect("a folder");
        }
        let programs = initdb.parent().unwrap_or(Path::new("/")).to_owned();
        let mut init = Command::new(&initdb);
        init.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "-D"]);
        init.arg(home.path().join("data")).current_dir(home.path());
        become_user(&mut init, as_user);
        let output = init.output().expect("initdb");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut this = Self { programs, as_user, port: 0, process: Mutex::new(None), home };
        for _ in 0..5 {
            this.port = free_port();
            if this.restart() {
                return Some(this);
            }
        }
        panic!("no port: {}", this.log());
    }

    /// Starts the server where it was stopped. Returns whether its port was free.
    pub fn restart(&self) -> bool {
        let (data, port) = (self.home.path().join("data"), self.port.to_string());
        let postgres = self.programs.join("postgres");
        let socket = format!("unix_socket_directories={}", self.home.path().display());
        let mut command = vec![postgres.to_str().expect("a path"), "-D"];
        command.extend([data.to_str().expect("a path"), "-p", &port, "-h", "127.0.0.1"]);
        // What is tested survives a crash of the server, and not one of this machine.
        for setting in ["fsync=off", "full_page_writes=off", "max_connections=200", &socket] {
            command.extend(["-c", setting]);
        }
        let mut process = Process::run(&command, "QUIT", self.as_user, self.home.path());
        let start = Instant::now();
        loop {
            if self.is_ready() {
                *self.process() = Some(process);
                return true;
            }
            if process.has_ended("postgres") {
                return false;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops the server at once, as in a crash: nothing is written any more, and connections break.
    pub fn crash(&self) {
        drop(self.process().take());
    }

    fn is_ready(&self) -> bool {
        // On a thread of its own, since the caller may be on a runtime, and this client has one of its own.
        let config = self.config();
        let connect = move || postgres::Client::connect(&config, postgres::NoTls).map(drop);
        std::thread::spawn(connect).join().is_ok_and(|connected| connected.is_ok())
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }

    /// How to connect: for `tokio_postgres` and `postgres`.
    pub fn config(&self) -> String {
        Self::config_of(self.port)
    }

    /// How to connect by a port that leads to it.
    pub fn config_of(port: u16) -> String {
        format!("host=127.0.0.1 port={port} user=postgres dbname=postgres connect_timeout=10")
    }

    /// The port on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A new connection that blocks.
    ///
    /// # Errors
    ///
    /// Where the server is stopped.
    pub fn connect(&self) -> Result<postgres::Client, postgres::Error> {
        postgres::Client::connect(&self.config(), postgres::NoTls)
    }
}

/// Somebody who is not root, and has no rights: the user that the package makes, or nobody.
fn unprivileged() -> (u32, u32) {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some(name)).then_some(())?;
            let mut ids = fields.skip(1).map_while(|id| id.parse().ok());
            Some((ids.next()?, ids.next()?))
        })
    };
    find("postgres").or_else(|| find("nobody")).unwrap_or((65534, 65534))
}
