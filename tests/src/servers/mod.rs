//! Real servers, started for the tests on ports of loopback that the system chooses, and stopped with them.
//!
//! Where a program is not installed, a test that needs it is skipped, and says so on the standard error stream. With
//! `KIT_TESTS_SKIP_NOTHING` in the environment it fails.

mod cutting;
mod pool;
mod postgres;
mod process;
mod redis;

use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

pub use self::cutting::{Cut, Cutting};
pub use self::pool::Pool;
pub use self::postgres::Postgres;
pub use self::redis::Redis;

/// A server that all tests share which run at the same time: the one that is running, or a new one.
fn shared<S>(running: &Mutex<Weak<S>>, start: impl FnOnce() -> Option<S>) -> Option<Arc<S>> {
    let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = running.upgrade() {
        return Some(server);
    }
    let server = Arc::new(start()?);
    *running = Arc::downgrade(&server);
    Some(server)
}

/// The program, if it is installed: on the path, or in one of these directories.
fn program(name: &str, directories: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = directories.into_iter().chain(std::env::split_paths(&path));
    found.map(|directory| directory.join(name)).find(|path| path.is_file())
}

/// Says that a test is skipped, since a program is not installed.
///
/// # Panics
///
/// Where nothing may be skipped.
fn skip(program: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let said = format!("{test}: skipped, since {program} is not installed\n");
    assert!(std::env::var_os("KIT_TESTS_SKIP_NOTHING").is_none(), "{said}");
    // Past the capture of the test's output.
    let _ = std::io::stderr().write_all(said.as_bytes());
}

/// A port that was free just now. Somebody may take it before the server does: then it is tried again.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
