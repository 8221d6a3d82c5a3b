//! Sockets: accepts connections, serves each of them, stops when told to.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::counts::Counts;
use super::exchange::answer;
use super::{Faults, Recorder, Service};

/// How long to wait before accepting again, after accepting a connection failed.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How long the head of a request may take, and a connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// A thread that serves; it ends, and its connections with it, when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    counts: Arc<Counts>,
    recorder: Arc<Recorder>,
    runtime: Handle,
    /// Dropping it stops the thread.
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(
        address: SocketAddr,
        service: Arc<dyn Service>,
        faults: Arc<Faults>,
        recorder: Arc<Recorder>,
        beside: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let counts = Arc::<Counts>::default();
        let handle = runtime.handle().clone();
        let (counted, recording) = (counts.clone(), recorder.clone());
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("kit-emulator".into()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, service, faults, recording, counted) => {}
                    () = beside => {}
                    _ = stopped => {}
                }
            });
        })?;
        let (stop, thread) = (Some(stop), Some(thread));
        Ok(Self { address, counts, recorder, runtime: handle, stop, thread })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests that came last.
    pub(crate) fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Runs a future where the server does. Where the server has stopped, there is nothing to wait for.
    pub(crate) fn spawn<F: Future<Output = ()> + Send + 'static>(
        &self,
        future: F,
    ) -> impl Future<Output = ()> + Send + use<F> {
        let task = self.runtime.spawn(future);
        async move { drop(task.await) }
    }

    /// Waits for a future that runs where the server does.
    pub(crate) fn run(&self, future: impl Future<Output = ()> + Send + 'static) {
        let (done, is_done) = std::sync::mpsc::channel();
        self.runtime.spawn(async move {
            future.await;
            let _ = done.send(());
        });
        // If the server has stopped, there is nothing to wait for.
        let _ = is_done.recv();
    }

    pub(crate) fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::Relaxed)
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

async fn accept(
    listener: tokio::net::TcpListener,
    service: Arc<dyn Service>,
    faults: Arc<Faults>,
    recorder: Arc<Recorder>,
    counts: Arc<Counts>,
) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // The error is that of one connection, or of too many: these are still waiting, and would be found again at once.
            tokio::time::sleep(LOOK_AGAIN).await;
            continue;
        };
        // Small replies should not wait for more to come.
        let _ = stream.set_nodelay(true);
        counts.connections.fetch_add(1, Ordering::Relaxed);
        let (service, faults, counts) = (service.clone(), faults.clone(), counts.clone());
        let recorder = recorder.clone();
        tokio::spawn(async move {
            let service = service_fn(|request: http::Request<Incoming>| {
                answer(&*service, &faults, &recorder, &counts, request)
            });
            // How a connection ends is the client's to know.
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
