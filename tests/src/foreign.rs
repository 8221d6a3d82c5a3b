//! A client that is not ours: the emulator as it is seen from outside.

use std::time::Duration;

use kit_emulator::Emulator;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{Request, Response};

/// Sends what it is told, and reads JSON.
#[derive(Debug)]
pub struct Client<'a> {
    agent: Agent,
    emulator: &'a Emulator,
}

impl<'a> Client<'a> {
    /// For an emulator.
    pub fn new(emulator: &'a Emulator) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(60)));
        Self { agent: config.build().into(), emulator }
    }

    /// A request with the right key, unless the headers say otherwise.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response<Value> {
        let mut request = Request::builder().method(method);
        request = request.uri(format!("{}{path}", self.emulator.base_url()));
        let authorized =
            |(name, _): &(&str, &str)| ["X-Kit-Api-Key", "Authorization"].contains(name);
        if !headers.iter().any(authorized) {
            request = request.header("X-Kit-Api-Key", self.emulator.api_key());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.agent.run(request.body(body.to_owned()).unwrap()).unwrap();
        assert!(response.headers().contains_key("x-request-id"), "{method} {path}");
        response.map(|mut body| {
            let text = body.read_to_string().unwrap();
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
        })
    }

    /// Asks for a webhook, with this body.
    pub fn post(&self, body: &str) -> Response<Value> {
        self.send("POST", "/v4/webhooks", &[("Content-Type", "application/json")], body)
    }

    /// Asks for a webhook for this event.
    pub fn create(&self, event: &Value) -> Response<Value> {
        self.post(&json!({"target_url": "https://example.com/kit", "event": event}).to_string())
    }

    /// Lists webhooks.
    pub fn get(&self, query: &str) -> Value {
        let response = self.send("GET", &format!("/v4/webhooks{query}"), &[], "");
        assert_eq!(response.status(), 200, "{query}");
        response.into_body()
    }
}

/// Fails unless it is refused with this status and a message that contains this.
pub fn assert_refused(response: &Response<Value>, status: u16, message: &str) {
    assert_eq!(response.status(), status, "{}", response.body());
    let body = response.body();
    let errors = body["errors"].as_array().unwrap();
    assert_eq!(body, &json!({"errors": errors}));
    assert!(errors.len() == 1 && errors[0].as_str().unwrap().contains(message), "{body}");
}
