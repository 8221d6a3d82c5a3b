//! A receiver for the endpoints of many accounts, whose secrets are looked up.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use kit_core::deliveries::EndpointTokens;
use kit_core::oauth::StoreError;
use kit_core::webhook_endpoints::SigningSecret;
use kit_receiver::{Builder, Events, Receiver};
use kit_tests::receiver::sign;
use tower_service::Service as _;

/// The table of secrets, and what its use costs.
#[derive(Clone, Default)]
struct Table {
    secrets: Arc<Mutex<BTreeMap<String, Vec<&'static str>>>>,
    is_down: Arc<AtomicUsize>,
    looked_up: Arc<AtomicUsize>,
}

impl Table {
    fn of(accounts: &[(&str, &'static str)]) -> Self {
        let this = Self::default();
        for (account, secret) in accounts {
            this.set(account, [*secret]);
        }
        this
    }

    fn set(&self, account: &str, secrets: impl IntoIterator<Item = &'static str>) {
        self.secrets.lock().unwrap().insert(account.to_owned(), secrets.into_iter().collect());
    }

    fn fail_next(&self, times: usize) {
        self.is_down.store(times, Ordering::SeqCst);
    }

    fn look_ups(&self) -> usize {
        self.looked_up.load(Ordering::SeqCst)
    }

    async fn find(self, name: String) -> Result<Vec<SigningSecret>, StoreError> {
        self.looked_up.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        let down =
            self.is_down.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        if down.is_ok() {
            return Err("the database is down".into());
        }
        let secrets = self.secrets.lock().unwrap();
        Ok(secrets
            .get(&name)
            .into_iter()
            .flatten()
            .map(|secret| SigningSecret::new(*secret))
            .collect())
    }

    fn builder(&self) -> Builder {
        let this = self.clone();
        Receiver::for_accounts(tokens(), move |name| this.clone().find(name))
    }

    fn start(&self) -> (Receiver, Events) {
        self.builder().build().unwrap()
    }
}

fn tokens() -> EndpointTokens {
    EndpointTokens::new([[7; 32]]).unwrap()
}

fn body(id: &str) -> String {
    format!(
        r#"{{"delivery_id":1,"events":[{{"id":"{id}","type":"tag.moved","created":"2026-07-29T14:32:10Z","data":[1]}}]}}"#
    )
}

fn url(account: &str) -> String {
    tokens().token(account).in_url("https://example.com/kit").unwrap()
}

async fn post(receiver: &Receiver, url: &str, secret: &str, id: &str) -> u16 {
    let body = body(id);
    let request = Request::post(url)
        .header("x-kit-signature", sign(secret, body.as_bytes()))
        .body(Full::new(Bytes::from(body)));
    let answered = receiver.clone().call(request.unwrap()).await;
    answered.unwrap().status().as_u16()
}

async fn deliver(receiver: &Receiver, account: &str, secret: &str, id: &str) -> u16 {
    post(receiver, &url(account), secret, id).await
}

async fn next(events: &Events) -> (String, String) {
    let received = events.next().await.unwrap();
    let next = (received.source().unwrap().to_owned(), received.event.id.to_string());
    received.done().await.unwrap();
    next
}

#[tokio::test(start_paused = true)]
async fn an_event_comes_with_the_endpoint_that_it_came_to() {
    let table = Table::of(&[("a", "whsec_a"), ("b", "whsec_b")]);
    let (receiver, events) = table.start();
    assert_eq!(deliver(&receiver, "a", "whsec_a", "e1").await, 204);
    assert_eq!(deliver(&receiver, "b", "whsec_b", "e1").await, 204);
    assert_eq!(deliver(&receiver, "a", "whsec_a", "e1").await, 204, "it came before");
    assert_eq!(next(&events).await, ("a".into(), "e1".into()));
    assert_eq!(
        next(&events).await,
        ("b".into(), "e1".into()),
        "another endpoint's is another event"
    );
    assert!(events.is_empty());
    // The secret of another account is no secret.
    assert_eq!(deliver(&receiver, "a", "whsec_b", "e2").await, 401);
    // From the log of deliveries.
    let delivery = kit_core::deliveries::Delivery::read(body("e1").as_bytes()).unwrap();
    let answer = receiver.take_for("c", delivery.clone()).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(receiver.take_for("b", delivery).await.status(), 204, "it came before");
    assert_eq!(next(&events).await, ("c".into(), "e1".into()));
    assert!(events.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_not_known_is_refused() {
    let table = Table::of(&[("a", "whsec_a")]);
    let (receiver, events) = table.start();
    assert_eq!(deliver(&receiver, "nobody", "whsec_a", "e1").await, 401);
    assert_eq!(receiver.answers()["wrong_token"], 1);
    // It installs the app, and is known once the failure is forgotten.
    table.set("nobody", ["whsec_n"]);
    assert_eq!(deliver(&receiver, "nobody", "whsec_n", "e1").await, 401);
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(deliver(&receiver, "nobody", "whsec_n", "e1").await, 204);
    assert_eq!(next(&events).await.0, "nobody");
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_rotated_without_a_restart() {
    let table = Table::of(&[("a", "whsec_old")]);
    let (receiver, _events) =
        table.builder().keep_secrets(Duration::from_secs(600)).build().unwrap();
    assert_eq!(deliver(&receiver, "a", "whsec_old", "e1").await, 204);
    table.set("a", ["whsec_new", "whsec_old"]);
    assert_eq!(deliver(&receiver, "a", "whsec_new", "e2").await, 401, "it was looked up just now");
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(deliver(&receiver, "a", "whsec_new", "e2").await, 204);
    assert_eq!(deliver(&receiver, "a", "whsec_old", "e3").await, 204);
    table.set("a", ["whsec_new"]);
    tokio::time::advance(Duration::from_secs(600)).await;
    assert_eq!(deliver(&receiver, "a", "whsec_old", "e4").await, 401);
    assert_eq!(deliver(&receiver, "a", "whsec_new", "e4").await, 204);
    // The account leaves.
    table.set("a", []);
    tokio::time::advance(Duration::from_secs(600)).await;
    assert_eq!(deliver(&receiver, "a", "whsec_new", "e5").await, 401);
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_fails_asks_kit_to_come_again() {
    let table = Table::of(&[("a", "whsec_a")]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = told.clone();
    let builder =
        table.builder().on_error(move |error| tell.lock().unwrap().push(error.to_string()));
    let (receiver, _events) = builder.build().unwrap();
    table.fail_next(1);
    for _ in 0..3 {
        assert_eq!(deliver(&receiver, "a", "whsec_a", "e1").await, 503);
    }
    assert_eq!((table.look_ups(), told.lock().unwrap().len()), (1, 1));
    assert!(told.lock().unwrap()[0].contains("the database is down"));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(deliver(&receiver, "a", "whsec_a", "e1").await, 204);
    // What is known is used while the database is down.
    table.fail_next(1000);
    assert_eq!(deliver(&receiver, "a", "whsec_a", "e2").await, 204);
    assert_eq!(table.look_ups(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_look_up_without_end_ends() {
    let hang = |_: String| std::future::pending::<Result<Vec<SigningSecret>, StoreError>>();
    let builder = Receiver::for_accounts(tokens(), hang).on_error(|_| {});
    let (receiver, _events) = builder.build().unwrap();
    assert_eq!(deliver(&receiver, "a", "whsec_a", "e1").await, 503);
}

#[tokio::test(start_paused = true)]
async fn many_at_once_look_up_once() {
    let table = Table::of(&[("a", "whsec_a")]);
    let (receiver, _events) = table.start();
    let mut tasks = Vec::new();
    for number in 0..50 {
        let receiver = receiver.clone();
        tasks.push(tokio::spawn(async move {
            deliver(&receiver, "a", "whsec_a", &format!("e{number}")).await
        }));
    }
    for task in tasks {
        assert_eq!(task.await.unwrap(), 204);
    }
    assert_eq!(table.look_ups(), 1);
}

/// What comes from a stranger costs the database next to nothing.
#[tokio::test(start_paused = true)]
async fn forged_deliveries_cost_no_look_ups() {
    let table = Table::of(&[("a", "whsec_a")]);
    let (receiver, _events) = table.start();
    for number in 0..2000 {
        let forged = EndpointTokens::new([[8; 32]]).unwrap().token(&format!("account-{number}"));
        let forged = forged.in_url("https://example.com/kit").unwrap();
        for url in [forged.as_str(), "https://example.com/kit", "https://example.com/"] {
            assert_eq!(post(&receiver, url, "whsec_x", "e1").await, 401);
        }
    }
    assert_eq!(table.look_ups(), 0);
    // A URL that has become known.
    for _ in 0..2000 {
        assert_eq!(deliver(&receiver, "a", "whsec_x", "e1").await, 401);
        tokio::time::advance(Duration::from_millis(10)).await;
    }
    assert!(table.look_ups() <= 5, "{} in 20 s", table.look_ups());
    assert_eq!(deliver(&receiver, "a", "whsec_a", "e1").await, 204);
}

#[tokio::test]
async fn a_state_file_keeps_the_endpoint_of_an_event() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.jsonl");
    let table = Table::of(&[("a", "whsec_a"), ("b", "whsec_b")]);
    let (receiver, events) = table.builder().state_file(&path).build().unwrap();
    assert_eq!(deliver(&receiver, "a", "whsec_a", "e1").await, 204);
    assert_eq!(deliver(&receiver, "b", "whsec_b", "e1").await, 204);
    assert_eq!(next(&events).await.0, "a");
    drop((receiver, events));
    let (receiver, events) = table.builder().state_file(&path).build().unwrap();
    assert_eq!(next(&events).await, ("b".into(), "e1".into()));
    for account in ["a", "b"] {
        let secret = ["whsec_a", "whsec_b"][usize::from(account == "b")];
        assert_eq!(deliver(&receiver, account, secret, "e1").await, 204);
    }
    assert!(events.is_empty());
}
