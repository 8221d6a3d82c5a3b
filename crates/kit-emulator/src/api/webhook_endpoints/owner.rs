use http::StatusCode;

use crate::api::call::Call;
use crate::rows::WebhookEndpoint;
use crate::server::Reply;

/// The refusal of an API key that is to change an endpoint of an app: Kit's message is not documented.
const OF_AN_APP: &str = "An app made this webhook endpoint: an API key cannot change it";

/// # Errors
///
/// 403 if an app made the endpoint, and an API key is to change it.
pub(super) fn check_owner(endpoint: &WebhookEndpoint, call: &Call<'_>) -> Result<(), Reply> {
    if endpoint.is_of_app && !call.is_of_app() {
        return Err(Reply::error(StatusCode::FORBIDDEN, OF_AN_APP));
    }
    Ok(())
}
