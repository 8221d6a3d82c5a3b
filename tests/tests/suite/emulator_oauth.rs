//! The emulator's OAuth as it is seen from outside: by a client that is not ours.

use std::collections::HashMap;
use std::time::Duration;

use kit_emulator::{Consent, Emulator};
use kit_tests::foreign::{Client, assert_refused};
use serde_json::{Value, json};
use ureq::http::Response;

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str =
    "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
const BACK: &str = "http://127.0.0.1:1/back";

struct App<'a> {
    emulator: &'a Emulator,
    client: Client<'a>,
}

impl<'a> App<'a> {
    fn new(emulator: &'a Emulator) -> Self {
        Self { emulator, client: Client::new(emulator) }
    }

    fn authorize(&self, query: &str) -> Response<Value> {
        self.client.send("GET", &format!("/v4/oauth/authorize?{query}"), &[], "")
    }

    /// The parameters that come back with the user.
    fn callback(&self, more: &str) -> HashMap<String, String> {
        let id = self.emulator.client_id();
        let begin = format!("client_id={id}&response_type=code&redirect_uri={BACK}&state=s%26t");
        let response = self.authorize(&format!("{begin}{more}"));
        assert_eq!(response.status(), 302);
        let location = response.headers()["location"].to_str().unwrap();
        let query = location.strip_prefix(&format!("{BACK}?")).unwrap();
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn code(&self, more: &str) -> String {
        let mut callback = self.callback(more);
        assert_eq!(callback["state"], "s%26t");
        callback.remove("code").unwrap()
    }

    fn post(&self, path: &str, body: &Value) -> Response<Value> {
        let mut whole = json!({"client_id": self.emulator.client_id()});
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        whole.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.client.send("POST", path, &[("Content-Type", "application/json")], &whole.to_string())
    }

    fn token(&self, body: &Value) -> Response<Value> {
        self.post("/v4/oauth/token", body)
    }

    fn refresh(&self, token: &Value) -> Response<Value> {
        let secret = self.emulator.client_secret();
        self.token(&json!({"grant_type": "refresh_token", "refresh_token": token,
            "client_secret": secret}))
    }

    fn list(&self, access_token: &Value) -> u16 {
        let bearer = format!("Bearer {}", access_token.as_str().unwrap());
        let headers = [("Authorization", bearer.as_str())];
        self.client.send("GET", "/v4/webhooks", &headers, "").status().as_u16()
    }
}

fn assert_error(response: &Response<Value>, status: u16, error: &str) {
    let body = response.body();
    assert_eq!((response.status().as_u16(), &body["error"]), (status, &json!(error)), "{body}");
    assert!(body["error_description"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
}

#[test]
fn a_confidential_app_gets_tokens_for_a_code() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    let code = app.code("&scope=read%20write");
    let exchange = json!({"grant_type": "authorization_code", "code": code,
        "redirect_uri": BACK, "client_secret": emulator.client_secret()});
    let response = app.token(&exchange);
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let tokens = response.into_body();
    let keys: Vec<_> = tokens.as_object().unwrap().keys().map(String::as_str).collect();
    let mut documented =
        ["access_token", "token_type", "expires_in", "refresh_token", "scope", "created_at"];
    documented.sort_unstable();
    assert_eq!(keys, documented);
    assert_eq!(
        [&tokens["token_type"], &tokens["expires_in"], &tokens["scope"]],
        [&json!("Bearer"), &json!(172_800), &json!("read write")]
    );
    assert_eq!(app.list(&tokens["access_token"]), 200);
    // The code is good for once.
    assert_error(&app.token(&exchange), 400, "invalid_grant");
}

#[test]
fn a_public_app_proves_itself_by_its_verifier() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    let exchange = |code: String, verifier: Value| {
        app.token(&json!({"grant_type": "authorization_code", "code": code,
            "redirect_uri": BACK, "code_verifier": verifier}))
    };
    let tokens = exchange(app.code(CHALLENGE), json!(VERIFIER)).into_body();
    // A public app needs no secret later on, either.
    let refresh = json!({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]});
    assert_eq!(app.token(&refresh).status(), 200);

    for verifier in [json!("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), Value::Null] {
        assert_error(&exchange(app.code(CHALLENGE), verifier), 400, "invalid_grant");
    }
    assert_error(&exchange(app.code(""), json!(VERIFIER)), 400, "invalid_grant");
    assert_error(&exchange(app.code(""), Value::Null), 401, "invalid_client");
}

#[test]
fn a_form_is_as_good_as_json() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    let body = format!(
        "client_id={}&client_secret={}&grant_type=refresh_token&refresh_token={}",
        emulator.client_id(),
        emulator.client_secret(),
        emulator.issue_tokens().refresh_token
    );
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let response = app.client.send("POST", "/v4/oauth/token", &headers, &body);
    assert_eq!(response.status(), 200, "{}", response.body());
}

