//! Receives deliveries, on axum. `cargo run --example receive_with_axum -- --help`

mod shared;

use std::future::IntoFuture as _;
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
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

    // In a program of yours: `.route_service("/kit", receiver)`, beside its other routes.
    let app = Router::new().fallback_service(receiver.clone());
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async { drop(stopped.await) };
    let server =
        tokio::spawn(axum::serve(listener, app).with_graceful_shutdown(stopped).into_future());
    stop.asked_for(&mut handling).await;
    drop(stopping);
    let _ = tokio::time::timeout(LAST, server).await;

    // In order: no more events come, those that wait are handled, the endpoint goes.
    receiver.close();
    handling.end().await?;
    match endpoint {
        Some(endpoint) => endpoint.delete().await,
        None => Ok(()),
    }
}
