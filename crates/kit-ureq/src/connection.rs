//! Connections as ureq makes them, but for three things:
//!
//! - the host is looked up when a connection is made, and not for every request: a call on a connection that
//!   stands makes neither a look-up nor the thread for one (over loopback a request takes 65 µs, and 98 with
//!   ureq's own resolver, which asks no name server there);
//! - a proxy that answers drop by drop does not outlast the timeout for connecting;
//! - a note is kept whether writing the request has begun: until then, Kit cannot have the request.
//!
//! A request runs on the thread of its caller from beginning to end, so the notes are kept for each thread.

use std::cell::Cell;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, Transport, time,
};

thread_local! {
    static NOTES: Cell<Notes> = const { Cell::new(Notes::NONE) };
}

#[derive(Clone, Copy)]
struct Notes {
    /// How many connections are being made: a second one to the proxy, within the first.
    connecting: u32,
    deadline: Option<Instant>,
    is_begun: bool,
}

impl Notes {
    const NONE: Self = Self { connecting: 0, deadline: None, is_begun: false };

    /// The time that is left until the connection has to stand.
    fn time_left(self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

/// A request is to be run on this thread.
pub(crate) fn begin() {
    NOTES.set(Notes::NONE);
}

/// Whether writing the request that ran last on this thread has begun.
pub(crate) fn is_request_begun() -> bool {
    NOTES.get().is_begun
}

/// Looks hosts up, but only while a connection is made.
pub(crate) struct LazyResolver<R>(pub(crate) R);

impl<R: Resolver> Resolver for LazyResolver<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        if NOTES.get().connecting > 0 {
            return self.0.resolve(uri, config, timeout);
        }
        // Nobody connects there: `Connecting` looks the host up.
        let mut nowhere = self.empty();
        nowhere.push(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
        Ok(nowhere)
    }
}

impl<R> fmt::Debug for LazyResolver<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LazyResolver")
    }
}

/// Looks the host up, then connects by another connector.
#[derive(Debug)]
pub(crate) struct Connecting<C>(pub(crate) C);

impl<C: Connector> Connector for Connecting<C> {
    type Out = Connection<C::Out>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let _ended = Begun::now(details.timeout);
        let addrs = match details.config.proxy() {
            Some(proxy) if !proxy.resolve_target() && !proxy.is_no_proxy(details.uri) => {
                details.resolver.empty()
            }
            _ => {
                let timeout = in_time(details.timeout)?;
                details.resolver.resolve(details.uri, details.config, timeout)?
            }
        };
        let details = ConnectionDetails {
            uri: details.uri,
            addrs,
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: (details.current_time)(),
            timeout: in_time(details.timeout)?,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        Ok(self.0.connect(&details, chained)?.map(Connection))
    }
}

/// A connection is being made until this is dropped.
struct Begun;

impl Begun {
    fn now(timeout: NextTimeout) -> Self {
        let mut notes = NOTES.get();
        if notes.connecting == 0 {
            notes.deadline = match timeout.after {
                time::Duration::Exact(after) => Instant::now().checked_add(after),
                time::Duration::NotHappening => None,
            };
        }
        notes.connecting += 1;
        NOTES.set(notes);
        Self
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let mut notes = NOTES.get();
        notes.connecting = notes.connecting.saturating_sub(1);
        NOTES.set(notes);
    }
}

/// The timeout, but no longer than is left for the connection that is being made.
fn in_time(timeout: NextTimeout) -> Result<NextTimeout, Error> {
    let notes = NOTES.get();
    let Some(left) = notes.time_left().filter(|_| notes.connecting > 0) else {
        return Ok(timeout);
    };
    if left.is_zero() {
        return Err(Error::Timeout(timeout.reason));
    }
    let after = match timeout.after {
        time::Duration::Exact(after) => after.min(left),
        time::Duration::NotHappening => left,
    };
    Ok(NextTimeout { after: time::Duration::Exact(after), ..timeout })
}

/// A connection that notes when a request is begun to be written to it.
#[derive(Debug)]
pub(crate) struct Connection<T>(T);

impl<T: Transport> Transport for Connection<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = in_time(timeout)?;
        let mut notes = NOTES.get();
        // The request to a proxy to connect is not the request itself.
        notes.is_begun |= notes.connecting == 0;
        NOTES.set(notes);
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(in_time(timeout)?)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use ureq::Agent;
    use ureq::unversioned::resolver::DefaultResolver;
    use ureq::unversioned::transport::DefaultConnector;

    use super::*;

    /// Counts look-ups, and can put addresses in front of those that it finds.
    struct Counting {
        resolver: DefaultResolver,
        count: Arc<AtomicUsize>,
        first: Vec<SocketAddr>,
    }

    impl Resolver for Counting {
        fn resolve(
            &self,
            uri: &Uri,
            config: &Config,
            timeout: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, Error> {
            self.count.fetch_add(1, Ordering::SeqCst);
            let mut addrs = self.empty();
            for address in &self.first {
                addrs.push(*address);
            }
            for address in &self.resolver.resolve(uri, config, timeout)? {
                addrs.push(*address);
            }
            Ok(addrs)
        }
    }

    impl fmt::Debug for Counting {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Counting")
        }
    }

    fn agent(first: Vec<SocketAddr>, connect_timeout: Duration) -> (Agent, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let resolver =
            Counting { resolver: DefaultResolver::default(), count: count.clone(), first };
        let config = Agent::config_builder().timeout_connect(Some(connect_timeout)).build();
        let connector = Connecting(DefaultConnector::new());
        (Agent::with_parts(config, connector, LazyResolver(resolver)), count)
    }

    /// A server that answers every request of one connection after the other.
    fn server(connections: usize) -> (u16, std::thread::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            for _ in 0..connections {
                let (mut stream, _) = listener.accept().unwrap();
                let mut buffer = [0; 4096];
                while let Ok(1..) = stream.read(&mut buffer) {
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
                }
            }
        });
        (port, thread)
    }

    #[test]
    fn a_host_is_looked_up_for_a_connection_and_not_for_a_request() {
        let (port, server) = server(1);
        let (agent, count) = agent(Vec::new(), Duration::from_secs(60));
        for _ in 0..20 {
            let mut response = agent.get(format!("http://127.0.0.1:{port}/")).call().unwrap();
            assert_eq!(response.body_mut().read_to_string().unwrap(), "ok");
        }
        assert_eq!(count.load(Ordering::SeqCst), 1);
        drop(agent);
        server.join().unwrap();
    }

    /// A listener that nobody accepts from, with a full queue, is as silent as a host that is gone.
    #[test]
    fn a_dead_first_address_does_not_hide_the_live_one() {
        let (port, server) = server(1);
        let dead = Dead::new();
        let (agent, _) = agent(vec![dead.address], Duration::from_secs(2));
        let mut response = agent.get(format!("http://127.0.0.1:{port}/")).call().unwrap();
        assert_eq!(response.body_mut().read_to_string().unwrap(), "ok");
        drop(agent);
        server.join().unwrap();
    }

    struct Dead {
        address: SocketAddr,
        _listener: TcpListener,
        _queue: Vec<std::net::TcpStream>,
    }

    impl Dead {
        fn new() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let mut queue = Vec::new();
            let short = Duration::from_millis(200);
            while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, short) {
                queue.push(stream);
                assert!(queue.len() < 10_000, "the queue has no end");
            }
            Self { address, _listener: listener, _queue: queue }
        }
    }
}