#[test]
fn a_refresh_token_is_good_for_once() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    let first = json!(emulator.issue_tokens().refresh_token);
    let second = app.refresh(&first).into_body();
    assert_error(&app.refresh(&first), 400, "invalid_grant");
    assert_eq!(app.refresh(&second["refresh_token"]).status(), 200);
    assert_error(&app.refresh(&json!("unknown")), 400, "invalid_grant");
    assert_eq!((emulator.refreshes(), emulator.repeated_refreshes()), (2, 1));
    // Kit's guide leaves out the secret of a confidential app; a wrong one is none.
    let token = emulator.issue_tokens().refresh_token;
    let body = |secret: Value| json!({"grant_type": "refresh_token", "refresh_token": token, "client_secret": secret});
    assert_error(&app.token(&body(json!("wrong"))), 401, "invalid_client");
    assert_eq!(app.token(&body(Value::Null)).status(), 200);
}

#[test]
fn a_refreshed_token_lasts_as_long_as_in_the_guide() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    let first = emulator.issue_tokens();
    assert_eq!(first.expires_in, Duration::from_secs(172_800));
    let refreshed = app.refresh(&json!(first.refresh_token)).into_body();
    assert_eq!(refreshed["expires_in"], 7200);
    emulator.advance(Duration::from_secs(7200));
    assert_eq!(app.list(&refreshed["access_token"]), 401);

    let (two, three) = (Duration::from_secs(2), Duration::from_secs(3));
    let builder = Emulator::builder().token_lifetime(two).refreshed_token_lifetime(three);
    let emulator = builder.start().unwrap();
    let first = emulator.issue_tokens();
    let refreshed = App::new(&emulator).refresh(&json!(first.refresh_token)).into_body();
    assert_eq!((first.expires_in, &refreshed["expires_in"]), (two, &json!(3)));
}

#[test]
fn the_time_in_a_reply_is_that_of_the_clock() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    let created_at = || {
        let token = json!(emulator.issue_tokens().refresh_token);
        app.refresh(&token).into_body()["created_at"].as_u64().unwrap()
    };
    let before = created_at();
    emulator.advance(Duration::from_secs(1_000_000));
    assert!((999_999..=1_000_060).contains(&(created_at() - before)));
}

/// The specification has the pages below `/v4`, Kit's metadata without.
#[test]
fn the_pages_are_at_both_places() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    let id = emulator.client_id();
    let query = format!("client_id={id}&response_type=code&redirect_uri={BACK}");
    let response = app.client.send("GET", &format!("/oauth/authorize?{query}"), &[], "");
    assert_eq!(response.status(), 302);
    let token = json!(emulator.issue_tokens().refresh_token);
    let refresh = json!({"grant_type": "refresh_token", "refresh_token": token});
    let tokens = app.post("/oauth/token", &refresh);
    assert_eq!(tokens.status(), 200);
    let revoke = json!({"client_secret": emulator.client_secret(),
        "token": tokens.body()["access_token"]});
    assert_eq!(app.post("/oauth/revoke", &revoke).status(), 200);
    assert_eq!(app.list(&tokens.body()["access_token"]), 401);
}

#[test]
fn tokens_and_codes_end_by_the_clock() {
    let lifetime = Duration::from_secs(7200);
    let emulator = Emulator::builder().token_lifetime(lifetime).start().unwrap();
    let app = App::new(&emulator);
    let tokens = emulator.issue_tokens();
    let access_token = json!(tokens.access_token);
    let code = app.code("");
    emulator.advance(Duration::from_secs(7100));
    assert_eq!(app.list(&access_token), 200);
    emulator.advance(Duration::from_secs(100));
    assert_eq!(app.list(&access_token), 401);
    assert_eq!(app.list(&json!(emulator.access_token())), 200);
    let renewed = app.refresh(&json!(tokens.refresh_token)).into_body();
    assert_eq!((&renewed["expires_in"], app.list(&renewed["access_token"])), (&json!(7200), 200));
    let exchange = json!({"grant_type": "authorization_code", "code": code,
        "redirect_uri": BACK, "client_secret": emulator.client_secret()});
    assert_error(&app.token(&exchange), 400, "invalid_grant");
}

