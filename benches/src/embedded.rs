//! The core over bare hyper-util: with `Call` around it, and without.

use std::time::{Instant, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use kit_core::webhooks::CreateWebhook;
use kit_core::{Call, Credentials, Kit, Step, Time};

use crate::caller::Caller;
use crate::{floor, subject};

/// The time by the clocks of this machine.
pub fn now() -> Time {
    Time::new(Instant::now(), SystemTime::now())
}

#[derive(Debug)]
struct Embedded {
    client: legacy::Client<HttpConnector, Full<Bytes>>,
    kit: Kit,
    create: CreateWebhook,
}

impl Embedded {
    fn new(base_url: &str) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        let kit = Kit::new(Credentials::api_key(floor::API_KEY));
        Self {
            client: legacy::Client::builder(TokioExecutor::new()).build(tcp),
            kit: kit.with_base_url(base_url).expect("a URL"),
            create: subject::create(),
        }
    }

    async fn exchange(&self, request: Request<Vec<u8>>) -> Response<Bytes> {
        let request = request.map(|body| Full::new(body.into()));
        let response = self.client.request(request).await.expect("a response");
        let (head, body) = response.into_parts();
        Response::from_parts(head, body.collect().await.expect("a body").to_bytes())
    }
}

/// With `Call`.
#[derive(Debug)]
pub struct WithCall(Embedded);

impl WithCall {
    /// For a server.
    pub fn new(base_url: &str) -> Self {
        Self(Embedded::new(base_url))
    }
}

impl Caller for WithCall {
    async fn call(&self) {
        let Self(Embedded { kit, create, .. }) = self;
        let mut call = Call::new(kit, create, 0);
        let mut time = now();
        loop {
            match call.next(time) {
                Step::Send(request) => {
                    let response = self.0.exchange(request).await;
                    time = now();
                    call.received(response, time);
                }
                Step::Done(webhook) => {
                    assert_eq!(webhook.expect("a webhook").id, 9.into());
                    return;
                }
                step => panic!("there are no faults: {step:?}"),
            }
        }
    }
}

/// Without `Call`.
#[derive(Debug)]
pub struct WithoutCall(Embedded);

impl WithoutCall {
    /// For a server.
    pub fn new(base_url: &str) -> Self {
        Self(Embedded::new(base_url))
    }
}

impl Caller for WithoutCall {
    async fn call(&self) {
        let Self(Embedded { kit, create, .. }) = self;
        let response = self.0.exchange(kit.request(create).expect("a request")).await;
        assert_eq!(kit.response(create, response).expect("a webhook").id, 9.into());
    }
}
