//! A server that does what a script says, byte by byte, over TCP or TLS.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

/// A running server. It stops, with all its connections, when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    connections: AtomicUsize,
    requests: Mutex<Vec<Vec<u8>>>,
    open: Mutex<BTreeMap<usize, TcpStream>>,
    stopped: Mutex<bool>,
    stop: Condvar,
    closed: Mutex<usize>,
    close: Condvar,
}

/// The other end of one connection.
pub struct Peer<'a> {
    stream: &'a mut dyn Stream,
    shared: &'a Shared,
    ends: Ends,
}

/// How a connection ends at the end of its script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Properly,
    /// Without TLS announcing it.
    Aborted,
    /// By a TCP reset.
    Reset,
}

trait Stream: Read + Write {
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
}

impl Stream for TcpStream {
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(timeout)
    }
}

impl Stream for StreamOwned<ServerConnection, TcpStream> {
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.sock.set_read_timeout(timeout)
    }
}

impl Server {
    /// Over TCP. `script` runs for each connection, which is closed at its end.
    pub fn start(script: impl Fn(&mut Peer<'_>) + Send + Sync + 'static) -> Self {
        Self::listen("http", move |mut stream, shared| {
            let mut peer = Peer { stream: &mut stream, shared, ends: Ends::Properly };
            script(&mut peer);
            peer.ends
        })
    }

    /// Over TLS. `script` runs for each connection whose handshake succeeds.
    pub fn start_tls(
        config: Arc<ServerConfig>,
        script: impl Fn(&mut Peer<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self::listen("https", move |stream, shared| {
            let connection = ServerConnection::new(config.clone()).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream);
            // Ends when the handshake is done; it fails where the client does not trust.
            if stream.conn.complete_io(&mut stream.sock).is_err() {
                return Ends::Aborted;
            }
            let mut peer = Peer { stream: &mut stream, shared, ends: Ends::Properly };
            script(&mut peer);
            let ends = peer.ends;
            if ends == Ends::Properly {
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
            ends
        })
    }

    fn listen(
        scheme: &'static str,
        serve: impl Fn(TcpStream, &Shared) -> Ends + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let thread = std::thread::spawn({
            let shared = shared.clone();
            move || {
                let (serve, shared) = (&serve, &*shared);
                std::thread::scope(|scope| {
                    for stream in listener.incoming() {
                        if *shared.stopped.lock().expect("a lock") {
                            break;
                        }
                        let stream = stream.expect("a connection");
                        let number = shared.connections.fetch_add(1, Ordering::SeqCst);
                        stream.set_nodelay(true).expect("an option");
                        let twin = stream.try_clone().expect("a twin");
                        shared.open.lock().expect("a lock").insert(number, twin);
                        scope.spawn(move || {
                            let ends = serve(stream, shared);
                            // The twin keeps the connection open beyond the end of the script.
                            let twin = shared.open.lock().expect("a lock").remove(&number);
                            if let Some(twin) = twin {
                                if ends == Ends::Reset {
                                    let linger = Some(Duration::ZERO);
                                    SockRef::from(&twin).set_linger(linger).expect("an option");
                                } else {
                                    let _ = twin.shutdown(Shutdown::Both);
                                }
                            }
                            *shared.closed.lock().expect("a lock") += 1;
                            shared.close.notify_all();
                        });
                    }
                });
            }
        });
        Self { address, scheme, shared, thread: Some(thread) }
    }

    /// Its URL, with an address for a host.
    pub fn base_url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections it has accepted.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Waits until so many connections are closed.
    pub fn wait_until_closed(&self, connections: usize) {
        let closed = self.shared.closed.lock().expect("a lock");
        let (open, limit) = (|closed: &mut usize| *closed < connections, Duration::from_secs(60));
        let wait = self.shared.close.wait_timeout_while(closed, limit, open).expect("a lock");
        assert!(!wait.1.timed_out(), "the connections stay open");
    }

    /// The requests that it has read, as they came.
    pub fn requests(&self) -> Vec<String> {
        let requests = self.shared.requests.lock().expect("a lock");
        requests.iter().map(|request| String::from_utf8_lossy(request).into_owned()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        *self.shared.stopped.lock().expect("a lock") = true;
        self.shared.stop.notify_all();
        for stream in self.shared.open.lock().expect("a lock").values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        let panicked = self.thread.take().is_some_and(|thread| thread.join().is_err());
        assert!(!panicked || std::thread::panicking(), "the server panicked");
    }
}

impl Read for Peer<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl Peer<'_> {
    /// Reads a whole request: its head, and as much of a body as it promises. `None` where the client
    /// sends none.
    pub fn request(&mut self) -> Option<String> {
        let mut request = self.head()?;
        let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let mut body = vec![0; length.map_or(0, |length| length.trim().parse().expect("a length"))];
        self.stream.read_exact(&mut body).ok()?;
        request.extend(body);
        self.shared.requests.lock().expect("a lock").push(request.clone());
        Some(String::from_utf8_lossy(&request).into_owned())
    }

    /// Reads the head of a request, and no byte more. `None` where the client sends none.
    pub fn head(&mut self) -> Option<Vec<u8>> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            match self.stream.read(&mut byte) {
                Ok(1) => head.extend(byte),
                _ => return None,
            }
        }
        Some(head)
    }

    /// How long a read waits at most.
    ///
    /// # Errors
    ///
    /// When the connection is gone.
    pub fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.stream.set_read_timeout(timeout)
    }

    /// Sends bytes.
    ///
    /// # Errors
    ///
    /// When the client is gone.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())?;
        self.stream.flush()
    }

    /// Sends bytes one by one.
    ///
    /// # Errors
    ///
    /// When the client is gone.
    pub fn send_each(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        bytes.as_ref().iter().try_for_each(|byte| self.send([*byte]))
    }

    /// Does nothing until the server is stopped, or for so long. True while there is time left.
    pub fn pause(&mut self, duration: Duration) -> bool {
        let stopped = self.shared.stopped.lock().expect("a lock");
        let waited = self.shared.stop.wait_timeout_while(stopped, duration, |stopped| !*stopped);
        !*waited.expect("a lock").0
    }

    /// Lets the connection end without TLS announcing it.
    pub fn abort(&mut self) {
        self.ends = Ends::Aborted;
    }

    /// Lets the connection end by a TCP reset.
    pub fn reset(&mut self) {
        self.ends = Ends::Reset;
    }

    /// Reads until the client closes the connection, or the server is stopped.
    pub fn until_closed(&mut self) {
        let mut buffer = [0; 4096];
        while matches!(self.stream.read(&mut buffer), Ok(1..)) {}
    }
}
