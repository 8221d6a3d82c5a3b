//! Credentials: who the program is.

use std::io::{self, IsTerminal as _, Read as _};

use clap::Args;
use kit_ureq::account::GetAccount;
use kit_ureq::oauth::{App, CodeVerifier};
use kit_ureq::{Client, Credentials, Principal};

use crate::authorize::{authorize, random};
use crate::output::{plain, say};
use crate::profiles::{Profile, Secret, variable};
use crate::{Context, Failure};

/// How many bytes a key or a token has at most.
const LONGEST: u64 = 64 * 1024;

/// Keep an API key or an access token, after trying it, or let an app in
///
/// Asks for the key, or reads it from the standard input stream: `kit login < key.txt`. It is kept in a file that only you
/// may read; a program that is built with the feature keyring keeps it in the system's keyring, if that answers.
///
/// With --client-id it authorizes an app of yours: open the page that it names, and let the app in. Where the redirect URL
/// is of this machine, such as http://127.0.0.1:4011/callback, the browser comes back to this program; otherwise paste the
/// URL that it comes back to, which may be one that does not load. Whether Kit takes a redirect URL of this machine is not
/// known. The tokens are renewed by themselves from then on; they are in a file that only you may read.
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
    /// Open the page in your browser.
    #[arg(long, requires = "client_id")]
    open: bool,
    /// The URL of Kit, for this profile.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

impl Login {
    pub(crate) fn run(self, mut kit: Context) -> Result<(), Failure> {
        let url = self.base_url.clone().unwrap_or_else(|| kit.profiles.base_url_in_use());
        let client = |principal: Principal| Client::builder().base_url(&url).build(principal);
        let place = if let (Some(client_id), Some(redirect)) = (&self.client_id, &self.redirect_uri)
        {
            let client_secret = variable("KIT_CLIENT_SECRET");
            let (app, verifier) = match &client_secret {
                Some(secret) => (App::confidential(client_id, secret.as_str()), None),
                None => (App::public(client_id), Some(CodeVerifier::from_random(random()))),
            };
            let exchange = authorize(&app, verifier.as_ref(), redirect, &url, self.open)?;
            let tokens = client(Credentials::none().into())?.send(&exchange);
            let tokens = tokens.map_err(|error| Failure::from(error).of_app())?;
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
        say(&plain(&format!("Logged in to {name}. Kept in {place}.")));
        Ok(())
    }
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
    let name = kit.profiles.name().to_owned();
    if kit.profiles.log_out()? {
        say(&plain(&format!(
            "The profile {name} has no credentials any more. Kit still accepts them: revoke them there."
        )));
    } else {
        say(&plain(&format!("The profile {name} had no credentials.")));
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
