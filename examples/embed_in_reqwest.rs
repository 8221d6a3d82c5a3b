//! Creates a webhook over reqwest: the core alone inside another HTTP stack, without a transport of
//! this project. `cargo run --example embed_in_reqwest -- --help`

use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

use http::{Request, Response};
use kit_core::oauth::{Refresh, RefreshStep};
use kit_core::{Call, Endpoint, Error, Kit, RetryPolicy, Step, Time, TransportError};
use kit_examples::Failure;
use tokio::runtime::Builder;

/// One request for one response: all that the core wants of an HTTP stack.
async fn exchange(
    client: &reqwest::Client,
    request: Request<Vec<u8>>,
    time_left: Duration,
) -> Result<Response<Vec<u8>>, reqwest::Error> {
    let mut request = reqwest::Request::try_from(request)?;
    *request.timeout_mut() = Some(time_left.min(Duration::from_secs(30)));
    let response = client.execute(request).await?;
    let (head, body) = Response::<reqwest::Body>::from(response).into_parts();
    let body = reqwest::Response::from(Response::new(body)).bytes().await?;
    Ok(Response::from_parts(head, body.into()))
}

/// What all calls count from: those that share a pacer or a session need one clock.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

fn now() -> Time {
    Time::new(START.elapsed(), SystemTime::now())
}

/// The whole of a transport: the core says what to do, and is told what came of it. What sends more
/// than one request adds `with_pacer`.
async fn send<E: Endpoint>(
    client: &reqwest::Client,
    kit: &Kit,
    endpoint: &E,
) -> Result<E::Reply, Error> {
    let mut call = Call::new(kit, endpoint, RetryPolicy::default(), fastrand::u64(..));
    loop {
        match call.next(now()) {
            Step::Send(request) => match exchange(client, request, call.time_left(now())).await {
                Ok(response) => call.received(response, now()),
                Err(error) => call.failed(transport_error(error), now()),
            },
            Step::Wait(duration) => tokio::time::sleep(duration).await,
            // By a task of its own: it has to go on even if this call is dropped.
            Step::Refresh(refresh) => {
                let refresh = tokio::spawn(run(client.clone(), *refresh));
                let _ = tokio::time::timeout(call.time_left(now()), refresh).await;
            }
            Step::Done(result) => return result,
        }
    }
}

/// Refreshes a session, where the credentials are one. A store that blocks, other than one in memory,
/// belongs into `tokio::task::spawn_blocking`.
async fn run(client: reqwest::Client, mut refresh: Refresh) {
    loop {
        match refresh.next(now()) {
            RefreshStep::Send(request) => {
                match exchange(&client, request, refresh.time_left(now())).await {
                    Ok(response) => refresh.received(response, now()),
                    Err(error) => refresh.failed(transport_error(error), now()),
                }
            }
            RefreshStep::Wait(duration) => tokio::time::sleep(duration).await,
            RefreshStep::Done => return,
        }
    }
}

/// Tells whether the request may have reached Kit.
fn transport_error(error: reqwest::Error) -> TransportError {
    if error.is_connect() || error.is_builder() {
        TransportError::NotSent(error.into())
    } else if error.is_timeout() {
        TransportError::TimedOut(error.into())
    } else {
        TransportError::CutOff(error.into())
    }
}

/// Without redirects, which could carry the credential to another host.
fn client() -> Result<reqwest::Client, Failure> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "rustls has another provider already")?;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    Ok(client.build()?)
}

fn main() -> ExitCode {
    kit_examples::run(|at, create| {
        let kit = Kit::new(at.credentials.clone()).with_base_url(&at.base_url)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(send(&client()?, &kit, create))?)
    })
}
