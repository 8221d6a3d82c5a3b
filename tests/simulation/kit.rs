//! A model of Kit for one account: it counts requests, and gives tokens for refresh tokens, each once.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use http::{Request, Response};

use crate::process::Life;

/// How long a request counts.
const WINDOW: Duration = Duration::from_secs(60);

/// How long an access token lasts.
pub const LIFETIME: Duration = Duration::from_secs(300);

pub struct Kit {
    limit: usize,
    counted: VecDeque<Duration>,
    /// When how many requests were counted, where that is beyond the limit.
    pub exceeded: Vec<(Duration, usize)>,
    /// How many requests were counted after the first minute.
    pub after_a_minute: usize,
    /// How many requests were counted, and by whom.
    pub by_life: HashMap<Life, usize>,
    access: HashMap<String, Duration>,
    refresh: String,
    spent: HashMap<String, Life>,
    /// Which life has shown a spent refresh token, and which had spent it.
    pub shown_again: Vec<(Life, Life)>,
    number: u64,
}

impl Kit {
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            counted: VecDeque::new(),
            exceeded: Vec::new(),
            after_a_minute: 0,
            by_life: HashMap::new(),
            access: HashMap::new(),
            refresh: String::new(),
            spent: HashMap::new(),
            shown_again: Vec::new(),
            number: 0,
        }
    }

    /// New tokens, as a user's authorization brings them.
    pub fn authorize(&mut self, now: Duration) -> String {
        self.number += 1;
        self.refresh = format!("refresh-{}", self.number);
        let access = format!("access-{}", self.number);
        self.access.retain(|_, until| *until > now);
        self.access.insert(access.clone(), now + LIFETIME);
        format!(
            r#"{{"access_token":"{access}","refresh_token":"{}","expires_in":{}}}"#,
            self.refresh,
            LIFETIME.as_secs()
        )
    }

    pub fn answer(
        &mut self,
        request: &Request<Vec<u8>>,
        by: Life,
        now: Duration,
    ) -> Response<String> {
        if request.uri().path().ends_with("/oauth/token") {
            return self.refresh(request, by, now);
        }
        self.count(by, now);
        let token = request.headers()["authorization"].to_str().unwrap_or_default();
        let token = token.strip_prefix("Bearer ").unwrap_or_default();
        let is_valid = self.access.get(token).is_some_and(|until| *until > now);
        if is_valid { reply(204, "") } else { reply(401, r#"{"errors":["invalid"]}"#) }
    }

    fn count(&mut self, by: Life, now: Duration) {
        while self.counted.front().is_some_and(|counted| *counted + WINDOW <= now) {
            self.counted.pop_front();
        }
        self.counted.push_back(now);
        self.after_a_minute += usize::from(now >= WINDOW);
        *self.by_life.entry(by).or_default() += 1;
        if self.counted.len() > self.limit {
            self.exceeded.push((now, self.counted.len()));
        }
    }

    fn refresh(&mut self, request: &Request<Vec<u8>>, by: Life, now: Duration) -> Response<String> {
        let body: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
        let shown = body["refresh_token"].as_str().expect("a refresh token").to_owned();
        if shown == self.refresh {
            self.spent.insert(shown, by);
            return reply(200, &self.authorize(now));
        }
        // One that a newer authorization has replaced is no more, either.
        if let Some(spender) = self.spent.get(&shown) {
            self.shown_again.push((by, *spender));
        }
        reply(400, r#"{"error":"invalid_grant","error_description":"spent"}"#)
    }
}

fn reply(status: u16, body: &str) -> Response<String> {
    let mut response = Response::new(body.to_owned());
    *response.status_mut() = status.try_into().expect("a status");
    response
}
