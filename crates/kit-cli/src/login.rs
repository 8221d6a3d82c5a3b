//! Who the program is.

use std::io::{self, IsTerminal as _, Read as _};

use clap::Args;
use kit_ureq::account::GetAccount;
use kit_ureq::{Client, Credentials};
use serde_json::json;

use crate::output::say;
use crate::profiles::{Profile, Secret};
use crate::{Context, Failure};

/// How many bytes a key or a token has at most.
const LONGEST: u64 = 64 * 1024;

/// Keep an API key or an access token, after trying it
///
/// Asks for it, or reads it from the standard input stream: `kit login < key.txt`. It is kept in a file that only you may
/// read.
#[derive(Args, Debug)]
pub(crate) struct Login {
    /// It is an OAuth access token, and no API key.
    #[arg(long)]
    token: bool,
    /// The URL of Kit, for this profile.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

impl Login {
    pub(crate) fn run(self, mut kit: Context) -> Result<(), Failure> {
        let what = if self.token { "Access token" } else { "API key" };
        let text = secret(what)?;
        let secret = if self.token {
            Secret::AccessToken(text.clone())
        } else {
            Secret::ApiKey(text.clone())
        };
        let credentials =
            if self.token { Credentials::access_token(text) } else { Credentials::api_key(text) };
        let url = self.base_url.clone().unwrap_or_else(|| kit.profile().base_url);
        let account =
            Client::builder().base_url(url).build(credentials)?.send(&GetAccount::new())?;
        let file = kit.profiles.log_in(secret, self.base_url)?;
        let name = account.account.name;
        say(&crate::output::plain(&format!("Logged in to {name}. Kept in {}.", file.display())));
        Ok(())
    }
}

fn secret(what: &str) -> Result<String, Failure> {
    let text = if io::stdin().is_terminal() {
        rpassword::prompt_password(format!("{what}: "))?
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
    let proxy = proxy.into_iter().find(|name| crate::profiles::variable(name).is_some());
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
    kit.writer().list(checks.into_iter().map(Ok::<_, Failure>))?;
    failure.map_or(Ok(()), Err)
}
