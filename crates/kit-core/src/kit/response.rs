//! Reading a response: a value, or what the response says instead.

use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use http::response::Parts;
use serde_json::error::Category;
use zeroize::Zeroizing;

use crate::endpoint::{Endpoint, operation};
use crate::error::RetryAfter;
use crate::error::{ApiError, Applied, Error, OAuthError, ReplyError, ReplyProblem};
use crate::secret::Scrub;
use crate::wire::{ReadError, Reply, messages};

/// How many of Kit's messages are kept, and how many characters of each: an error has to be printed.
const MESSAGES: usize = 20;
const MESSAGE: usize = 500;

/// Reads a response. `secrets` returns the secrets of the credentials.
pub(crate) fn read<E: Endpoint>(
    endpoint: &E,
    head: &Parts,
    body: &[u8],
    secrets: impl FnOnce() -> Vec<Zeroizing<String>>,
) -> Result<E::Reply, Error> {
    let error = if head.status.is_success() {
        match endpoint.reply(Reply::new(head.status, &head.headers, body)) {
            Ok(value) => return Ok(value),
            Err(_) if is_cut(head, body) => {
                let reason = "is shorter than Content-Length says";
                Some(ReadError::new(ReplyProblem::Truncated, reason))
            }
            Err(error) => Some(error),
        }
    } else {
        None
    };
    let secrets = secrets();
    let scrub = Scrub::of_call(&secrets, endpoint.secrets());
    Err(match error {
        None => Error::Api(Box::new(api_error(endpoint, head, body, &scrub))),
        Some(error) => Error::Reply(Box::new(reply_error(endpoint, head, body, &error, &scrub))),
    })
}

fn reply_error<E: Endpoint>(
    endpoint: &E,
    head: &Parts,
    body: &[u8],
    error: &ReadError,
    scrub: &Scrub<'_>,
) -> ReplyError {
    let problem = match (error.problem(), error.json()) {
        _ if is_compressed(head) => ReplyProblem::Compressed,
        (Some(problem), _) => problem,
        (None, Some((error, _))) => diagnose(body, error),
        (None, None) => ReplyProblem::WrongShape,
    };
    // What is no JSON at all has no field at fault.
    let path = error.json().filter(|_| problem == ReplyProblem::WrongShape).map(|(_, path)| path);
    let detail = Detail { path: path.unwrap_or_default().to_owned(), reason: error.to_string() };
    let (detail, excerpt) = if E::HAS_SECRET_REPLY {
        // A name of a field may be made of a secret, too.
        (scrub.excerpt(detail.without_values().as_bytes()), String::new())
    } else {
        (scrub.excerpt(detail.to_string().as_bytes()), scrub.excerpt(body))
    };
    ReplyError {
        operation: operation(endpoint),
        status: head.status,
        problem,
        detail,
        excerpt,
        request_id: request_id(&head.headers, scrub),
        earlier: Applied::No,
    }
}

/// The field that the reader stumbled over, and the reason.
struct Detail {
    path: String,
    reason: String,
}

impl Detail {
    /// The detail without values, which may be secrets: the names of fields, and the type that was expected.
    fn without_values(&self) -> String {
        let is_name = |key: &str| {
            !key.is_empty()
                && key.bytes().all(|b| b.is_ascii_lowercase() || b"_[]0123456789".contains(&b))
        };
        let keys = self.path.split('.').map(|key| {
            let starts_as_name = key.starts_with(|c: char| c.is_ascii_lowercase());
            if starts_as_name && is_name(key) { key } else { "\u{2026}" }
        });
        let path = keys.collect::<Vec<_>>().join(".");
        let reason =
            self.reason.rsplit_once(" at line ").map_or(&*self.reason, |(reason, _)| reason);
        let reason = match reason.rsplit_once(", expected ") {
            Some((_, expected)) => format!("expected {expected}"),
            None if reason.starts_with("missing field `") => reason.to_owned(),
            None => "is not as promised".to_owned(),
        };
        if self.path.is_empty() { reason } else { format!("{path}: {reason}") }
    }
}

impl std::fmt::Display for Detail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.reason)
    }
}

fn api_error<E: Endpoint>(endpoint: &E, head: &Parts, body: &[u8], scrub: &Scrub<'_>) -> ApiError {
    let message = |message: String| scrub.beginning(message.as_bytes(), MESSAGE);
    ApiError {
        operation: operation(endpoint),
        status: head.status,
        messages: messages::of_body(body).into_iter().take(MESSAGES).map(message).collect(),
        oauth: OAuthError::read(body, scrub),
        excerpt: scrub.excerpt(body),
        request_id: request_id(&head.headers, scrub),
        retry_after: RetryAfter::of(&head.headers),
        earlier: Applied::No,
    }
}

