//! Parameters of control requests.

use crate::server::Request;

/// How many items an answer has at most.
const MOST: usize = 1000;

/// A number in the query.
///
/// # Errors
///
/// That it is none.
pub(super) fn number(request: &Request, name: &str) -> Result<Option<u64>, String> {
    let Some(text) = request.parameter(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| format!("`{name}` is not a whole number"))
}

/// How many items are asked for: `limit`, of which there are at most 1,000.
///
/// # Errors
///
/// That it is no number.
pub(super) fn limit(request: &Request) -> Result<usize, String> {
    let limit = number(request, "limit")?.and_then(|limit| usize::try_from(limit).ok());
    Ok(limit.unwrap_or(MOST).clamp(1, MOST))
}

/// Whether the query has a parameter of this name that is not `false`.
pub(super) fn is_set(request: &Request, name: &str) -> bool {
    let query = form_urlencoded::parse(request.query().as_bytes());
    query.into_iter().any(|(given, value)| given == name && value != "false")
}
