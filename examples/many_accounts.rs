//! An app that many accounts install, as one of several processes: installs, receives events, and handles each in a
//! transaction. `cargo run --example many_accounts --features many-accounts -- --help`

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::get;
use kit_core::deliveries::EndpointTokens;
use kit_examples::{finish, say, variable};
use kit_hyper::account::GetAccount;
use kit_hyper::oauth::{
    App, AuthorizationCode, Authorize, ExchangeCode, Sessions, State, StoreError,
};
use kit_hyper::webhook_endpoints::{
    CreateWebhookEndpoint, EventType, ListWebhookEndpoints, RotateSecret,
};
use kit_hyper::{Client, Credentials, Kit};
use kit_postgres::{Database, Parameters, Postgres, PostgresInbox, Tables};
use kit_receiver::{Events, Received, Receiver};
use lexopt::prelude::{Long, Short, ValueExt as _};
use tokio::net::TcpListener;
use tokio_postgres::{NoTls, Row};

const HELP: &str = "\
One process of an app that many accounts install. Send a browser to /install; events of the account are then received at
/kit/…, and each is handled once: by a row in the table handled.

Usage: many_accounts [options]

Options:
  --port PORT    where to listen on 127.0.0.1          [default: 8080]
  --public URL   the URL that browsers and Kit see     [default: http://127.0.0.1:PORT]
  --lease S      after how many seconds another process handles what this one has claimed, if this one crashes
                                                       [default: 60]
  -h, --help     print this help

Environment:
  DATABASE_URL       PostgreSQL, such as host=127.0.0.1 user=postgres
  KIT_CLIENT_ID      the app's id and secret
  KIT_CLIENT_SECRET
  APP_KEY            a secret of the app of at least 32 characters: the tokens in target URLs are made by it
  KIT_BASE_URL       where Kit is                      [default: https://api.kit.com]
";

/// The name of the cookie that holds the state of an authorization, for this browser.
const COOKIE: &str = "kit_state";

/// Why something failed: also for tasks of their own.
type Failure = StoreError;

struct Options {
    port: u16,
    public: Option<String>,
    lease: Duration,
}

/// What the requests share.
struct Process {
    kit: Kit,
    client: Client,
    sessions: Sessions,
    tokens: EndpointTokens,
    postgres: Postgres<Arc<Pool>>,
    pool: Arc<Pool>,
    public: String,
}

fn main() -> ExitCode {
    match parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
            let done =
                runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(run(options)));
            finish(done.map_err(|error| -> Box<dyn std::error::Error> { error }))
        }
        Ok(None) => {
            say(HELP);
            ExitCode::SUCCESS
        }
        Err(error) => finish(Err(error.into())),
    }
}

fn parse(mut arguments: lexopt::Parser) -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options { port: 8080, public: None, lease: Duration::from_secs(60) };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("port") => options.port = arguments.value()?.parse()?,
            Long("public") => options.public = Some(arguments.value()?.string()?),
            Long("lease") => options.lease = Duration::from_secs(arguments.value()?.parse()?),
            Short('h') | Long("help") => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(options))
}

async fn run(options: Options) -> Result<(), Failure> {
    let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
    let local = format!("http://{}", listener.local_addr()?);
    let required =
        |name| variable(name)?.ok_or_else(|| Failure::from(format!("{name} is not set")));
    let app = App::confidential(required("KIT_CLIENT_ID")?, required("KIT_CLIENT_SECRET")?);
    let pool = Arc::new(Pool { config: required("DATABASE_URL")?, idle: Mutex::default() });
    let base_url = variable("KIT_BASE_URL")?.unwrap_or_else(|| "https://api.kit.com".to_owned());

    let tables = Tables::named("many_accounts", "kit_")?;
    let postgres = Postgres::new(pool.clone(), tables.clone());
    postgres.install().await?;
    pool.run("CREATE TABLE IF NOT EXISTS many_accounts.handled (account text, event text, at timestamptz DEFAULT now())")
        .await?;
    let inbox = PostgresInbox::new(pool.clone(), tables);
    let tokens = EndpointTokens::new([required("APP_KEY")?])?;
    let (receiver, events) = Receiver::for_accounts(tokens.clone(), postgres.clone())
        .inbox(inbox.clone())
        .lease(options.lease)
        .build()?;
    let state = Arc::new(Process {
        kit: Kit::new(Credentials::none()).with_base_url(&base_url)?,
        client: Client::builder().base_url(&base_url).build(Credentials::none())?,
        sessions: Sessions::new(app, postgres.clone()).with_budgets(postgres.clone()),
        tokens,
        postgres,
        pool: pool.clone(),
        public: options.public.unwrap_or_else(|| local.clone()),
    });
    for _ in 0..4 {
        tokio::spawn(handle_all(state.clone(), inbox.clone(), events.clone()));
    }
    let router = Router::new()
        .route("/install", get(install))
        .route("/callback", get(callback))
        .with_state(state)
        .route_service("/kit/{token}", receiver.clone());
    say(format_args!("Listening at {local}"));
    let stopped = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, router).with_graceful_shutdown(stopped).await?;
    receiver.close();
    Ok(())
}

