//! The doctor: each thing that a command needs, looked at on its own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use kit_ureq::account::GetAccount;
use kit_ureq::settings::Proxy;
use kit_ureq::{Client, Credentials, Error, Kit, RetryPolicy};
use serde_json::{Value, json};

use crate::{Context, Failure};

/// How far the clock may be off before it is worth a word.
const DRIFT: Duration = Duration::from_secs(60);

/// How old a signature of Kit's may be, by the library and by Kit's guide.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// How long the doctor waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Looks at what a command needs, and says what is wrong.
pub(crate) fn doctor(kit: &Context) -> Result<(), Failure> {
    let profile = kit.profile();
    let url = Kit::new(Credentials::none()).with_base_url(&profile.base_url)?;
    let proxy = match Proxy::Environment.for_kit(&url, |name| std::env::var(name).ok()) {
        // It is written without its user.
        Ok(Some(proxy)) => format!("{proxy:?}"),
        Ok(None) => "none".to_owned(),
        Err(error) => error.to_string(),
    };
    let mut checks = vec![
        check("profile", &profile.name),
        check("credentials", &format!("{} of {}", profile.kind(), profile.source)),
        check("base_url", without_user(&profile.base_url)),
        check("proxy", &proxy),
    ];
    let date = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&date);
    let builder = Client::builder()
        .base_url(&profile.base_url)
        .retry(RetryPolicy::none())
        .timeout(PATIENCE)
        .middleware(move |request, next| {
            let reply = next.send(request)?;
            *seen.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(reply.headers().get(http::header::DATE).cloned());
            Ok(reply)
        });
    let answer = match kit.session_of_app(&profile) {
        Some(session) => builder.build(session)?.send(&GetAccount::new()),
        // Without credentials, Kit is there, too.
        None => builder
            .build(profile.principal().unwrap_or_else(|_| Credentials::none().into()))?
            .send(&GetAccount::new()),
    };
    // Whether there was a reply, and which date it had.
    let reply = date.lock().unwrap_or_else(PoisonError::into_inner).take();
    let tls = match (&answer, &reply) {
        _ if !url.is_https() => "not used: an http URL".to_owned(),
        (Err(error), None) => format!("no connection: {error}"),
        _ => "works".to_owned(),
    };
    checks.push(check("tls", &tls));
    let date = reply.flatten();
    let date = date.and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let (off, clock) = match date {
        Some(date) => clock(SystemTime::now(), date),
        None => (None, "not known: there is no reply with a date".to_owned()),
    };
    checks.push(check("clock", &clock));
    let failure = match answer {
        Ok(account) => {
            checks.push(check("kit", "answers"));
            checks.push(json!({"check": "plan", "result": account.account.plan_type}));
            off.map(|off| {
                let message = format!("the clock is {} s from Kit's", off.as_secs());
                Failure::other(message).advise("Set it: signatures of Kit's are refused by it.")
            })
        }
        Err(error) => {
            checks.push(check("kit", &error.to_string()));
            let is_unreachable = matches!(error, Error::Transport { .. });
            let failure = profile.principal().err().unwrap_or_else(|| Failure::from(error));
            Some(if is_unreachable {
                failure.advise("Is this the URL of Kit, and does the proxy lead there?")
            } else {
                failure
            })
        }
    };
    let written = kit.writer().list(checks.into_iter().map(Ok::<_, Failure>));
    failure.map_or(written, Err)
}

fn check(check: &str, result: &str) -> Value {
    json!({"check": check, "result": result})
}

/// A URL behind the user and the password that it may have.
fn without_user(url: &str) -> &str {
    url.rsplit_once('@').map_or(url, |(_, place)| place)
}

/// How far this machine's clock is from Kit's; first by how much, if that is too much.
fn clock(here: SystemTime, there: SystemTime) -> (Option<Duration>, String) {
    let (off, direction) = match here.duration_since(there) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    let seconds = off.as_secs();
    if off <= DRIFT {
        (None, "right".to_owned())
    } else if off <= TOLERANCE {
        let most = TOLERANCE.as_secs();
        (None, format!("{seconds} s {direction} Kit's: from {most} s on, signatures are refused"))
    } else {
        (Some(off), format!("{seconds} s {direction} Kit's: signatures are refused"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_right_within_a_minute_and_usable_within_five() {
        let there = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let seconds = Duration::from_secs;
        for (off, is_wrong, said) in
            [(60, false, "right"), (61, false, "61 s"), (300, false, "300 s"), (301, true, "301 s")]
        {
            for (here, direction) in
                [(there + seconds(off), "ahead of Kit's"), (there - seconds(off), "behind Kit's")]
            {
                let (wrong, text) = clock(here, there);
                assert_eq!(wrong, is_wrong.then(|| seconds(off)), "{text}");
                assert!(text.starts_with(said), "{text}");
                assert!(off <= 60 || text.contains(direction), "{text}");
            }
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_user("http://user:pass@127.0.0.1/"), "127.0.0.1/");
        assert_eq!(without_user("https://api.kit.com"), "https://api.kit.com");
    }
}
