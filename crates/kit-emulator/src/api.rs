//! What all connections share, and how a request is answered: by its operation, or by a fault.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde_json::json;

use crate::account::Account;
use crate::app::App;
use crate::body::ReplyBody;
use crate::clock::Clock;
use crate::credential::Credential;
use crate::fault::{Effect, Fault, When};
use crate::grants::Grants;
use crate::rate_limit::RateLimit;
use crate::reply::Reply;
use crate::routes::route;

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 1024 * 1024;

type Chooser = Box<dyn FnMut(&Request<()>) -> Option<Fault> + Send>;

/// What all connections share.
pub(crate) struct Api {
    pub(crate) api_key: String,
    /// One that does not end.
    pub(crate) access_token: String,
    pub(crate) app: App,
    pub(crate) connections: AtomicUsize,
    pub(crate) requests: AtomicUsize,
    pub(crate) clock: Clock,
    limits: Option<Mutex<HashMap<Credential, RateLimit>>>,
    account: Mutex<Account>,
    grants: Mutex<Grants>,
    chooser: Mutex<Option<Chooser>>,
}

/// The connection is to be closed without an answer.
#[derive(Debug)]
pub(crate) struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("closed by a fault")
    }
}

impl std::error::Error for Closed {}

impl Api {
    pub(crate) fn new(
        api_key: String,
        access_token: String,
        app: App,
        token_lifetime: Duration,
        has_rate_limits: bool,
    ) -> Self {
        Self {
            api_key,
            access_token,
            app,
            connections: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            clock: Clock::new(),
            limits: has_rate_limits.then(Mutex::default),
            account: Mutex::default(),
            grants: Mutex::new(Grants::new(token_lifetime)),
            chooser: Mutex::new(None),
        }
    }

    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn choose_faults(&self, chooser: Option<Chooser>) {
        *self.chooser.lock().unwrap_or_else(PoisonError::into_inner) = chooser;
    }

    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<ReplyBody>, Closed> {
        let start = Instant::now();
        self.requests.fetch_add(1, Ordering::Relaxed);
        let (parts, body) = request.into_parts();
        let head = Request::from_parts(parts, ());
        let reply = if let Ok(body) = Limited::new(body, MAX_BODY).collect().await {
            let body = body.to_bytes();
            let fault = self.fault(&head);
            Self::with_fault(fault, || route(self, &head, &body)).await?
        } else {
            let message = "The body is too large, or was cut off";
            Reply::error(StatusCode::PAYLOAD_TOO_LARGE, message).into_http()
        };
        Ok(with_headers(reply, start))
    }

    fn fault(&self, head: &Request<()>) -> Option<Fault> {
        let mut chooser = self.chooser.lock().unwrap_or_else(PoisonError::into_inner);
        chooser.as_mut().and_then(|choose| choose(head))
    }

    async fn with_fault(
        fault: Option<Fault>,
        apply: impl Fn() -> Reply,
    ) -> Result<Response<ReplyBody>, Closed> {
        let Some(Fault { effect, when }) = fault else {
            return Ok(apply().into_http());
        };
        let applied = match when {
            When::AfterApplying => Some(apply()),
            When::BeforeApplying => None,
        };
        // Garbage and half a body come with the status of a success, applied or not.
        let success = || Reply::json(StatusCode::CREATED, json!({"webhook": {}}));
        match effect {
            Effect::Close => Err(Closed),
            Effect::Status { status, retry_after } => {
                let mut response = Reply::failure(status).into_http();
                if let Some(Ok(value)) = retry_after.map(HeaderValue::try_from) {
                    response.headers_mut().insert(header::RETRY_AFTER, value);
                }
                Ok(response)
            }
            Effect::Delay(delay) => {
                tokio::time::sleep(delay).await;
                Ok(applied.unwrap_or_else(apply).into_http())
            }
            Effect::Garbage => {
                Ok(applied.unwrap_or_else(success).into_http().map(|_| ReplyBody::garbage()))
            }
            Effect::Truncate => {
                Ok(applied.unwrap_or_else(success).into_http().map(ReplyBody::cut_in_half))
            }
        }
    }

    /// Lets a request through, or says how many seconds it is too early.
    pub(crate) fn pass(&self, credential: &Credential) -> Result<(), u64> {
        let Some(limits) = &self.limits else { return Ok(()) };
        let mut limits = limits.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = limits.entry(credential.clone()).or_default();
        limit.pass(credential.budget(), self.clock.now())
    }
}

/// Every reply of Kit's has them.
fn with_headers(mut response: Response<ReplyBody>, start: Instant) -> Response<ReplyBody> {
    let id = uuid::Uuid::new_v4().to_string();
    let runtime = format!("{:.6}", start.elapsed().as_secs_f64());
    for (name, value) in [("x-request-id", id), ("x-runtime", runtime)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
