//! Sockets: accepts connections, serves each of them, stops when told to.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::sync::oneshot;

use crate::api::Api;

/// A thread that serves; it ends, and its connections with it, when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    /// Dropping it stops the thread.
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(address: SocketAddr, api: Arc<Api>) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("kit-emulator".into()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, api) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has been printed, and is no reason for another one here.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: tokio::net::TcpListener, api: Arc<Api>) {
    loop {
        // An error here is of one connection (or of too many); the next may be well.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        // Small replies should not wait for more to come.
        let _ = stream.set_nodelay(true);
        api.connections.fetch_add(1, Ordering::Relaxed);
        let api = api.clone();
        tokio::spawn(async move {
            let service = service_fn(|request: Request<Incoming>| {
                let api = api.clone();
                async move { api.answer(request).await }
            });
            let server = auto::Builder::new(TokioExecutor::new());
            // How a connection ends is the client's to know.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
