//! `GET /v4/oauth/authorize`: the user is asked, and answers at once.

use std::time::Duration;

use http::StatusCode;

use super::parameters::Parameters;
use crate::server::{Reply, Request};
use crate::world::{App, Consent, Grantee, Grants, World};

const SCOPES: [&str; 3] = ["read", "write", "public"];

pub(crate) fn authorize<T: Default>(world: &mut World<T>, request: &Request) -> Reply {
    let now = world.clock.now();
    let parameters = match read(&world.apps, request.query()) {
        Ok(parameters) => parameters,
        // Nothing is sent to where the app may not be (RFC 6749, section 4.1.2.1).
        Err(message) => return Reply::error(StatusCode::BAD_REQUEST, message),
    };
    let account = match who(world, &parameters) {
        Ok(Some(account)) => account,
        Ok(None) => return page(&world.accounts.ids(), request.query()),
        Err(message) => return Reply::error(StatusCode::BAD_REQUEST, message),
    };
    let redirect_uri = parameters.get("redirect_uri").unwrap_or_default();
    let mut answer = match decide(&mut world.grants, &parameters, account, now) {
        Ok(code) => vec![("code", code)],
        Err((error, description)) => {
            vec![("error", error.to_owned()), ("error_description", description)]
        }
    };
    answer.extend(parameters.get("state").map(|state| ("state", state.to_owned())));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
    let separator = if redirect_uri.contains('?') { '&' } else { '?' };
    Reply::redirect(format!("{redirect_uri}{separator}{query}"))
}

/// The account whose user is asked; `None` if there are several, and none was chosen.
fn who<T: Default>(world: &World<T>, parameters: &Parameters) -> Result<Option<u64>, String> {
    let ids = world.accounts.ids();
    match parameters.get("account") {
        Some(chosen) => {
            let id = chosen.parse().ok().filter(|id| ids.contains(id));
            id.map(Some).ok_or_else(|| format!("account {chosen:?} is unknown"))
        }
        None if ids.len() == 1 => Ok(Some(world.first_account())),
        None => Ok(world.grants.user),
    }
}

/// The page on which the user chooses the account: a link for each.
fn page(accounts: &[u64], query: &str) -> Reply {
    let query = query.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let link = |account: &u64| {
        format!("<li><a href=\"?{query}&amp;account={account}\">Account {account}</a></li>")
    };
    let links: String = accounts.iter().map(link).collect();
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Local Kit</title>\
         <h1>Which account does the app get access to?</h1><ul>{links}</ul></html>"
    );
    Reply::own(StatusCode::OK, "text/html; charset=utf-8".into(), html.into())
}

/// Checks the app and the redirect URI: without them, there is no URL to send an error to.
fn read(apps: &[App], query: &str) -> Result<Parameters, String> {
    let parameters = Parameters::of_query(query)?;
    let client_id = parameters.require("client_id")?;
    if apps.iter().all(|app| app.client_id != client_id) {
        return Err("client_id is unknown".into());
    }
    let redirect_uri = parameters.require("redirect_uri")?;
    if !redirect_uri.contains(':') || redirect_uri.contains('#') {
        return Err("redirect_uri is not an absolute URI without a fragment".into());
    }
    Ok(parameters)
}

/// The code, or an error and its description.
fn decide(
    grants: &mut Grants,
    parameters: &Parameters,
    account: u64,
    now: Duration,
) -> Result<String, (&'static str, String)> {
    let invalid = |message: String| ("invalid_request", message);
    if parameters.require("response_type").map_err(invalid)? != "code" {
        return Err(("unsupported_response_type", "response_type is not code".into()));
    }
    let scope = parameters.get("scope").unwrap_or("public");
    if let Some(unknown) = scope.split(' ').find(|scope| !SCOPES.contains(scope)) {
        return Err(("invalid_scope", format!("{unknown:?} is no scope")));
    }
    let challenge = parameters.get("code_challenge");
    if challenge.is_some() && parameters.get("code_challenge_method") != Some("S256") {
        return Err(invalid("code_challenge_method is not S256".into()));
    }
    if grants.consent == Consent::Denied {
        return Err(("access_denied", "The user said no".into()));
    }
    let redirect_uri = parameters.require("redirect_uri").map_err(invalid)?;
    let challenge = challenge.map(str::to_owned);
    let client_id = parameters.require("client_id").map_err(invalid)?.to_owned();
    let grantee = Grantee { client_id, account };
    Ok(grants.give_code(redirect_uri.to_owned(), scope.to_owned(), challenge, grantee, now))
}
