//! Calls from threads: kit-ureq, and bare ureq beside it.

use std::time::{Duration, Instant};

use kit_core::Credentials;
use kit_core::webhooks::CreateWebhook;
use ureq::Agent;

use crate::{floor, subject};

/// One call after the other, on a client that all callers share.
pub trait Caller: Sync {
    /// Creates a webhook.
    fn call(&self);

    /// How long so many callers take for so many calls each.
    fn time(&self, callers: usize, calls: usize) -> Duration {
        let start = Instant::now();
        if callers == 1 {
            (0..calls).for_each(|_| self.call());
        } else {
            std::thread::scope(|scope| {
                for _ in 0..callers {
                    scope.spawn(|| (0..calls).for_each(|_| self.call()));
                }
            });
        }
        start.elapsed()
    }
}

/// kit-ureq.
#[derive(Debug)]
pub struct Kit {
    create: CreateWebhook,
    client: kit_ureq::Client,
}

impl Kit {
    /// For a server.
    pub fn new(base_url: &str) -> Self {
        let client = kit_ureq::Client::builder().base_url(base_url).pacing(None);
        let client = client.build(Credentials::api_key(floor::API_KEY)).expect("a client");
        Self { create: subject::create(), client }
    }
}

impl Caller for Kit {
    fn call(&self) {
        let webhook = self.client.send(&self.create).expect("a webhook");
        assert_eq!(webhook.id, 9.into());
    }
}

/// Bare ureq, by hand, with the timeouts and the pool of kit-ureq.
#[derive(Debug)]
pub struct Ureq {
    agent: Agent,
    parts: floor::Parts,
}

impl Ureq {
    /// For a server.
    pub fn new(base_url: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_global(Some(Duration::from_secs(30)))
            .max_idle_connections(100)
            .max_idle_connections_per_host(100);
        Self { agent: config.build().into(), parts: floor::Parts::new(base_url) }
    }
}

impl Caller for Ureq {
    fn call(&self) {
        let mut response = self.agent.run(self.parts.build()).expect("a response");
        assert_eq!(response.status(), 201);
        let body = response.body_mut().read_to_vec().expect("a body");
        assert_eq!(floor::read(&body).webhook.id, 9);
    }
}

/// ureq as its documentation uses it: an agent with a timeout, and a request from its method.
#[derive(Debug)]
pub struct UreqAsDocumented {
    agent: Agent,
    url: String,
}

impl UreqAsDocumented {
    /// For a server.
    pub fn new(base_url: &str) -> Self {
        let config = Agent::config_builder().timeout_global(Some(Duration::from_secs(30)));
        Self { agent: config.build().into(), url: format!("{base_url}/v4/webhooks") }
    }
}

impl Caller for UreqAsDocumented {
    fn call(&self) {
        let mut response = self
            .agent
            .post(&self.url)
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .header("X-Kit-Api-Key", floor::API_KEY)
            .send(floor::body())
            .expect("a response");
        let body = response.body_mut().read_to_vec().expect("a body");
        assert_eq!(floor::read(&body).webhook.id, 9);
    }
}
