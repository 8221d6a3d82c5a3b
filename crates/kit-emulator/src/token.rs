//! `POST /v4/oauth/token`: tokens for a code or a refresh token; and `POST /v4/oauth/revoke`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::app::App;
use crate::grants::{Grants, Refusal, Tokens};
use crate::parameters::Parameters;
use crate::reply::Reply;

/// An error of RFC 6749, section 5.2, and its description.
type Refused = (&'static str, String);

pub(crate) fn token(
    grants: &mut Grants,
    app: &App,
    headers: &HeaderMap,
    body: &[u8],
    now: Duration,
) -> Reply {
    match give(grants, app, headers, body, now) {
        Ok(tokens) => reply(&tokens),
        Err(error) => refuse(error),
    }
}

pub(crate) fn revoke(grants: &mut Grants, app: &App, headers: &HeaderMap, body: &[u8]) -> Reply {
    let revoked = recognize(app, headers, body).and_then(|(parameters, has_secret)| {
        let token = parameters.require("token").map_err(invalid)?;
        grants.revoke(token, has_secret).map_err(refused)
    });
    // A token that is not there is no error (RFC 7009, section 2.2).
    revoked.map_or_else(refuse, |()| Reply::json(StatusCode::OK, json!({})))
}

fn give(
    grants: &mut Grants,
    app: &App,
    headers: &HeaderMap,
    body: &[u8],
    now: Duration,
) -> Result<Tokens, Refused> {
    let (parameters, has_secret) = recognize(app, headers, body)?;
    match parameters.require("grant_type").map_err(invalid)? {
        "authorization_code" => exchange(grants, &parameters, has_secret, now),
        "refresh_token" => {
            let token = parameters.require("refresh_token").map_err(invalid)?;
            grants.refresh(token, has_secret, now).map_err(refused)
        }
        other => Err(("unsupported_grant_type", format!("{other:?} is not known"))),
    }
}

fn refused(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::Unknown => ("invalid_grant", "The refresh token is unknown".into()),
        Refusal::Spent => ("invalid_grant", "The refresh token is spent".into()),
        Refusal::NoSecret => ("invalid_client", "client_secret is missing".into()),
    }
}

fn exchange(
    grants: &mut Grants,
    parameters: &Parameters,
    has_secret: bool,
    now: Duration,
) -> Result<Tokens, Refused> {
    let wrong = |message: &str| ("invalid_grant", message.to_owned());
    let redirect_uri = parameters.require("redirect_uri").map_err(invalid)?;
    let code = parameters.require("code").map_err(invalid)?;
    let code = grants.take_code(code, now).ok_or_else(|| wrong("The code is unknown or spent"))?;
    if code.redirect_uri != redirect_uri {
        return Err(wrong("redirect_uri is not that of the authorization"));
    }
    let verifier = parameters.get("code_verifier");
    match (&code.challenge, verifier) {
        (Some(challenge), Some(verifier)) => {
            let hash = hmac_sha256::Hash::hash(verifier.as_bytes());
            if URL_SAFE_NO_PAD.encode(hash) != *challenge {
                return Err(wrong("code_verifier does not fit the challenge"));
            }
        }
        (Some(_), None) => return Err(wrong("code_verifier is missing")),
        (None, Some(_)) => return Err(wrong("there was no code_challenge")),
        (None, None) if !has_secret => return Err(refused(Refusal::NoSecret)),
        (None, None) => {}
    }
    Ok(grants.begin(code.scope, has_secret, now))
}

/// The parameters, and whether the app has proven itself by its secret.
fn recognize(app: &App, headers: &HeaderMap, body: &[u8]) -> Result<(Parameters, bool), Refused> {
    let parameters = Parameters::of_body(headers, body).map_err(invalid)?;
    parameters.require("client_id").map_err(invalid)?;
    let unknown = || ("invalid_client", "The client is unknown, or its secret is wrong".into());
    let has_secret = app.recognize(&parameters).ok_or_else(unknown)?;
    Ok((parameters, has_secret))
}

fn invalid(message: String) -> Refused {
    ("invalid_request", message)
}

fn refuse((error, description): Refused) -> Reply {
    let unauthorized = error == "invalid_client";
    let status = if unauthorized { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    Reply::json(status, json!({"error": error, "error_description": description}))
}

fn reply(tokens: &Tokens) -> Reply {
    let created_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let body = json!({
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in.as_secs(),
        "refresh_token": tokens.refresh_token,
        "scope": tokens.scope,
        "created_at": created_at,
    });
    Reply::json(StatusCode::OK, body)
}
