use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Stands between a client and a server, and cuts connections when it is told to.
#[derive(Debug)]
pub struct Cutting {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    cut: AtomicU8,
    is_over: AtomicBool,
    streams: Mutex<Vec<TcpStream>>,
}

/// Where the next connection is cut that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Before the request gets to the server.
    Request = 1,
    /// After the server has answered, and before the client knows.
    Reply = 2,
}

impl Cutting {
    /// In front of the server on this port of loopback.
    pub fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let accepting = shared.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if accepting.is_over.load(Ordering::SeqCst) {
                    return;
                }
                if let Ok(server) = TcpStream::connect(("127.0.0.1", port)) {
                    Shared::join(&accepting, &client, &server);
                }
            }
        });
        Self { address, shared }
    }

    /// The port on loopback.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Cuts the next connection that is used, and no other.
    pub fn cut_next(&self, cut: Cut) {
        self.shared.cut.store(cut as u8, Ordering::SeqCst);
    }

    /// Whether the cut was made that was asked for last.
    pub fn has_cut(&self) -> bool {
        self.shared.cut.load(Ordering::SeqCst) == 0
    }
}

impl Drop for Cutting {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        for stream in self.shared.streams.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // The thread that accepts looks up.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn join(this: &Arc<Self>, client: &TcpStream, server: &TcpStream) {
        for stream in [client, server] {
            let _ = stream.set_nodelay(true);
            let mut streams = this.streams.lock().unwrap_or_else(PoisonError::into_inner);
            streams.extend(stream.try_clone());
        }
        for (from, to, cut) in [(client, server, Cut::Request), (server, client, Cut::Reply)] {
            let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else { return };
            let this = this.clone();
            std::thread::spawn(move || {
                let mut buffer = [0; 16 * 1024];
                while let Ok(count @ 1..) = from.read(&mut buffer) {
                    let is_cut =
                        this.cut.compare_exchange(cut as u8, 0, Ordering::SeqCst, Ordering::SeqCst);
                    if is_cut.is_ok() || to.write_all(&buffer[..count]).is_err() {
                        break;
                    }
                }
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.shutdown(Shutdown::Both);
            });
        }
    }
}
