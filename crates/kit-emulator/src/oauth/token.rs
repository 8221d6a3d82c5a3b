//! `POST /v4/oauth/token`: tokens for a code or a refresh token.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::json;

use super::client::{Refused, invalid, recognize, refuse, refused};
use super::parameters::Parameters;
use crate::server::{Reply, Request};
use crate::world::{App, Grants, IssuedTokens, Refusal, World};

pub(crate) fn token<T>(world: &mut World<T>, request: &Request) -> Reply {
    match give(world, request) {
        Ok(tokens) => Reply::json(
            StatusCode::OK,
            json!({
                "access_token": tokens.access_token,
                "token_type": "Bearer",
                "expires_in": tokens.expires_in.as_secs(),
                "refresh_token": tokens.refresh_token,
                "scope": tokens.scope,
                "created_at": world.clock.unix_seconds(),
            }),
        ),
        Err(error) => refuse(error),
    }
}

fn give<T>(world: &mut World<T>, request: &Request) -> Result<IssuedTokens, Refused> {
    let (parameters, app, has_secret) = recognize(&world.apps, request)?;
    let now = world.clock.now();
    match parameters.require("grant_type").map_err(invalid)? {
        "authorization_code" => exchange(&mut world.grants, &parameters, app, has_secret, now),
        "refresh_token" => {
            let token = parameters.require("refresh_token").map_err(invalid)?;
            world.grants.refresh(token, &app.client_id, now).map_err(refused)
        }
        other => Err(("unsupported_grant_type", format!("{other:?} is not known"))),
    }
}

fn exchange(
    grants: &mut Grants,
    parameters: &Parameters,
    app: &App,
    has_secret: bool,
    now: Duration,
) -> Result<IssuedTokens, Refused> {
    let wrong = |message: &str| ("invalid_grant", message.to_owned());
    let redirect_uri = parameters.require("redirect_uri").map_err(invalid)?;
    let code = parameters.require("code").map_err(invalid)?;
    let code = grants.take_code(code, now).ok_or_else(|| wrong("The code is unknown or spent"))?;
    if code.grantee.client_id != app.client_id {
        return Err(wrong("The code was given to another app"));
    }
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
    Ok(grants.begin(code.scope, code.grantee, has_secret, now))
}
