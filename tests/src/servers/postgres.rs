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

    /// The folder of the programs. `None` where they are not installed.
    fn programs() -> Option<PathBuf> {
        let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
        let installed = installed.flatten().map(|version| version.path().join("bin"));
        let Some(initdb) = program("initdb", installed) else {
            skip("PostgreSQL (initdb)");
            return None;
        };
        Some(initdb.parent().unwrap_or(Path::new("/")).to_owned())
    }

    /// One for this test alone. `None` where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let programs = Self::programs()?;
        let home = tempfile::Builder::new().prefix("kit-postgres-").tempdir().expect("a folder");
        // PostgreSQL does not run as root.
        let is_root = std::fs::metadata(home.path()).expect("a folder").uid() == 0;
        let as_user = is_root.then(unprivileged);
        if let Some((user, group)) = as_user {
            std::os::unix::fs::chown(home.path(), Some(user), Some(group)).expect("a folder");
        }
        let mut init = Command::new(programs.join("initdb"));
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

    /// One for this test alone, whose tables are on a disk of this many megabytes, and the folder of that disk. The disk
    /// is in memory, and in no other process's sight. `None` where PostgreSQL is not installed, or may not have such a
    /// disk.
    pub fn start_on_small_disk(megabytes: u32) -> Option<(Self, PathBuf)> {
        const SCRIPT: &str = r#"set -e; home=$1 size=$2 user=$3 group=$4 programs=$5 port=$6
            mkdir "$home/disk"; mount -t tmpfs -o "size=${size}m" tmpfs "$home/disk"
            mkdir "$home/disk/data"; mkdir "$home/wal"; chown "$user:$group" "$home/disk/data" "$home/wal" "$home"
            as_user="setpriv --reuid=$user --regid=$group --clear-groups"; cd "$home"
            $as_user "$programs/initdb" --no-sync --auth=trust --username=postgres --encoding=UTF8 \
                --waldir="$home/wal" -D "$home/disk/data"
            exec $as_user "$programs/postgres" -D "$home/disk/data" -p "$port" -h 127.0.0.1 -k "$home""#;
        let programs = Self::programs()?;
        let home = tempfile::Builder::new().prefix("kit-postgres-").tempdir().expect("a folder");
        let (user, group) = unprivileged();
        let (home_path, port) = (home.path().display().to_string(), free_port());
        let numbers = [megabytes, user, group].map(|number| number.to_string());
        let (programs_path, port_text) = (programs.display().to_string(), port.to_string());
        let mut command = vec!["unshare", "--mount", "sh", "-c", SCRIPT, "sh", &home_path];
        command.extend(numbers.iter().map(String::as_str));
        command.extend([programs_path.as_str(), &port_text]);
        let process = Process::run(&command, "QUIT", None, home.path());
        let this = Self { programs, as_user: None, port, process: Mutex::new(None), home };
        let start = Instant::now();
        while !this.is_ready() {
            if this.log().contains("mount: ") || this.log().contains("unshare: ") {
                skip("a disk of its own (mount)");
                return None;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{}", this.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        let disk = this.home.path().join("disk");
        let disk = disk.strip_prefix("/").expect("an absolute path");
        let disk = Path::new("/proc").join(process.server()?.to_string()).join("root").join(disk);
        *this.process() = Some(process);
        Some((this, disk))
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
