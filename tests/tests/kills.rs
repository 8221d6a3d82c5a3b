//! Processes of an app that are killed at any moment, and a database that stops: no event is lost, none is handled twice, and
//! no request is sent above the limit.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kit_postgres::{Tables, blocking};
use kit_tests::receiver::sign;
use kit_tests::servers;

const SECRET: &str = "whsec_test";

/// How many processes the app has.
const PROCESSES: usize = 4;

/// How often one of them is killed. More by `KIT_TESTS_KILLS`.
const KILLS: usize = 25;

/// A process of the app, on a port of its own.
struct Process {
    child: Mutex<Child>,
    port: u16,
}

impl Process {
    fn start(server: &servers::Postgres, schema: &str) -> Self {
        // The port of a listener that is closed again. (Another process may take it: then this one ends, and is started
        // again.)
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        Self { child: Mutex::new(run(server, schema, port)), port }
    }

    /// Stops it for a while, in the middle of what it does.
    fn stand_still(&self, time: Duration) {
        let id = self.child.lock().unwrap().id().to_string();
        for (number, signal) in ["-STOP", "-CONT"].iter().enumerate() {
            assert!(Command::new("kill").args([*signal, &id]).status().unwrap().success());
            if number == 0 {
                std::thread::sleep(time);
            }
        }
    }

