//! The authorization of an app: the user's browser lets it in.

use std::io::{self, BufRead as _, Read as _};
use std::sync::{Arc, mpsc};
use std::thread;

use kit_ureq::oauth::{
    App, AuthorizationCode, Authorize, Callback, CallbackError, CodeVerifier, ExchangeCode, State,
};
use kit_ureq::{Credentials, Kit};

use crate::Failure;
use crate::browser::open;
use crate::output::say;

/// How many bytes a URL has at most that is pasted.
const LONGEST: u64 = 64 * 1024;

/// Asks the user to let an app in, and returns the exchange that gets its first tokens.
///
/// The browser comes back to this program where the redirect URL is of this machine; the URL that it comes back to can
/// always be pasted.
pub(crate) fn authorize(
    app: &App,
    verifier: Option<&CodeVerifier>,
    redirect: &str,
    base_url: &str,
    is_opened: bool,
) -> Result<ExchangeCode, Failure> {
    let callback = match Callback::listen(redirect) {
        Ok(callback) => Some(callback),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => None,
        Err(error) => {
            say(&format!("The browser cannot come back to this program, at {redirect}: {error}"));
            None
        }
    };
    let redirect = match &callback {
        Some(callback) => callback.redirect_uri().to_owned(),
        None => redirect.to_owned(),
    };
    let state = Arc::new(State::from_random(random()));
    let mut authorize = Authorize::new(app, &redirect, &state)?;
    if let Some(verifier) = verifier {
        authorize = authorize.with_verifier(verifier)?;
    }
    let url = authorize.url(&Kit::new(Credentials::none()).with_base_url(base_url)?)?;
    let then = if callback.is_some() {
        "The program goes on when the browser comes back. Where it cannot, paste the URL that it comes back to:"
    } else {
        "Then paste the URL that the browser comes back to:"
    };
    say(&format!("Open this page, and let the app in:\n\n  {url}\n\n{then}"));
    if is_opened {
        open(&url);
    }
    let mut exchange = ExchangeCode::new(app, answer(callback, state)?, redirect)?;
    if let Some(verifier) = verifier {
        exchange = exchange.with_verifier(verifier)?;
    }
    Ok(exchange)
}

/// The answer of the user: by the browser or by the standard input stream, whichever is first.
fn answer(callback: Option<Callback>, state: Arc<State>) -> Result<AuthorizationCode, Failure> {
    let (sender, answers) = mpsc::channel();
    let is_listening = callback.is_some();
    if let Some(callback) = callback {
        let (sender, state) = (sender.clone(), Arc::clone(&state));
        thread::spawn(move || {
            let code = callback.wait(|url| match AuthorizationCode::from_callback(url, &state) {
                Err(CallbackError::State) => None,
                code => Some(code),
            });
            let code = match code {
                Ok(code) => code.map_err(|error| Failure::not_authorized(error.to_string())),
                Err(error) => Err(Failure::other(format!("the callback: {error}"))),
            };
            // Another answer may have been first.
            let _ = sender.send(code);
        });
    }
    thread::spawn(move || {
        loop {
            let mut pasted = String::new();
            let code = match io::stdin().lock().take(LONGEST).read_line(&mut pasted) {
                // Where nobody can paste, the browser is waited for.
                Ok(0) if is_listening => return,
                Ok(count) if count > 0 && pasted.trim().is_empty() => continue,
                Ok(_) => AuthorizationCode::from_callback(pasted.trim(), &state)
                    .map_err(|error| Failure::not_authorized(format!("the pasted URL: {error}"))),
                Err(error) => Err(Failure::usage(format!("the standard input stream: {error}"))),
            };
            let _ = sender.send(code);
            return;
        }
    });
    answers.recv().map_err(|_| Failure::other("nobody has answered"))?
}

/// The bytes of a state or a verifier.
pub(crate) fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    let (first, second) = bytes.split_at_mut(16);
    first.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    second.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    bytes
}
