//! A local Kit, with its page in a browser.

use kit_emulator::Emulator;
use serde_json::{Value, json};

use crate::browser::Browser;

/// Text that would do harm if it were read as markup.
pub(crate) const MARKUP: &str =
    "<img src=x onerror=\"document.title='harm'\"><script>document.title='harm'</script>&amp;";

pub(crate) struct Kit {
    pub(crate) emulator: Emulator,
    pub(crate) browser: Browser,
    agent: ureq::Agent,
}

impl Kit {
    /// `None` where there is no Chromium and tests may be skipped.
    pub(crate) fn start() -> Option<Self> {
        if !Browser::is_installed() {
            let said = "skipped: there is no chromium and chromedriver in /usr/bin";
            assert!(std::env::var_os("KIT_TESTS_SKIP_NOTHING").is_none(), "{said}");
            eprintln!("{said}");
            return None;
        }
        let config = ureq::Agent::config_builder().proxy(None).http_status_as_error(false);
        let emulator = Emulator::start().unwrap();
        Some(Self { emulator, browser: Browser::start(), agent: config.build().into() })
    }

    /// The page, at a place in it.
    pub(crate) fn open(&self, place: &str) {
        self.browser.open(&self.url(place));
        self.browser.until_text("#connection", "Connected");
    }

    pub(crate) fn url(&self, place: &str) -> String {
        format!("{}{place}", self.emulator.page())
    }

    /// A request to the API; its status and its body.
    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{path}", self.emulator.base_url());
        let request = http::Request::builder().method(method).uri(url);
        let request = request.header("x-kit-api-key", self.emulator.api_key());
        let request = request.header("content-type", "application/json");
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let mut response = self.agent.run(request.body(text).unwrap()).unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), serde_json::from_str(&text).unwrap_or_default())
    }

    /// A request without a body, by another name of this machine; its status and its text.
    pub(crate) fn send_to(&self, host: &str, method: &str, path: &str) -> (u16, String) {
        let url = format!("{}{path}", self.emulator.base_url());
        let request = http::Request::builder().method(method).uri(url).header("host", host);
        let mut response = self.agent.run(request.body(()).unwrap()).unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }

    /// Ends the local Kit, and leaves the browser. Another one is put in its place.
    pub(crate) fn end(&mut self) {
        // It is at another port.
        self.emulator = Emulator::start().unwrap();
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.send("GET", path, &Value::Null).1
    }

    /// An endpoint that is told of these events, at a receiver that is not there.
    pub(crate) fn add_endpoint(&self, events: &[&str]) -> u64 {
        self.add_endpoint_at("http://127.0.0.1:9/kit", events)
    }

    pub(crate) fn add_endpoint_at(&self, url: &str, events: &[&str]) -> u64 {
        let (status, made) =
            self.send("POST", "/v4/webhook_endpoints", &json!({"url": url, "events": events}));
        assert_eq!(status, 201, "{made}");
        made["webhook_endpoint"]["id"].as_u64().unwrap()
    }

    /// At the end of a test: nothing went wrong in the page, and nobody else was asked for anything.
    pub(crate) fn is_clean(&self) {
        let complaints = self.browser.complaints();
        assert!(complaints.is_empty(), "{complaints:#?}");
        for url in self.browser.requested() {
            let is_own = url.starts_with(&format!("{}/", self.emulator.base_url()));
            assert!(is_own || url.starts_with("data:") || url.starts_with("chrome:"), "{url}");
        }
    }
}