#[test]
fn revoking_a_token_ends_its_session() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    let revoke = |token: &Value| {
        let body = json!({"client_secret": emulator.client_secret(), "token": token});
        app.post("/v4/oauth/revoke", &body)
    };
    let other = json!(emulator.issue_tokens().access_token);
    for by_refresh_token in [false, true] {
        let tokens = emulator.issue_tokens();
        let (access, refresh) = (json!(tokens.access_token), json!(tokens.refresh_token));
        let token = if by_refresh_token { &refresh } else { &access };
        let response = revoke(token);
        assert_eq!((response.status().as_u16(), response.body()), (200, &Value::Null));
        assert_eq!(app.list(&access), 401);
        assert_error(&app.refresh(&refresh), 400, "invalid_grant");
        assert_eq!(revoke(token).status(), 200, "it is gone, which is what was asked for");
    }
    assert_error(&app.post("/v4/oauth/revoke", &json!({"token": other})), 401, "invalid_client");
    assert_eq!(app.list(&other), 200);
    assert_error(&revoke(&Value::Null), 400, "invalid_request");
    let wrong = json!({"client_secret": "wrong", "token": other});
    assert_error(&app.post("/v4/oauth/revoke", &wrong), 401, "invalid_client");
}

#[test]
fn a_wrong_authorization_is_told_to_the_app() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    for (more, error) in [
        ("&scope=everything", "invalid_scope"),
        ("&code_challenge=a", "invalid_request"),
        ("&code_challenge=a&code_challenge_method=plain", "invalid_request"),
    ] {
        let callback = app.callback(more);
        assert_eq!(callback["error"], error, "{callback:?}");
        assert!(callback["state"] == "s%26t" && !callback.contains_key("code"), "{callback:?}");
    }
    let id = emulator.client_id();
    let query = format!("client_id={id}&response_type=token&redirect_uri=app:/back?a=b");
    let response = app.authorize(&query);
    let location = response.headers()["location"].to_str().unwrap();
    assert!(location.starts_with("app:/back?a=b&error=unsupported_response_type&"), "{location}");

    emulator.set_consent(Consent::Denied);
    assert_eq!(app.callback("")["error"], "access_denied");
    emulator.set_consent(Consent::Given);
    app.code("");
}

#[test]
fn an_unknown_app_is_sent_nowhere() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    let id = emulator.client_id();
    for (query, message) in [
        (format!("response_type=code&redirect_uri={BACK}"), "client_id is missing"),
        (format!("client_id=other&redirect_uri={BACK}"), "client_id is unknown"),
        (format!("client_id={id}"), "redirect_uri is missing"),
        (format!("client_id={id}&redirect_uri=back"), "redirect_uri is not an absolute URI"),
        (format!("client_id={id}&redirect_uri={BACK}%23a"), "redirect_uri is not"),
        (format!("client_id={id}&client_id={id}"), "client_id is given twice"),
    ] {
        assert_refused(&app.authorize(&query), 400, message);
    }
}

#[test]
fn a_wrong_token_request_is_refused_with_its_reason() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    for (body, status, error) in [
        (json!({"client_id": null}), 400, "invalid_request"),
        (json!({"client_id": "other"}), 401, "invalid_client"),
        (json!({"client_secret": "wrong"}), 401, "invalid_client"),
        (json!({}), 400, "invalid_request"),
        (json!({"grant_type": "password"}), 400, "unsupported_grant_type"),
        (json!({"grant_type": "refresh_token"}), 400, "invalid_request"),
        (json!({"grant_type": "authorization_code", "code": "c"}), 400, "invalid_request"),
        (json!({"grant_type": 1}), 400, "invalid_request"),
    ] {
        assert_error(&app.token(&body), status, error);
    }
    for headers in [&[][..], &[("Content-Type", "text/plain")]] {
        assert_error(
            &app.client.send("POST", "/v4/oauth/token", headers, "{}"),
            400,
            "invalid_request",
        );
    }
    // A code is bound to where it was sent.
    let body = json!({"grant_type": "authorization_code", "code": app.code(""),
        "redirect_uri": "http://127.0.0.1:1/", "client_secret": emulator.client_secret()});
    assert_error(&app.token(&body), 400, "invalid_grant");
}

#[test]
fn operations_of_oauth_alone_take_no_api_key() {
    let emulator = Emulator::start().unwrap();
    let app = App::new(&emulator);
    let bearer = format!("Bearer {}", emulator.access_token());
    let with = |method, path, headers: &[(&str, &str)]| app.client.send(method, path, headers, "");
    for (method, path, status) in [
        ("GET", "/v4/purchases", 200),
        ("POST", "/v4/bulk/tags", 422),
        ("POST", "/v4/bulk/tags/subscribers", 422),
    ] {
        assert_refused(&with(method, path, &[]), 401, "takes OAuth access tokens");
        assert_eq!(with(method, path, &[("Authorization", &bearer)]).status(), status, "{path}");
    }
}

#[test]
fn each_access_token_has_a_rate_limit_of_its_own() {
    let emulator = Emulator::builder().rate_limits().start().unwrap();
    let app = App::new(&emulator);
    let [first, second] = [(); 2].map(|()| json!(emulator.issue_tokens().access_token));
    for _ in 0..600 {
        assert_eq!(app.list(&first), 200);
    }
    assert_eq!((app.list(&first), app.list(&second)), (429, 200));
}
