//! One attempt over HTTP.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;

use super::Destinations;
use super::delivery_fault::Kind;
use super::job::{Job, Outcome, SIGNATURE};

/// How long an answer may take. Kit's documentation does not say.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How much of an answer's body is kept.
const KEPT: usize = 1024;

/// An hour ago.
const STALE: u64 = 3600;

/// Makes the attempt, as its fault wants it.
pub(super) async fn post(job: &Job, destinations: &Destinations) -> Outcome {
    let start = Instant::now();
    let kind = job.fault.as_ref().map(|fault| &fault.0);
    let unix_seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let failed = |error: &str| Outcome { error: Some(error.to_owned()), ..Outcome::default() };
    let send = async |headers, body: &Bytes| send(job, headers, body, destinations).await;
    let outcome = match kind {
        Some(Kind::Dropped) => failed("dropped by a fault"),
        Some(Kind::Delayed(delay)) => {
            tokio::time::sleep(*delay).await;
            send(job.headers(unix_seconds.saturating_add(delay.as_secs())), &job.body).await
        }
        Some(Kind::Duplicated) => {
            send(job.headers(unix_seconds), &job.body).await;
            send(job.headers(unix_seconds), &job.body).await
        }
        Some(Kind::Forged) => {
            let forged = job.headers_by(&["whsec_of_nobody".to_owned()], unix_seconds);
            send(forged, &job.body).await
        }
        Some(Kind::Stale) => send(job.headers(unix_seconds.saturating_sub(STALE)), &job.body).await,
        Some(Kind::Truncated) => {
            let half = job.body.slice(..job.body.len() / 2);
            send(job.headers(unix_seconds), &half).await
        }
        Some(Kind::Unanswered) => {
            let posted = send(job.headers(unix_seconds), &job.body).await;
            Outcome { signature: posted.signature, ..failed("the answer was lost by a fault") }
        }
        Some(Kind::Reordered) | None => send(job.headers(unix_seconds), &job.body).await,
    };
    Outcome { duration: start.elapsed(), ..outcome }
}

async fn send(
    job: &Job,
    headers: Vec<(&'static str, String)>,
    body: &Bytes,
    destinations: &Destinations,
) -> Outcome {
    let signed = headers.iter().find(|(name, _)| *name == SIGNATURE);
    let signature = signed.map(|(_, signature)| signature.clone());
    let asked = exchange(&job.url, headers, body, destinations);
    let outcome = match tokio::time::timeout(TIMEOUT, asked).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => Outcome { error: Some(error), ..Outcome::default() },
        Err(_) => Outcome { error: Some("timed out".into()), ..Outcome::default() },
    };
    Outcome { signature, ..outcome }
}

/// Redirects are not followed.
async fn exchange(
    url: &str,
    headers: Vec<(&'static str, String)>,
    body: &Bytes,
    destinations: &Destinations,
) -> Result<Outcome, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let uri: Uri = url.parse().map_err(|error: http::uri::InvalidUri| text(&error))?;
    if uri.scheme_str() != Some("http") {
        return Err(destinations.refusal());
    }
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let authority = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
    // The user in front of the host is not sent, and a port out of range is no port.
    let authority = authority.rsplit_once('@').map_or(authority, |(_, place)| place).to_owned();
    let port = match (uri.port_u16(), authority.strip_prefix(uri.host().unwrap_or_default())) {
        (Some(port), _) => port,
        (None, Some("" | ":")) => 80,
        (None, _) => return Err("the URL has a malformed port".into()),
    };
    let addresses = destinations.resolve(&host, port).await?;
    let stream = tokio::net::TcpStream::connect(&*addresses).await.map_err(|error| text(&error))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| text(&error))?;
    let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let mut request = Request::post(path).header(header::HOST, authority);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(body.clone())).map_err(|error| text(&error))?;
    let asked = async {
        let response = sender.send_request(request).await.map_err(|error| text(&error))?;
        let (head, mut body) = response.into_parts();
        let mut kept = Vec::new();
        while kept.len() < KEPT
            && let Some(frame) = body.frame().await
        {
            let frame = frame.map_err(|error| text(&error))?;
            kept.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
        }
        kept.truncate(KEPT);
        let retry_after = head.headers.get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
        Ok(Outcome {
            status: Some(head.status.as_u16()),
            response_body: String::from_utf8_lossy(&kept).into_owned(),
            retry_after,
            ..Outcome::default()
        })
    };
    tokio::pin!(asked);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        outcome = &mut asked => outcome,
        _ = &mut connection => asked.await,
    }
}
