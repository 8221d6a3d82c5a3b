//! From a request to a reply: which operation it is, and whether it may.

use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::json;

use crate::api::Api;
use crate::authorize::authorize;
use crate::create_webhook::create_webhook;
use crate::credential::Credential;
use crate::list_webhooks::list_webhooks;
use crate::reply::Reply;
use crate::token::{revoke, token};

pub(crate) fn route(api: &Api, head: &Request<()>, body: &[u8]) -> Reply {
    let (headers, query) = (head.headers(), head.uri().query().unwrap_or_default());
    let path = head.uri().path();
    // These say by themselves as whom they come.
    match (head.method(), path) {
        (&Method::GET, "/v4/oauth/authorize") => {
            return authorize(&mut api.grants(), &api.app, query, api.clock.now());
        }
        (&Method::POST, "/v4/oauth/token") => {
            return token(&mut api.grants(), &api.app, headers, body, api.clock.now());
        }
        (&Method::POST, "/v4/oauth/revoke") => {
            return revoke(&mut api.grants(), &api.app, headers, body);
        }
        _ => {}
    }

    let id = path.strip_prefix("/v4/webhooks/");
    let wants_oauth = path == "/v4/purchases" || path.starts_with("/v4/bulk/");
    if path != "/v4/webhooks" && id.is_none() && !wants_oauth {
        return Reply::not_found();
    }
    match admit(api, headers) {
        Err(refusal) => return refusal,
        Ok(Credential::ApiKey(_)) if wants_oauth => {
            let message = "This operation takes OAuth access tokens, and no API keys";
            return Reply::error(StatusCode::UNAUTHORIZED, message);
        }
        Ok(_) => {}
    }
    match (head.method(), path, id) {
        (&Method::POST, "/v4/webhooks", _) => create_webhook(&mut api.account(), headers, body),
        (&Method::GET, "/v4/webhooks", _) => list_webhooks(&api.account(), query),
        (&Method::DELETE, _, Some(id)) => match id.parse() {
            Ok(id) if api.account().delete(id) => Reply::no_content(),
            _ => Reply::not_found(),
        },
        (&Method::GET, "/v4/purchases", _) => no_purchases(),
        _ => Reply::not_found(),
    }
}

/// Lets a request in whose credential is right and has not come too often.
fn admit(api: &Api, headers: &HeaderMap) -> Result<Credential, Reply> {
    let known = |credential: &Credential| match credential {
        Credential::ApiKey(key) => *key == api.api_key,
        Credential::AccessToken(token) => {
            *token == api.access_token || api.grants().is_valid(token, api.clock.now())
        }
    };
    let credential = Credential::of(headers).filter(known);
    let invalid = || Reply::error(StatusCode::UNAUTHORIZED, "The access token is invalid");
    let credential = credential.ok_or_else(invalid)?;
    api.pass(&credential).map_err(Reply::too_many_requests)?;
    Ok(credential)
}

/// The account has none.
fn no_purchases() -> Reply {
    let pagination = json!({"has_previous_page": false, "has_next_page": false,
        "start_cursor": null, "end_cursor": null, "per_page": 500});
    Reply::json(StatusCode::OK, json!({"purchases": [], "pagination": pagination}))
}