pub(crate) fn request_id(headers: &HeaderMap, scrub: &Scrub<'_>) -> Option<String> {
    headers.get("x-request-id").map(|id| scrub.excerpt(id.as_bytes()))
}

/// Whether a stack hands over a part of a body as if it were the whole. This is asked of a body that cannot be read: a
/// stack that has decompressed the body may leave the length of what was compressed, which can be longer.
fn is_cut(head: &Parts, body: &[u8]) -> bool {
    let length = head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length = length.and_then(|value| value.parse::<u64>().ok());
    // A 204 has no body, whatever it says.
    let has_body = !matches!(head.status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT);
    has_body && !is_compressed(head) && length.is_some_and(|length| length > body.len() as u64)
}

fn is_compressed(head: &Parts) -> bool {
    head.headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn diagnose(body: &[u8], error: &serde_json::Error) -> ReplyProblem {
    if body.trim_ascii().is_empty() {
        return ReplyProblem::Empty;
    }
    match std::str::from_utf8(body) {
        Ok(_) => {}
        // The body ends in the middle of a character.
        Err(error) if error.error_len().is_none() => return ReplyProblem::Truncated,
        Err(_) => return ReplyProblem::NotUtf8,
    }
    match error.classify() {
        Category::Data | Category::Io => ReplyProblem::WrongShape,
        Category::Eof => ReplyProblem::Truncated,
        Category::Syntax if body.trim_ascii_start().starts_with(b"<") => ReplyProblem::Html,
        Category::Syntax => ReplyProblem::NotJson,
    }
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::fixtures::{create, kit};

    fn read(response: Response<&[u8]>) -> Error {
        kit().response(&create(), response).unwrap_err()
    }

    fn problem(body: &[u8]) -> ReplyProblem {
        let response = Response::builder().status(201).body(body).unwrap();
        let Error::Reply(error) = read(response) else { panic!("not a reply error") };
        assert_eq!(error.status(), 201);
        error.problem()
    }

    /// A short path of a URL is part of many words, and is not searched for.
    #[test]
    fn a_short_secret_of_an_operation_is_not_searched_for() {
        let text = "the webhook /k is there, and /k1234567 is not";
        let refused = |url: &str| {
            let event = crate::webhooks::Event::PurchaseCreate;
            let create = crate::webhooks::CreateWebhook::new(url, event).unwrap();
            let body = format!(r#"{{"errors": ["{text}"]}}"#);
            let response = Response::builder().status(422).body(body).unwrap();
            kit().response(&create, response).unwrap_err().to_string()
        };
        assert!(refused("https://a.b/k").contains(text));
        let other = refused("https://a.b/k1234567");
        assert!(other.contains("/k is there, and [redacted] is not"), "{other}");
    }

    /// Parameters that were added to an operation are unknown, and may be secrets.
    #[test]
    fn an_added_parameter_is_not_repeated_in_errors() {
        let create = create()
            .with_query("token", "query5ecret")
            .with_body(serde_json::json!({"a": ["body5ecret", {"b": "deep5ecret"}]}));
        let body = r#"{"errors": ["query5ecret", "body5ecret deep5ecret"]}"#;
        let response = Response::builder().status(422).body(body).unwrap();
        let error = kit().response(&create, response).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("5ecret"), "{error}");
    }

    /// A body that an HTTP stack hands over as a whole is one.
    #[test]
    fn a_body_that_is_shorter_than_it_says_is_truncated() {
        let whole = br#"{"webhook": {"id": 9}}"#.as_slice();
        // (Lengths of what was compressed are shorter and longer.)
        for (body, length, is_cut) in [
            (whole, "22", false),
            (whole, "21", false),
            (whole, "23", false),
            (whole, "many", false),
            (b"{}", "22", true),
            (b"{}", "2", false),
            (b"", "22", true),
        ] {
            let response = Response::builder().status(201).header("Content-Length", length);
            match kit().response(&create(), response.body(body).unwrap()) {
                Ok(webhook) => assert!(!is_cut && webhook.id == 9.into(), "{length}"),
                Err(Error::Reply(error)) => {
                    assert_eq!(error.problem() == ReplyProblem::Truncated, is_cut, "{error}");
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn an_api_error_has_all_that_kit_said() {
        let response = Response::builder()
            .status(422)
            .header("X-Request-Id", "3f1c")
            .header("Retry-After", "7")
            .body(
                br#"{"errors": ["`event` is missing", "kit_0123 is bad"], "more": 1}"#.as_slice(),
            );
        let Error::Api(error) = read(response.unwrap()) else { panic!("not an API error") };
        assert_eq!(error.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(error.messages(), ["`event` is missing", "[redacted] is bad"]);
        assert_eq!(error.operation().to_string(), "POST /v4/webhooks");
        assert_eq!(error.request_id(), Some("3f1c"));
        assert_eq!(error.retry_after().unwrap().delay(std::time::UNIX_EPOCH).as_secs(), 7);
        assert_eq!(
            error.to_string(),
            "POST /v4/webhooks: 422 Unprocessable Entity: `event` is missing; [redacted] is bad; \
             Retry-After: 7 s [request 3f1c]"
        );
    }

    /// However much Kit says, an error can be printed.
    #[test]
    fn messages_are_bounded() {
        let long = "\u{e9}".repeat(100_000);
        let body = serde_json::to_vec(&serde_json::json!({"errors": vec![long; 30]})).unwrap();
        let response = Response::builder().status(422).body(&body[..]).unwrap();
        let Error::Api(error) = read(response) else { panic!("not an API error") };
        assert_eq!(error.messages().len(), 20);
        for message in error.messages() {
            assert!((400..=501).contains(&message.chars().count()), "{}", message.chars().count());
        }
        assert!(error.to_string().len() < 25_000);
    }

    #[test]
    fn a_proxys_page_is_an_api_error_with_an_excerpt() {
        let page = b"<html><h1>502 Bad Gateway</h1> for kit_0123</html>".as_slice();
        let error = read(Response::builder().status(502).body(page).unwrap());
        assert_eq!(
            error.to_string(),
            "POST /v4/webhooks: 502 Bad Gateway: <html><h1>502 Bad Gateway</h1> for \
             [redacted]</html>; it may have been applied"
        );
        assert!(error.may_have_been_applied());
    }

    #[test]
    fn an_unreadable_success_says_what_is_wrong() {
        let empty_object = b"{\"webhook\": {}}".as_slice();
        for (body, expected) in [
            (b"".as_slice(), ReplyProblem::Empty),
            (b" \r\n", ReplyProblem::Empty),
            (b"{\"webhook\": {\"id\"", ReplyProblem::Truncated),
            (b"{\"webhook\": \"\xc3", ReplyProblem::Truncated),
            (b"<!doctype html>", ReplyProblem::Html),
            (b"Created", ReplyProblem::NotJson),
            (b"{\"webhook\": \"\xff\"}", ReplyProblem::NotUtf8),
            (empty_object, ReplyProblem::WrongShape),
            (b"null", ReplyProblem::WrongShape),
            (b"[]", ReplyProblem::WrongShape),
        ] {
            assert_eq!(problem(body), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_compressed_body_is_called_so() {
        let body = br#"{"webhook": {"id": 9, "account_id": 1539, "target_url": "https://a.b/",
            "event": {"name": "purchase_create"}}}"#;
        let response = Response::builder().status(201).header("Content-Encoding", "gzip");
        // The header says so, and the body is not: somebody has unpacked it.
        kit().response(&create(), response.body(body).unwrap()).unwrap();

        let response = Response::builder()
            .status(201)
            .header("Content-Encoding", "gzip")
            .body(b"\x1f\x8b\x08".as_slice());
        let Error::Reply(error) = read(response.unwrap()) else { panic!("not a reply error") };
        assert_eq!(error.problem(), ReplyProblem::Compressed);
    }

    #[test]
    fn the_words_of_the_json_reader_are_scrubbed_too() {
        let body = br#"{"webhook": {"id": "kit_0123"}}"#.as_slice();
        let error = read(Response::builder().status(201).body(body).unwrap());
        assert!(!format!("{error} {error:?}").contains("kit_0123"), "{error}");
        assert!(error.to_string().contains("an id, as a number"), "{error}");
        assert!(error.may_have_been_applied());
    }

    #[test]
    fn a_refusal_was_not_applied() {
        for status in [301, 307, 308, 400, 401, 403, 404, 409, 413, 422, 429] {
            let response = Response::builder().status(status).body([].as_slice()).unwrap();
            assert!(!read(response).may_have_been_applied(), "{status}");
        }
        for status in [100, 302, 303, 304, 500, 502, 503, 504, 599, 999] {
            let response = Response::builder().status(status).body([].as_slice()).unwrap();
            assert!(read(response).may_have_been_applied(), "{status}");
        }
    }
}
