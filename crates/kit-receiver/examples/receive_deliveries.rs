//! Receives deliveries, on hyper. `cargo run --example receive_deliveries -- --help`

mod shared;

use std::process::ExitCode;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use kit_receiver::Receiver;
use shared::{Failure, Handling, Options, Stop};
use tokio::net::TcpListener;

/// How long requests may take that are under way at the end.
const LAST: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    shared::main(run)
}

async fn run(mut options: Options, listener: TcpListener, stop: Stop) -> Result<(), Failure> {
    let endpoint = options.endpoint(&listener).await?;
    let (receiver, events) = options.receiver()?;
    let mut handling = Handling::begin(events);
    if let Some(endpoint) = &endpoint {
        endpoint.make_events_happen()?;
    }

    serve(listener, &receiver, stop.asked_for(&mut handling)).await;
    // In order: no more events come, those that wait are handled, the endpoint goes.
    receiver.close();
    handling.end().await?;
    match endpoint {
        Some(endpoint) => endpoint.delete().await,
        None => Ok(()),
    }
}

/// Serves until the program is asked to stop, and what is under way then.
async fn serve(listener: TcpListener, receiver: &Receiver, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else {
                    // Too many connections, say: some of them end.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let service = TowerToHyperService::new(receiver.clone());
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service);
                let connection = graceful.watch(connection);
                tokio::spawn(async move { drop(connection.await) });
            }
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(LAST, graceful.shutdown()).await;
}
