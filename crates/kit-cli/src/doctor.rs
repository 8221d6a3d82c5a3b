use std::time::{Duration, SystemTime};

use kit_ureq::account::GetAccount;
use serde_json::{Value, json};

use crate::profiles::variable;
use crate::{Context, Failure};

/// How far the clock may be off: beyond it, a signature of Kit's is too old or not yet valid.
const DRIFT: Duration = Duration::from_secs(60);

/// How long the doctor waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Looks at what a command needs, and says what is wrong.
pub(crate) fn doctor(kit: &Context) -> Result<(), Failure> {
    let profile = kit.profile();
    let check = |check: &str, result: &str| json!({"check": check, "result": result});
    let mut checks = vec![
        check("profile", &profile.name),
        check("credentials", &format!("{} of {}", profile.kind(), profile.source)),
        check("base_url", &profile.base_url),
    ];
    let proxy = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let proxy = proxy.into_iter().find(|name| variable(name).is_some());
    checks.push(check("proxy", proxy.unwrap_or("none")));
    checks.extend(connection(&profile.base_url));
    let answer = kit.client().and_then(|client| Ok(client.send(&GetAccount::new())?));
    let failure = match answer {
        Ok(account) => {
            checks.push(check("kit", "answers"));
            checks.push(json!({"check": "plan", "result": account.account.plan_type}));
            None
        }
        Err(failure) => {
            checks.push(check("kit", failure.message()));
            Some(failure)
        }
    };
    let written = kit.writer().list(checks.into_iter().map(Ok::<_, Failure>));
    failure.map_or(written, Err)
}

/// What a request without credentials shows: whether TLS works, and how far the clock is off.
fn connection(base_url: &str) -> Vec<Value> {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(PATIENCE));
    let agent: ureq::Agent = config.build().into();
    let answer = agent.get(format!("{}/v4/account", base_url.trim_end_matches('/'))).call();
    let is_https = base_url.starts_with("https:");
    let tls = match &answer {
        _ if !is_https => "not used: an http URL".to_owned(),
        Ok(_) => "works".to_owned(),
        Err(error) => format!("no connection: {error}"),
    };
    let date = answer.as_ref().ok().and_then(|reply| reply.headers().get(http::header::DATE));
    let date = date.and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let clock = match date {
        Some(date) => clock(SystemTime::now(), date),
        None => "not known: there is no reply with a date".to_owned(),
    };
    vec![json!({"check": "tls", "result": tls}), json!({"check": "clock", "result": clock})]
}

/// How far this machine's clock is from Kit's.
fn clock(here: SystemTime, there: SystemTime) -> String {
    let (off, direction) = match here.duration_since(there) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if off <= DRIFT {
        return "right".to_owned();
    }
    format!("{} s {direction} Kit's: set it, or signatures do not count", off.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_right_within_a_minute() {
        let there = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let minute = Duration::from_secs(60);
        let second = Duration::from_secs(1);
        assert_eq!(clock(there + minute, there), "right");
        assert_eq!(clock(there - minute, there), "right");
        assert!(clock(there + minute + second, there).starts_with("61 s ahead of Kit's"));
        assert!(clock(there - minute - second, there).starts_with("61 s behind Kit's"));
    }
}
