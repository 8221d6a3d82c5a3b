//! Which app a request to the token endpoint comes from, and the errors that it gets.

use http::StatusCode;
use serde_json::json;

use super::parameters::Parameters;
use crate::server::{Reply, Request};
use crate::world::{App, Refusal};

/// An error of RFC 6749, section 5.2, and its description.
pub(super) type Refused = (&'static str, String);

/// The parameters, the id of the app, and whether the app has proven itself by its secret.
///
/// # Errors
///
/// The refusal, if the request comes from an unknown app, or has a wrong secret.
pub(super) fn recognize<'a>(
    apps: &'a [App],
    request: &Request,
) -> Result<(Parameters, &'a App, bool), Refused> {
    let parameters = Parameters::of_body(request).map_err(invalid)?;
    let client_id = parameters.require("client_id").map_err(invalid)?;
    let secret = parameters.get("client_secret");
    let is_right = |app: &&App| secret.is_none_or(|secret| secret == app.client_secret);
    match apps.iter().find(|app| app.client_id == client_id).filter(is_right) {
        Some(app) => {
            let has_secret = secret.is_some();
            Ok((parameters, app, has_secret))
        }
        None => Err(("invalid_client", "The client is unknown, or its secret is wrong".into())),
    }
}

pub(super) fn invalid(message: String) -> Refused {
    ("invalid_request", message)
}

pub(super) fn refused(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::Unknown => ("invalid_grant", "The refresh token is unknown".into()),
        Refusal::Spent => ("invalid_grant", "The refresh token is spent".into()),
        Refusal::NoSecret => ("invalid_client", "client_secret is missing".into()),
    }
}

pub(super) fn refuse((error, description): Refused) -> Reply {
    let unauthorized = error == "invalid_client";
    let status = if unauthorized { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    Reply::json(status, json!({"error": error, "error_description": description}))
}
