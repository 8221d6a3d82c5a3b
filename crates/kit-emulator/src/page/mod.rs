//! The page at `/_kit/`: what the local Kit has done, and forms for what it is to do. Its files are embedded in the program, and
//! speak to the control requests alone.

use http::header::{
    ALLOW, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{Method, StatusCode, header};

use crate::server::{Reply, Request};

/// Nothing from elsewhere, nothing inline, and in no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page that is at the root, for who opens the address of the emulator in a browser.
const ROOT: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>A local Kit</title>\n\
    <p>This is a local Kit. What it does can be seen at <a href=\"/_kit/\">/_kit/</a>.</p></html>\n";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Path, media type, and content.
const FILES: [(&str, &str, &str); 19] = [
    ("/_kit/", HTML, include_str!("files/index.html")),
    ("/_kit/page/style.css", "text/css; charset=utf-8", include_str!("files/style.css")),
    ("/_kit/page/icon.svg", "image/svg+xml", include_str!("files/icon.svg")),
    ("/_kit/page/main.js", SCRIPT, include_str!("files/main.js")),
    ("/_kit/page/api.js", SCRIPT, include_str!("files/api.js")),
    ("/_kit/page/dom.js", SCRIPT, include_str!("files/dom.js")),
    ("/_kit/page/keys.js", SCRIPT, include_str!("files/keys.js")),
    ("/_kit/page/list.js", SCRIPT, include_str!("files/list.js")),
    ("/_kit/page/log_view.js", SCRIPT, include_str!("files/log_view.js")),
    ("/_kit/page/places.js", SCRIPT, include_str!("files/places.js")),
    ("/_kit/page/text.js", SCRIPT, include_str!("files/text.js")),
    ("/_kit/page/requests.js", SCRIPT, include_str!("files/requests.js")),
    ("/_kit/page/deliveries.js", SCRIPT, include_str!("files/deliveries.js")),
    ("/_kit/page/webhooks.js", SCRIPT, include_str!("files/webhooks.js")),
    ("/_kit/page/events.js", SCRIPT, include_str!("files/events.js")),
    ("/_kit/page/faults.js", SCRIPT, include_str!("files/faults.js")),
    ("/_kit/page/state.js", SCRIPT, include_str!("files/state.js")),
    ("/_kit/page/clock.js", SCRIPT, include_str!("files/clock.js")),
    ("/_kit/page/access.js", SCRIPT, include_str!("files/access.js")),
];

/// The reply to a request for the page. `None` for any other request.
pub(crate) fn answer(request: &Request) -> Option<Reply> {
    let is_get = request.method() == Method::GET;
    let path = request.path();
    if path == "/" && is_get && !has_credentials(request) {
        return Some(reply(HTML, ROOT));
    }
    if path == "/_kit" {
        return Some(Reply::redirect("/_kit/".into()));
    }
    let (_, media_type, content) = FILES.into_iter().find(|(name, ..)| *name == path)?;
    if !is_get {
        let not_allowed = Reply::error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
        return Some(not_allowed.with_header(ALLOW, "GET".into()));
    }
    Some(reply(media_type, content))
}

/// Whoever has credentials is a client, and is answered as by Kit.
fn has_credentials(request: &Request) -> bool {
    let headers = request.headers();
    headers.contains_key(header::AUTHORIZATION) || headers.contains_key("x-kit-api-key")
}

fn reply(media_type: &str, content: &'static str) -> Reply {
    let headers: [(HeaderName, &str); 4] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let reply = Reply::own(StatusCode::OK, media_type.to_owned(), content.into());
    headers.into_iter().fold(reply, |reply, (name, value)| reply.with_header(name, value.into()))
}
