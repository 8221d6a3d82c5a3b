//! Authorizes an app, and makes calls with the session that comes of it.
//! `cargo run --example authorize -- --help`

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use kit_emulator::{Consent, Emulator};
use kit_examples::{Failure, say, variable};
use kit_file_store::FileStore;
use kit_ureq::oauth::{
    App, AuthorizationCode, Authorize, Callback, CallbackError, CodeVerifier, ExchangeCode,
    RevokeToken, Session, State, Tokens,
};
use kit_ureq::webhooks::ListWebhooks;
use kit_ureq::{Client, Credentials, Error, Kit, Principal};
use lexopt::prelude::{Long, Short, ValueExt as _};

const HELP: &str = "\
Authorizes an app: asks the user, exchanges the code, and makes calls with the session.

Usage: cargo run --example authorize -- [options]

Options:
  --file PATH   keep the session in this file, and use it as long as it lasts; not for the local Kit,
                which is gone afterwards                                  [default: in memory]
  --port PORT   where the browser comes back to, http://127.0.0.1:PORT/callback; register it at Kit.
                0 lets the system choose                                  [default: 4011]
  --deny        the user of the local Kit says no
  --revoke      end the session afterwards
  -h, --help    print this help

Environment:
  KIT_CLIENT_ID      as which app; without it, a local Kit is started and used
  KIT_CLIENT_SECRET  its secret; without it, the app is public and uses PKCE
  KIT_BASE_URL       where Kit is                                         [default: https://api.kit.com]";

fn main() -> ExitCode {
    kit_examples::finish(match options(lexopt::Parser::from_env()) {
        Ok(None) => {
            say(HELP);
            Ok(())
        }
        Ok(Some(options)) => run(&options),
        Err(error) => Err(error.into()),
    })
}

struct Options {
    file: Option<PathBuf>,
    port: Option<u16>,
    deny: bool,
    revoke: bool,
}

fn options(mut arguments: lexopt::Parser) -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options { file: None, port: None, deny: false, revoke: false };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("file") => options.file = Some(arguments.value()?.into()),
            Long("port") => options.port = Some(arguments.value()?.parse()?),
            Long("deny") => options.deny = true,
            Long("revoke") => options.revoke = true,
            Short('h') | Long("help") => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(options))
}

/// Which app asks, and where Kit is.
struct Asking {
    app: App,
    /// For an app that has no secret to prove itself by.
    verifier: Option<CodeVerifier>,
    base_url: String,
    /// The local Kit, where it is one.
    emulator: Option<Emulator>,
}

impl Asking {
    fn find() -> Result<Self, Failure> {
        let base_url = variable("KIT_BASE_URL")?;
        let Some(client_id) = variable("KIT_CLIENT_ID")? else {
            say("KIT_CLIENT_ID is not set: this is a local Kit, which is gone afterwards.");
            let emulator = Emulator::start()?;
            return Ok(Self {
                app: App::confidential(emulator.client_id(), emulator.client_secret()),
                verifier: None,
                base_url: emulator.base_url().to_owned(),
                emulator: Some(emulator),
            });
        };
        if client_id.is_empty() {
            return Err(Error::input("KIT_CLIENT_ID", "is empty").into());
        }
        let (app, verifier) = match variable("KIT_CLIENT_SECRET")? {
            Some(secret) => (App::confidential(client_id, secret), None),
            None => (App::public(client_id), Some(CodeVerifier::from_random(random()?))),
        };
        let base_url = base_url.unwrap_or_else(|| "https://api.kit.com".to_owned());
        Ok(Self { app, verifier, base_url, emulator: None })
    }

    fn client(&self, principal: impl Into<Principal>) -> Result<Client, Error> {
        Client::builder().base_url(&self.base_url).build(principal)
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    let asking = Asking::find()?;
    if asking.emulator.is_none() && options.deny {
        return Err(Error::input("--deny", "is for the local Kit: here the user answers").into());
    }
    if asking.emulator.is_some() && options.file.is_some() {
        say("--file is not used: the local Kit is gone afterwards, and the session with it.");
    }
    let file = options.file.as_ref().filter(|_| asking.emulator.is_none());
    let session = match file {
        Some(file) => Session::new(asking.app.clone(), FileStore::new(file)),
        None => Session::in_memory(asking.app.clone()),
    };
    let client = asking.client(&session)?;
    let count = |client: &Client| client.send(&ListWebhooks::new()).map(|page| page.items.len());
    let webhooks = match count(&client) {
        Err(Error::Session { failure, .. }) if failure.needs_authorization() => {
            session.begin(&authorize(&asking, options)?)?;
            say("The app is authorized.");
            count(&client)
        }
        webhooks => webhooks,
    };
    say(format_args!("Webhooks of the account: {}", webhooks?));
    if let Some(emulator) = &asking.emulator {
        emulator.advance(Duration::from_secs(3 * 24 * 60 * 60));
        say(format_args!("Three days later, with new tokens: {}", count(&client)?));
    }
    if options.revoke
        && let Some(token) = session.tokens()?.and_then(|tokens| tokens.refresh_token)
    {
        client.send(&RevokeToken::refresh(&asking.app, token))?;
        if let Some(file) = file {
            std::fs::remove_file(file)?;
        }
        say("The session has ended.");
    }
    Ok(())
}

/// Asks the user, waits for the answer, and gets the first tokens for it.
fn authorize(asking: &Asking, options: &Options) -> Result<Tokens, Failure> {
    let local_port = if asking.emulator.is_some() { 0 } else { 4011 };
    let port = options.port.unwrap_or(local_port);
    let callback =
        Callback::listen(&format!("http://127.0.0.1:{port}/callback")).map_err(|error| {
            format!("cannot listen at port {port}: {error}; choose another by --port")
        })?;
    let state = State::from_random(random()?);
    let mut authorize = Authorize::new(&asking.app, callback.redirect_uri(), &state)?;
    if let Some(verifier) = &asking.verifier {
        authorize = authorize.with_verifier(verifier)?;
    }
    let kit = Kit::new(Credentials::none()).with_base_url(&asking.base_url)?;
    let url = authorize.url(&kit)?;
    let browser = match &asking.emulator {
        None => {
            say(format_args!("Open this page, and let the app in:\n\n  {url}\n"));
            None
        }
        Some(emulator) => {
            let consent = if options.deny { Consent::Denied } else { Consent::Given };
            emulator.set_consent(consent);
            say(format_args!("The local Kit's user opens {url}"));
            // The request follows the redirect back to here.
            Some(std::thread::spawn(move || ureq::get(url).call().map(drop)))
        }
    };
    let answer = callback.wait(|url| match AuthorizationCode::from_callback(url, &state) {
        Err(CallbackError::State) => None,
        answer => Some(answer),
    })?;
    drop(browser.map(std::thread::JoinHandle::join));

    let mut exchange = ExchangeCode::new(&asking.app, answer?, callback.redirect_uri())?;
    if let Some(verifier) = &asking.verifier {
        exchange = exchange.with_verifier(verifier)?;
    }
    Ok(asking.client(Credentials::none())?.send(&exchange)?)
}

fn random() -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
