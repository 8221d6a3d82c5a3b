//! An emulator of several accounts: each has resources, endpoints, credentials and limits of its own.

use kit_core::Credentials;
use kit_core::account::GetAccount;
use kit_core::oauth::{RefreshTokens, RevokeToken};
use kit_core::tags::{CreateTag, ListTagSubscribers, ListTags};
use kit_core::webhook_endpoints::{CreateWebhookEndpoint, EventType};
use kit_core::webhooks::{CreateWebhook, Event, ListWebhooks};
use kit_emulator::{Account, Emulator};
use kit_tests::foreign::Client as Foreign;
use kit_tests::session::app;
use kit_ureq::Client;
use serde_json::json;

fn client(emulator: &Emulator, credentials: Credentials) -> Client {
    let builder = Client::builder().base_url(emulator.base_url()).pacing(None);
    builder.retry(kit_core::RetryPolicy::none()).build(credentials).unwrap()
}

fn of(emulator: &Emulator, account: &Account) -> Client {
    client(emulator, Credentials::api_key(account.api_key()))
}

fn three(emulator: &Emulator) -> Vec<Account> {
    emulator.add_account();
    emulator.add_account();
    emulator.accounts()
}

#[test]
fn resources_of_accounts_are_apart() {
    let emulator = Emulator::start().unwrap();
    let accounts = three(&emulator);
    let mut ids = Vec::new();
    for account in &accounts {
        let client = of(&emulator, account);
        assert_eq!(client.send(&GetAccount::new()).unwrap().account.id, account.id().into());
        let tag = client.send(&CreateTag::new("VIP").unwrap()).unwrap();
        ids.push(tag.value.id);
        let webhook = CreateWebhook::new("http://127.0.0.1:1/", Event::PurchaseCreate).unwrap();
        assert_eq!(client.send(&webhook).unwrap().account_id, Some(account.id().into()));
        assert_eq!(client.send(&ListWebhooks::new()).unwrap().items.len(), 1);
        assert_eq!(account.webhooks().len(), 1);
        // By its access token it is the same account.
        let by_token = self::client(&emulator, Credentials::access_token(account.access_token()));
        assert_eq!(by_token.send(&ListTags::new()).unwrap().items.len(), 1);
    }
    ids.dedup();
    assert_eq!(ids.len(), 3, "no id is that of another account's tag");
    for (account, id) in accounts.iter().zip(ids.iter().skip(1)) {
        let error = of(&emulator, account).send(&ListTagSubscribers::new(*id)).unwrap_err();
        assert!(error.to_string().contains("404"), "{error}");
    }
}

#[test]
fn an_account_has_a_rate_limit_of_its_own() {
    let emulator = Emulator::builder().rate_limits().start().unwrap();
    let accounts = three(&emulator);
    for account in &accounts {
        let client = of(&emulator, account);
        let sent = (0..130).take_while(|_| client.send(&GetAccount::new()).is_ok()).count();
        assert_eq!(sent, 120);
    }
}

#[test]
fn events_of_an_account_are_told_its_endpoints() {
    let emulator = Emulator::start().unwrap();
    let accounts = three(&emulator);
    let tagged = [EventType::SubscriberTagAdded];
    for account in &accounts {
        let token = Credentials::access_token(account.access_token());
        let create = CreateWebhookEndpoint::new("http://127.0.0.1:1/kit", tagged.clone()).unwrap();
        client(&emulator, token).send(&create).unwrap();
    }
    accounts[2].trigger("subscriber.tag_added", 2, None).unwrap();
    emulator.trigger("subscriber.tag_added", 1, None).unwrap();
    emulator.settle();
    let delivered: Vec<_> = accounts.iter().map(|account| account.deliveries().len()).collect();
    assert_eq!(delivered, [1, 0, 1]);
    let attempts = |account: &Account| account.deliveries()[0].attempts.len();
    assert_eq!((attempts(&accounts[0]), attempts(&accounts[2])), (1, 1));
    // The clock is that of all.
    emulator.advance(std::time::Duration::from_secs(3600));
    assert!(attempts(&accounts[0]) > 2 && attempts(&accounts[2]) > 2);
}

#[test]
fn the_user_chooses_an_account_on_the_consent_page() {
    let emulator = Emulator::start().unwrap();
    let accounts = three(&emulator);
    let foreign = Foreign::new(&emulator);
    let query = format!(
        "client_id={}&response_type=code&redirect_uri=http://127.0.0.1:1/back",
        emulator.client_id()
    );
    let page = ureq::get(format!("{}/v4/oauth/authorize?{query}", emulator.base_url()));
    let page = page.call().unwrap().body_mut().read_to_string().unwrap();
    for account in &accounts {
        assert!(page.contains(&format!("&amp;account={}\"", account.id())), "{page}");
    }
    let agent = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false);
    let agent: ureq::Agent = agent.build().into();
    let code = |query: &str| {
        let url = format!("{}/v4/oauth/authorize?{query}", emulator.base_url());
        let response = agent.get(url).call().unwrap();
        let location = response.headers().get("location")?.to_str().unwrap().to_owned();
        Some(location.split_once("code=").unwrap().1.to_owned())
    };
    assert_eq!(code(&query), None, "nobody was asked yet");
    let chosen = code(&format!("{query}&account={}", accounts[1].id())).unwrap();
    emulator.set_user(Some(&accounts[2]));
    let asked = code(&query).unwrap();
    for (code, account) in [(chosen, &accounts[1]), (asked, &accounts[2])] {
        let body = json!({
            "client_id": emulator.client_id(), "client_secret": emulator.client_secret(),
            "grant_type": "authorization_code", "code": code,
            "redirect_uri": "http://127.0.0.1:1/back",
        });
        let json = [("Content-Type", "application/json")];
        let tokens = foreign.send("POST", "/v4/oauth/token", &json, &body.to_string());
        let token = tokens.body()["access_token"].as_str().unwrap().to_owned();
        let client = client(&emulator, Credentials::access_token(token));
        assert_eq!(client.send(&GetAccount::new()).unwrap().account.id, account.id().into());
    }
    let unknown = foreign.send("GET", &format!("/v4/oauth/authorize?{query}&account=7"), &[], "");
    assert_eq!(unknown.status(), 400);
}

