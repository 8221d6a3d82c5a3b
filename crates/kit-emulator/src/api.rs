//! From a request to a reply: routes, credentials, faults.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde_json::json;

use crate::account::Account;
use crate::body::ReplyBody;
use crate::clock::Clock;
use crate::create_webhook::create_webhook;
use crate::fault::{Effect, Fault, When};
use crate::list_webhooks::list_webhooks;
use crate::rate_limit::RateLimit;
use crate::reply::Reply;

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 1024 * 1024;

type Chooser = Box<dyn FnMut(&Request<()>) -> Option<Fault> + Send>;

/// What all connections share.
pub(crate) struct Api {
    pub(crate) api_key: String,
    pub(crate) access_token: String,
    pub(crate) connections: AtomicUsize,
    pub(crate) requests: AtomicUsize,
    pub(crate) clock: Clock,
    /// Whether there are rate limits: of the API key and of the access token.
    limits: Option<Mutex<[RateLimit; 2]>>,
    account: Mutex<Account>,
    chooser: Mutex<Option<Chooser>>,
}

/// What a request comes with.
#[derive(Clone, Copy, Debug)]
enum Credential {
    ApiKey,
    AccessToken,
}

impl Credential {
    /// How many requests are let through in any 60 seconds.
    fn budget(self) -> usize {
        match self {
            Self::ApiKey => 120,
            Self::AccessToken => 600,
        }
    }
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
        limits: Option<Mutex<[RateLimit; 2]>>,
    ) -> Self {
        Self {
            api_key,
            access_token,
            connections: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            clock: Clock::new(),
            limits,
            account: Mutex::default(),
            chooser: Mutex::new(None),
        }
    }

    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
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
            Self::with_fault(fault, || self.route(&head, &body)).await?
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

    fn route(&self, head: &Request<()>, body: &[u8]) -> Reply {
        let path = head.uri().path();
        let id = path.strip_prefix("/v4/webhooks/");
        if path != "/v4/webhooks" && id.is_none() {
            return Reply::not_found();
        }
        let Some(credential) = self.credential(head.headers()) else {
            return Reply::error(StatusCode::UNAUTHORIZED, "The access token is invalid");
        };
        if let Err(seconds) = self.pass(credential) {
            return Reply::too_many_requests(seconds);
        }
        match (head.method(), id) {
            (&Method::POST, None) => create_webhook(&mut self.account(), head.headers(), body),
            (&Method::GET, None) => {
                list_webhooks(&self.account(), head.uri().query().unwrap_or_default())
            }
            (&Method::DELETE, Some(id)) => match id.parse() {
                Ok(id) if self.account().delete(id) => Reply::no_content(),
                _ => Reply::not_found(),
            },
            _ => Reply::not_found(),
        }
    }

    /// Exactly one credential, and the right one.
    fn credential(&self, headers: &HeaderMap) -> Option<Credential> {
        let mut keys = headers.get_all("x-kit-api-key").iter();
        let mut tokens = headers.get_all(header::AUTHORIZATION).iter();
        match (keys.next(), tokens.next(), keys.next(), tokens.next()) {
            (Some(key), None, None, None) => {
                (key.as_bytes() == self.api_key.as_bytes()).then_some(Credential::ApiKey)
            }
            (None, Some(token), None, None) => {
                let (scheme, token) = token.to_str().ok()?.split_once(' ')?;
                let is_right = scheme.eq_ignore_ascii_case("bearer") && token == self.access_token;
                is_right.then_some(Credential::AccessToken)
            }
            _ => None,
        }
    }

    fn pass(&self, credential: Credential) -> Result<(), u64> {
        let Some(limits) = &self.limits else { return Ok(()) };
        let [api_key, access_token] = &mut *limits.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = match credential {
            Credential::ApiKey => api_key,
            Credential::AccessToken => access_token,
        };
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
