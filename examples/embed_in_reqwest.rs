//! Creates a webhook over reqwest: the core alone inside another HTTP stack, without a transport of
//! this project. `cargo run --example embed_in_reqwest --features reqwest -- --help`

use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use http::{Request, Response};
use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::{Call, Endpoint, Error, Kit, Step, Time, TransportError};
use kit_examples::{Arguments, Failure, Where, say};

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

fn now() -> Time {
    Time::new(Instant::now(), SystemTime::now())
}

/// The whole of a transport: the core says what to do, and is told what came of it. What sends more
/// than one request adds `with_pacer`.
async fn send<E: Endpoint>(
    client: &reqwest::Client,
    kit: &Kit,
    endpoint: &E,
) -> Result<E::Reply, Error> {
    let mut call = Call::new(kit, endpoint, fastrand::u64(..));
    loop {
        match call.next(now()) {
            Step::Send(request) => match exchange(client, request, call.time_left(now())).await {
                Ok(response) => call.received(response, now()),
                Err(error) => call.failed(transport_error(error), now()),
            },
            Step::Wait(duration) => tokio::time::sleep(duration).await,
            Step::Done(result) => return result,
            // These come where the credentials are a session of OAuth: `kit_core::oauth::Refresh` has the loop.
            step => return call.refuse(&step),
        }
    }
}

/// Tells whether the request may have reached Kit. A stack that cannot tell says `CutOff`.
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
    kit_examples::main(|arguments| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(run(arguments))
    })
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let event = Event::named(&arguments.event, arguments.parameter.as_deref())?;
    let create = CreateWebhook::new(&arguments.target_url, event)?;

    let at = Where::find()?;
    let kit = Kit::new(at.credentials()).with_base_url(at.base_url())?;
    let webhook = send(&client()?, &kit, &create).await?;

    say(format_args!("Created webhook {}:", webhook.id));
    say(format_args!("  event       {}", webhook.event));
    say(format_args!("  target URL  {}", webhook.target_url));
    Ok(())
}
