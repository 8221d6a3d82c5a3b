//! Receives deliveries, on axum. `cargo run --example receive_with_axum -- --help`

mod shared;

use std::process::ExitCode;

use axum::Router;
use shared::{Failure, Options};
use tokio::net::TcpListener;

fn main() -> ExitCode {
    shared::main(run)
}

async fn run(mut options: Options, listener: TcpListener) -> Result<(), Failure> {
    let endpoint = options.endpoint(&listener).await?;
    let (receiver, events) = options.receiver()?;
    let handling = tokio::spawn(shared::handle(events));
    if let Some(endpoint) = &endpoint {
        endpoint.make_events_happen()?;
    }

    // In a program of yours: `.route_service("/kit", receiver)`, beside its other routes.
    let app = Router::new().fallback_service(receiver.clone());
    axum::serve(listener, app).with_graceful_shutdown(shared::asked_to_stop()).await?;

    // In order: no more events come, those that wait are handled, the endpoint goes.
    receiver.close();
    handling.await??;
    match endpoint {
        Some(endpoint) => endpoint.delete().await,
        None => Ok(()),
    }
}