    /// Kills it, and starts it again.
    fn kill(&self, server: &servers::Postgres, schema: &str) {
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        *child = run(server, schema, self.port);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn run(server: &servers::Postgres, schema: &str, port: u16) -> Child {
    Command::new(env!("CARGO_BIN_EXE_inbox_process"))
        .args([&server.port().to_string(), schema, &port.to_string(), SECRET])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Posts a delivery as Kit does: the status, or none where the connection broke.
fn post(port: u16, body: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let signature = sign(SECRET, body.as_bytes());
    let length = body.len();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nX-Kit-Signature: {signature}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.get(9..12)?.parse().ok()
}

fn body(ids: std::ops::Range<usize>) -> String {
    let event = |id: usize| {
        format!(r#"{{"id":"e{id}","type":"tag.moved","created":"2026-07-29T14:32:10Z","data":[]}}"#)
    };
    let events: Vec<_> = ids.map(event).collect();
    format!(r#"{{"delivery_id":1,"events":[{}]}}"#, events.join(","))
}

fn kills() -> usize {
    std::env::var("KIT_TESTS_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

/// What the database says.
fn count(client: &mut postgres::Client, statement: &str) -> i64 {
    client.query_one(statement, &[]).unwrap().get(0)
}

/// Delivers events while `disturb` is called again and again, and looks at what has happened to them.
fn hold(schema: &str, server: &servers::Postgres, disturb: impl Fn(&[Process], usize)) {
    let store = blocking::Postgres::new(
        Mutex::new(server.connect().unwrap()),
        Tables::named(schema, "").unwrap(),
    );
    store.install().unwrap();
    let mut client = server.connect().unwrap();
    client.batch_execute(&format!("CREATE TABLE {schema}.effect (id text)")).unwrap();
    let processes: Vec<_> = (0..PROCESSES).map(|_| Process::start(server, schema)).collect();
    let (is_over, next) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for sender in 0..4 {
            let (processes, is_over, next) = (&processes, &is_over, &next);
            scope.spawn(move || {
                while !is_over.load(Ordering::SeqCst) {
                    let first = next.fetch_add(5, Ordering::SeqCst);
                    let body = body(first..first + 5);
                    // To another process each time, until one has it; and at times once more.
                    let mut sent = 0;
                    while sent < 1 + usize::from(first % 3 == 0) {
                        let process = fastrand::usize(..PROCESSES);
                        match post(processes[process].port, &body) {
                            Some(204) => sent += 1,
                            Some(503) | None => std::thread::yield_now(),
                            status => panic!("{sender}: {status:?}"),
                        }
                    }
                }
            });
        }
        for number in 0..kills() {
            std::thread::sleep(Duration::from_millis(fastrand::u64(..80)));
            disturb(&processes, number);
        }
        is_over.store(true, Ordering::SeqCst);
    });
    let events = i64::try_from(next.load(Ordering::SeqCst)).unwrap();
    // The connection may have ended with the server.
    let mut client = server.connect().unwrap();
    let start = Instant::now();
    let open = format!("SELECT count(*) FROM {schema}.event WHERE state <> 1");
    while count(&mut client, &open) > 0 {
        assert!(start.elapsed() < Duration::from_secs(60), "events are not handled");
        std::thread::sleep(Duration::from_millis(20));
    }
    let all = count(&mut client, &format!("SELECT count(*) FROM {schema}.event"));
    let effects = count(&mut client, &format!("SELECT count(*) FROM {schema}.effect"));
    let different = count(&mut client, &format!("SELECT count(DISTINCT id) FROM {schema}.effect"));
    assert_eq!(
        (all, effects, different),
        (events, events, events),
        "events, effects, of them different"
    );
    let again =
        count(&mut client, &format!("SELECT count(*) FROM {schema}.event WHERE attempts > 1"));
    assert!(events > 100 && again > 0, "{events} events, {again} of them claimed more than once");
    println!("{events} events, of which {again} were claimed more than once");
}

#[test]
fn processes_that_are_killed_lose_no_event_and_double_none() {
    let Some(server) = servers::Postgres::shared() else { return };
    hold("kills", &server, |processes, _| {
        processes[fastrand::usize(..PROCESSES)].kill(&server, "kills");
    });
}

/// For longer than the lease of a second: others handle what it has claimed, and then it goes on.
#[test]
fn a_process_that_stands_still_doubles_no_event() {
    let Some(server) = servers::Postgres::shared() else { return };
    hold("still", &server, |processes, number| {
        if number % 8 == 0 {
            processes[number / 8 % PROCESSES].stand_still(Duration::from_millis(1500));
        }
    });
}

#[test]
fn a_database_that_stops_loses_no_event_and_doubles_none() {
    let Some(server) = servers::Postgres::start() else { return };
    hold("stops", &server, |_, number| {
        if number % 8 == 7 {
            // At once, as in a crash.
            server.crash();
            assert!(server.restart());
            return;
        }
        // All connections.
        let ended = server.connect().and_then(|mut client| {
            let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()";
            client.execute(end, &[])
        });
        drop(ended);
    });
}

/// A process that sends until it is killed.
struct Sender(Child);

impl Drop for Sender {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// By the emulator's own count, which refuses what is above the limit.
#[test]
fn processes_that_are_killed_stay_below_the_limit() {
    let Some(server) = servers::Postgres::start() else { return };
    let emulator = kit_emulator::Emulator::builder().rate_limits().start().unwrap();
    let tables = Tables::named("budget", "").unwrap();
    let store = blocking::Postgres::new(Mutex::new(server.connect().unwrap()), tables);
    store.install().unwrap();
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_budget_process"));
        command.args([
            &server.port().to_string(),
            "budget",
            emulator.base_url(),
            emulator.api_key(),
        ]);
        Sender(command.env("NO_PROXY", "127.0.0.1").spawn().unwrap())
    };
    let mut senders: Vec<_> = (0..8).map(|_| run()).collect();
    let start = Instant::now();
    let mut kills = 0;
    // Each of them may take a share with it, of seven requests at most. On a machine that stands still for a moment, some are
    // killed when the others have sent all already.
    while kills < 4 || emulator.requests() < 108 - 7 * kills {
        if emulator.requests() >= 20 * (kills + 1) && kills < 4 {
            senders[kills * 2] = run();
            kills += 1;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{} after {kills}", emulator.requests());
        std::thread::sleep(Duration::from_millis(1));
    }
    // Whoever waits goes on waiting.
    std::thread::sleep(Duration::from_secs(2));
    let sent = emulator.requests();
    assert!(sent <= 120, "{sent}");
    assert!(start.elapsed() < Duration::from_secs(55), "the first of them count no more");
}