#[test]
fn tokens_of_one_app_are_of_no_use_to_another() {
    let emulator = Emulator::start().unwrap();
    emulator.add_app("other", "secret");
    let issued = emulator.add_account().issue_tokens();
    let other = kit_core::oauth::App::confidential("other", "secret");
    let nobody = client(&emulator, Credentials::none());
    let refresh = RefreshTokens::new(&other, issued.refresh_token.as_str());
    let error = nobody.send(&refresh).unwrap_err().to_string();
    assert!(error.contains("invalid_grant"), "{error}");
    nobody.send(&RevokeToken::refresh(&other, issued.refresh_token.as_str())).unwrap();
    let refresh = RefreshTokens::new(&app(&emulator), issued.refresh_token.as_str());
    nobody.send(&refresh).expect("it was not revoked");
}

#[test]
fn a_seed_lists_the_accounts() {
    let emulator = Emulator::start().unwrap();
    let tag = |id: u64| json!({"id": id, "name": "VIP", "created_at": "2026-07-29T14:32:10Z"});
    emulator
        .seed(&json!({"tags": [tag(1)], "accounts": [{"id": 2000, "tags": [tag(9)]}]}))
        .unwrap();
    let accounts = emulator.accounts();
    assert_eq!(accounts.iter().map(Account::id).collect::<Vec<_>>(), [1539, 2000]);
    let tags = of(&emulator, &accounts[1]).send(&ListTags::new()).unwrap().items;
    assert_eq!(tags.iter().map(|tag| tag.id).collect::<Vec<_>>(), [9.into()]);
    let snapshot = emulator.snapshot();
    assert_eq!(snapshot["accounts"][0]["tags"][0]["id"], 9);

    let copy = Emulator::start().unwrap();
    copy.seed(&snapshot).unwrap();
    assert_eq!(copy.snapshot(), snapshot);
    for (accounts, problem) in [
        (json!(7), "`accounts` is not a list"),
        (json!([7]), "`accounts`: one is no object"),
        (json!([{"tags": []}]), "`accounts`: an `id` is no number from 1540 to 1000000"),
        (json!([{"id": 1539}]), "`accounts`: an `id` is no number from 1540 to 1000000"),
        (json!([{"id": 1540}, {"id": 1540}]), "`accounts`: the id 1540 is there twice"),
        (json!([{"id": 1540, "tags": 7}]), "`accounts`: 1540: `tags` is not a list"),
    ] {
        let error = copy.seed(&json!({"accounts": accounts})).unwrap_err();
        assert_eq!(error, problem);
        assert_eq!(copy.snapshot(), snapshot, "nothing is changed");
    }
    // An account that is not listed is empty.
    copy.seed(&json!({})).unwrap();
    assert_eq!(copy.accounts().len(), 2);
    assert!(of(&copy, &copy.accounts()[1]).send(&ListTags::new()).unwrap().items.is_empty());
}

#[test]
fn accounts_are_controlled_over_http() {
    let emulator = Emulator::start().unwrap();
    let foreign = Foreign::new(&emulator);
    let added = foreign.send("POST", "/_kit/accounts", &[], "").into_body();
    assert_eq!(added["id"], 1540);
    let listed = foreign.send("GET", "/_kit/accounts", &[], "").into_body();
    assert_eq!(listed["accounts"][1], added);
    assert_eq!(listed["accounts"][0]["api_key"], emulator.api_key());
    let account = &emulator.accounts()[1];
    let token = Credentials::access_token(account.access_token());
    let types = [EventType::SubscriberTagAdded];
    let create = CreateWebhookEndpoint::new("http://127.0.0.1:1/kit", types).unwrap();
    client(&emulator, token).send(&create).unwrap();
    let event = r#"{"type": "subscriber.tag_added"}"#;
    let told = foreign.send("POST", "/_kit/events?account=1540", &[], event);
    assert_eq!(told.status(), 201);
    emulator.settle();
    for (query, count) in [("", 0), ("?account=1539", 0), ("?account=1540", 1)] {
        let path = format!("/_kit/deliveries{query}");
        let deliveries = foreign.send("GET", &path, &[], "").into_body();
        assert_eq!(deliveries["deliveries"].as_array().unwrap().len(), count, "{query}");
    }
    for path in ["/_kit/events?account=7", "/_kit/deliveries?account=x"] {
        let method = if path.contains("events") { "POST" } else { "GET" };
        let refused = foreign.send(method, path, &[], event);
        assert_eq!(refused.status(), 422);
        assert!(refused.body().to_string().contains("is unknown"), "{}", refused.body());
    }
    foreign.send("POST", "/_kit/reset", &[], "");
    assert!(account.webhook_endpoints().is_empty() && account.deliveries().is_empty());
    assert_eq!(emulator.accounts().len(), 2);
}
