//! Calls from tasks: kit-hyper, and bare hyper-util and reqwest beside it.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kit_core::oauth::{App, Session, Tokens};
use kit_core::webhooks::CreateWebhook;
use kit_core::{Credentials, Pacer};

use crate::caller::Caller;
use crate::{embedded, floor, subject};

/// The owner of an access token.
#[derive(Clone, Copy, Debug)]
pub enum IsOfSession {
    /// A session's, which would renew it.
    Yes,
    /// Nobody's.
    No,
}

/// kit-hyper.
#[derive(Debug)]
pub struct Kit {
    create: CreateWebhook,
    client: kit_hyper::Client,
}

impl Kit {
    /// For a server.
    pub fn new(base_url: &str, pacer: Option<Pacer>) -> Self {
        Self::with(base_url, pacer, Credentials::api_key(floor::API_KEY))
    }

    /// For a server, with an access token that is a session's, or with that alone.
    pub fn with_token(base_url: &str, is_of_session: IsOfSession) -> Self {
        let credentials = match is_of_session {
            IsOfSession::Yes => {
                let session = Session::in_memory(App::public("client-id"));
                let tokens = Tokens::new(floor::API_KEY).with_refresh_token("refresh-token");
                let tokens = tokens.with_expires_in(172_800);
                drop(session.begin(&tokens, embedded::now()).expect("a session"));
                Credentials::session(&session)
            }
            IsOfSession::No => Credentials::access_token(floor::API_KEY),
        };
        Self::with(base_url, None, credentials)
    }

    /// For a server, with a session.
    pub fn with_session(base_url: &str, session: &Session) -> Self {
        Self::with(base_url, None, Credentials::session(session))
    }

    fn with(base_url: &str, pacer: Option<Pacer>, credentials: Credentials) -> Self {
        let client = kit_hyper::Client::builder().base_url(base_url).pacing(pacer);
        let client = client.build(credentials).expect("a client");
        Self { create: subject::create(), client }
    }
}

impl Caller for Kit {
    async fn call(&self) {
        let webhook = self.client.send(&self.create).await.expect("a webhook");
        assert_eq!(webhook.id, 9.into());
    }
}

/// Bare hyper-util, by hand, with the timeouts of kit-hyper.
#[derive(Debug)]
pub struct HyperUtil {
    client: legacy::Client<HttpConnector, Full<Bytes>>,
    parts: floor::Parts,
}

impl HyperUtil {
    /// For a server.
    pub fn new(base_url: &str) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(Duration::from_secs(10)));
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        builder.pool_idle_timeout(Duration::from_secs(15)).pool_timer(TokioTimer::new());
        Self { client: builder.build(tcp), parts: floor::Parts::new(base_url) }
    }
}

impl Caller for HyperUtil {
    async fn call(&self) {
        let request = self.parts.build().map(|body| Full::new(body.into()));
        let exchange = async {
            let response = self.client.request(request).await.expect("a response");
            assert_eq!(response.status(), 201);
            response.into_body().collect().await.expect("a body").to_bytes()
        };
        let limit = Duration::from_secs(30);
        let body = tokio::time::timeout(limit, exchange).await.expect("a response in time");
        assert_eq!(floor::read(&body).webhook.id, 9);
    }
}

/// reqwest, by hand.
#[derive(Debug)]
pub struct Reqwest {
    client: reqwest::Client,
    parts: floor::Parts,
}

impl Reqwest {
    /// For a server.
    pub fn new(base_url: &str) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30));
        Self { client: client.build().expect("a client"), parts: floor::Parts::new(base_url) }
    }
}

impl Caller for Reqwest {
    async fn call(&self) {
        let request = self.parts.build().try_into().expect("a request");
        let response = self.client.execute(request).await.expect("a response");
        assert_eq!(response.status(), 201);
        let body = response.bytes().await.expect("a body");
        assert_eq!(floor::read(&body).webhook.id, 9);
    }
}
