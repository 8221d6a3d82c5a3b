//! Credentials: who the program is.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use clap::Args;
use kit_ureq::account::GetAccount;
use kit_ureq::oauth::{
    App, AuthorizationCode, Authorize, CodeVerifier, ExchangeCode, State, Tokens,
};
use kit_ureq::{Client, Credentials, Kit, Principal};
use serde_json::json;

use crate::output::{plain, say};
use crate::profiles::{Profile, Secret, variable};
use crate::{Context, Failure};

/// How many bytes a key or a token has at most.
const LONGEST: u64 = 64 * 1024;

/// Keep an API key or an access token, after trying it, or let an app in
///
/// Asks for the key, or reads it from the standard input stream: `kit login < key.txt`. It is kept in a file that only you
/// may read.
///
/// With --client-id it authorizes an app of yours: open the page that it names, let the app in, and paste the URL that the
/// browser comes back to, which may be one that does not load. The tokens are renewed by themselves from then on. Whether
/// Kit takes a redirect URL of this machine is not known.
#[derive(Args, Debug)]
pub(crate) struct Login {
    /// It is an OAuth access token, and no API key.
    #[arg(long, conflicts_with = "client_id")]
    token: bool,
    /// The client id of an app. Its secret is the variable KIT_CLIENT_SECRET; without one, the app is public.
    #[arg(long, value_name = "ID", requires = "redirect_uri")]
    client_id: Option<String>,
    /// The redirect URL that is registered for the app.
    #[arg(long, value_name = "URL", requires = "client_id")]
    redirect_uri: Option<String>,
    /// The URL of Kit, for this profile.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

impl Login {
    pub(crate) fn run(self, mut kit: Context) -> Result<(), Failure> {
        let url = self.base_url.clone().or_else(|| variable("KIT_BASE_URL"));
        let url = url.unwrap_or_else(|| kit.profile().base_url);
        let client = |principal: Principal| Client::builder().base_url(&url).build(principal);
        let file = if let (Some(client_id), Some(redirect)) = (&self.client_id, &self.redirect_uri)
        {
            let client_secret = variable("KIT_CLIENT_SECRET");
            let (app, verifier) = match &client_secret {
                Some(secret) => (App::confidential(client_id, secret.as_str()), None),
                None => (App::public(client_id), Some(CodeVerifier::from_random(random()))),
            };
            let tokens = authorize(&app, verifier.as_ref(), redirect, &url, |exchange| {
                Ok(client(Credentials::none().into())?.send(exchange)?)
            })?;
            let secret = Secret::App { client_id: client_id.clone(), client_secret };
            kit.profiles.begin(secret, &tokens, &url)?
        } else {
            let text = secret(if self.token { "Access token" } else { "API key" })?;
            let (secret, credentials) = if self.token {
                (Secret::AccessToken(text.clone()), Credentials::access_token(text))
            } else {
                (Secret::ApiKey(text.clone()), Credentials::api_key(text))
            };
            client(credentials.into())?.send(&GetAccount::new())?;
            kit.profiles.log_in(secret, &url)?
        };
        let account = client(kit.profiles.kept().principal()?)?.send(&GetAccount::new())?;
        let name = account.account.name;
        say(&plain(&format!("Logged in to {name}. Kept in {}.", file.display())));
        Ok(())
    }
}

/// Asks the user to let an app in, and gets its first tokens.
fn authorize(
    app: &App,
    verifier: Option<&CodeVerifier>,
    redirect: &str,
    base_url: &str,
    send: impl FnOnce(&ExchangeCode) -> Result<Tokens, Failure>,
) -> Result<Tokens, Failure> {
    let state = State::from_random(random());
    let mut authorize = Authorize::new(app, redirect, &state)?;
    if let Some(verifier) = verifier {
        authorize = authorize.with_verifier(verifier)?;
    }
    let url = authorize.url(&Kit::new(Credentials::none()).with_base_url(base_url)?)?;
    say(&format!(
        "Open this page, and let the app in:\n\n  {url}\n\nThen paste the URL that the browser comes back to:"
    ));
    let mut callback = String::new();
    let read = io::stdin().lock().take(LONGEST).read_line(&mut callback);
    read.map_err(|error| Failure::usage(format!("the standard input stream: {error}")))?;
    let code = AuthorizationCode::from_callback(callback.trim(), &state)
        .map_err(|error| Failure::not_authorized(format!("the pasted URL: {error}")))?;
    let mut exchange = ExchangeCode::new(app, code, redirect)?;
    if let Some(verifier) = verifier {
        exchange = exchange.with_verifier(verifier)?;
    }
    send(&exchange)
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    let (first, second) = bytes.split_at_mut(16);
    first.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    second.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    bytes
}

fn secret(what: &str) -> Result<String, Failure> {
    let text = if io::stdin().is_terminal() {
        rpassword::prompt_password(format!("{what}: "))
            .map_err(|error| Failure::usage(format!("the terminal: {error}")))?
    } else {
        let mut text = String::new();
        let read = io::stdin().take(LONGEST).read_to_string(&mut text);
        read.map_err(|error| Failure::usage(format!("the standard input stream: {error}")))?;
        text
    };
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::usage(format!("the {} is empty", what.to_lowercase())));
    }
    Ok(text.to_owned())
}

pub(crate) fn log_out(mut kit: Context) -> Result<(), Failure> {
    let name = kit.profile().name;
    if kit.profiles.log_out()? {
        say(&format!(
            "The profile {name} has no credentials any more. Kit still accepts them: revoke them there."
        ));
    } else {
        say(&format!("The profile {name} had no credentials."));
    }
    Ok(())
}

/// Shows whose account it is.
pub(crate) fn whoami(kit: &Context) -> Result<(), Failure> {
    let account = kit.send(&GetAccount::new())?;
    let Profile { name, base_url, .. } = kit.profile();
    let mut value =
        serde_json::to_value(&account).map_err(|error| Failure::other(error.to_string()))?;
    if let Some(object) = value.as_object_mut() {
        object.insert("profile".into(), name.into());
        object.insert("base_url".into(), base_url.into());
        object.insert("credentials".into(), kit.profile().kind().into());
    }
    kit.write(&value)
}

/// Looks at what a command needs, and says what is wrong.
pub(crate) fn doctor(kit: &Context) -> Result<(), Failure> {
    let profile = kit.profile();
    let mut checks = vec![
        json!({"check": "profile", "result": profile.name}),
        json!({"check": "credentials", "result": format!("{} of {}", profile.kind(), profile.source)}),
        json!({"check": "base_url", "result": profile.base_url}),
    ];
    let proxy = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let proxy = proxy.into_iter().find(|name| variable(name).is_some());
    checks.push(json!({"check": "proxy", "result": proxy.unwrap_or("none")}));
    let answer = kit.client().and_then(|client| Ok(client.send(&GetAccount::new())?));
    let failure = match answer {
        Ok(account) => {
            let plan = account.account.plan_type;
            checks.push(json!({"check": "kit", "result": "answers"}));
            checks.push(json!({"check": "plan", "result": plan}));
            None
        }
        Err(failure) => {
            checks.push(json!({"check": "kit", "result": failure.message()}));
            Some(failure)
        }
    };
    let written = kit.writer().list(checks.into_iter().map(Ok::<_, Failure>));
    failure.map_or(written, Err)
}