/// Sends the browser to Kit's consent page, with a state that the browser has to bring back.
async fn install(Shared(app): Shared<Arc<Process>>) -> Response {
    answer(async {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let state = State::from_random(random);
        let authorize = Authorize::new(app.sessions.app(), app.redirect_uri(), &state)?;
        // Behind https, with `Secure`.
        let cookie = format!("{COOKIE}={}; HttpOnly; SameSite=Lax; Path=/callback", state.secret());
        let page = Redirect::to(&authorize.url(&app.kit)?);
        Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), page).into_response())
    })
    .await
}

/// The browser is back, with a code: begins the session of the account, and creates its endpoint.
async fn callback(Shared(app): Shared<Arc<Process>>, uri: Uri, headers: HeaderMap) -> Response {
    answer(async {
        let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
        let mut cookies = cookies.unwrap_or_default().split("; ").filter_map(|c| c.split_once('='));
        let state = cookies
            .find(|(name, _)| *name == COOKIE)
            .ok_or("this browser began no installation")?;
        let code = AuthorizationCode::from_callback(&uri.to_string(), &State::new(state.1))?;
        let exchange = ExchangeCode::new(app.sessions.app(), code, app.redirect_uri())?;
        let tokens = app.client.send(&exchange).await?;
        let access = Credentials::access_token(tokens.access_token.secret());
        let account = app.client.with_principal(access).send(&GetAccount::new()).await?.account;
        let name = account.id.to_string();
        app.sessions.get(&name).begin(&tokens).await?;
        app.endpoint(&name).await?;
        Ok(format!("Installed for account {name}, {}\n", account.name).into_response())
    })
    .await
}

impl Process {
    fn redirect_uri(&self) -> String {
        format!("{}/callback", self.public)
    }

    /// Sees to it that the account has one endpoint, and that its secret is known. One process at a time does so.
    async fn endpoint(&self, account: &str) -> Result<(), Failure> {
        let mut database = self.pool.take().await?;
        let lock = database.transaction().await?;
        self.postgres.lock(&lock, account).await?;
        let url = self.tokens.token(account).in_url(format!("{}/kit", self.public))?;
        let client = self.client.with_principal(self.sessions.get(account));
        let mut there = client.items(ListWebhookEndpoints::new());
        while let Some(endpoint) = there.next().await {
            let endpoint = endpoint?;
            if endpoint.url == url {
                // It was installed before. A secret that nobody knows any more is replaced by a new one.
                if kit_core::deliveries::AsyncSecretStore::secrets(&self.postgres, account)
                    .await?
                    .is_empty()
                {
                    let rotated = client.send(&RotateSecret::new(endpoint.id)).await?;
                    self.postgres.set_secret(account, &rotated.secret, Duration::ZERO).await?;
                }
                return Ok(());
            }
        }
        let events = [EventType::SubscriberCreated, EventType::SubscriberTagAdded];
        let created = client.send(&CreateWebhookEndpoint::new(url, events)?).await?;
        self.postgres.set_secret(account, &created.secret, Duration::ZERO).await?;
        lock.commit().await?;
        Ok(())
    }
}

async fn handle_all(app: Arc<Process>, inbox: PostgresInbox<Arc<Pool>>, events: Events) {
    while let Some(received) = events.next().await {
        // Whatever fails, the event comes again, and is set aside in the end.
        if let Err(error) = handle(&app, &inbox, &received).await {
            let error = error.to_string();
            eprintln!("{error}");
            let _ = received.failed(error).await;
        }
    }
}

/// The effect, and the mark that the event was handled, in one transaction.
async fn handle(
    app: &Process,
    inbox: &PostgresInbox<Arc<Pool>>,
    received: &Received,
) -> Result<(), Failure> {
    let account = received.source().unwrap_or_default();
    if received.event.event_type == EventType::SubscriberCreated {
        // Calls back as the account, at its rate limit. The event may come again before it is marked: so the call is one
        // that can be repeated.
        app.client.with_principal(app.sessions.get(account)).send(&GetAccount::new()).await?;
    }

    let mut database = app.pool.take().await?;
    let transaction = database.transaction().await?;
    let insert = "INSERT INTO many_accounts.handled (account, event) VALUES ($1, $2)";
    transaction.execute(insert, &[&account, &received.event.id.as_str()]).await?;
    let Some(claim) = received.claim() else { return Ok(()) };
    if inbox.done_in(&transaction, claim).await? {
        transaction.commit().await?;
    } else {
        // Another process has it since.
        transaction.rollback().await?;
    }
    app.pool.give(database);
    Ok(())
}

async fn answer(made: impl Future<Output = Result<Response, Failure>>) -> Response {
    made.await.unwrap_or_else(|error| {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response()
    })
}

/// The least that a pool can be. In a program of yours, deadpool or bb8: then `Database` is five lines.
struct Pool {
    config: String,
    idle: Mutex<Vec<tokio_postgres::Client>>,
}

impl Pool {
    async fn take(&self) -> Result<tokio_postgres::Client, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(client) = idle.filter(|client| !client.is_closed()) {
            return Ok(client);
        }
        let (client, connection) = tokio_postgres::connect(&self.config, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    fn give(&self, client: tokio_postgres::Client) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(client);
    }
}

impl Database for Pool {
    async fn rows(
        &self,
        statement: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let client = self.take().await?;
        let rows = client.rows(statement, parameters).await;
        self.give(client);
        rows
    }

    async fn run(&self, statement: &str) -> Result<(), StoreError> {
        let client = self.take().await?;
        let done = client.run(statement).await;
        self.give(client);
        done
    }
}
