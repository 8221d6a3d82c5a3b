//! A reader of HTTP/1.1 requests that takes nothing but what RFC 9112 asks of a sender.

use std::collections::BTreeMap;

/// A request as its bytes have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrictRequest {
    /// The method.
    pub method: String,
    /// The target, as it stands in the request line.
    pub target: String,
    /// The headers, by their names in lower case: none comes twice.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl StrictRequest {
    /// Reads all that a client has sent on a connection: one request, and no byte more.
    ///
    /// # Errors
    ///
    /// The problem of the request.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or("the head has no end")?;
        let (head, body) = (&bytes[..end], &bytes[end + 4..]);
        let head = std::str::from_utf8(head).map_err(|_| "the head is not ASCII")?;
        if let Some(bad) = head.replace("\r\n", "").chars().find(|c| !matches!(c, ' '..='~')) {
            return Err(format!("the head holds {bad:?}"));
        }
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap_or_default();
        let parts: Vec<_> = line.split(' ').collect();
        let [method, target, "HTTP/1.1"] = parts[..] else {
            return Err(format!("{line:?} is no request line"));
        };
        if !is_token(method) {
            return Err(format!("{method:?} is no method"));
        }
        // RFC 9112, section 3.2.1; RFC 3986, section 3.3 and 3.4.
        let is_target = |c: char| c.is_ascii_alphanumeric() || "/?%-._~!$&'()*+,;=:@".contains(c);
        if !target.starts_with('/') || !target.chars().all(is_target) {
            return Err(format!("{target:?} is no target in origin form"));
        }
        let mut headers = BTreeMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").ok_or(format!("{line:?} is no header"))?;
            if !is_token(name) || value.is_empty() || value.trim() != value {
                return Err(format!("{line:?} is no header"));
            }
            if headers.insert(name.to_ascii_lowercase(), value.to_owned()).is_some() {
                return Err(format!("{name:?} comes twice"));
            }
        }
        if !headers.contains_key("host") {
            return Err("there is no host".to_owned());
        }
        for unwanted in ["transfer-encoding", "te", "trailer", "expect", "upgrade"] {
            if headers.contains_key(unwanted) {
                return Err(format!("there is {unwanted:?}"));
            }
        }
        let length = match headers.get("content-length") {
            Some(text) => text.parse().map_err(|_| format!("{text:?} is no length"))?,
            None => 0_usize,
        };
        if headers.get("content-length").is_some_and(|text| *text != length.to_string()) {
            return Err("the length is not written as it should".to_owned());
        }
        if body.len() != length {
            return Err(format!("{} bytes follow, and {length} were promised", body.len()));
        }
        let (method, target) = (method.to_owned(), target.to_owned());
        Ok(Self { method, target, headers, body: body.to_vec() })
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(is_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_right_is_read() {
        let good = "POST /a?b=c HTTP/1.1\r\nHost: a.b\r\nContent-Length: 2\r\n\r\nok";
        let read = StrictRequest::read(good.as_bytes()).unwrap();
        assert_eq!((&*read.target, &*read.body), ("/a?b=c", &b"ok"[..]));
        for (old, new) in [
            ("HTTP/1.1", "HTTP/1.0"),
            (" /a", "  /a"),
            ("/a?b", "http://a.b/a?b"),
            ("?b=c", "?b=[c]"),
            ("?b=c", "#b"),
            ("Host: a.b\r\n", ""),
            ("Host: a.b", "Host: a.b\r\nhost: a.b"),
            ("Host: a.b", "Host:a.b"),
            ("Host: a.b", "Host: a.b "),
            ("Host: a.b", "Host : a.b"),
            ("Host: a.b", "Host: a.b\nX: y"),
            ("Host: a.b", "Host: a.b\r\n X: y"),
            ("Content-Length: 2", "Content-Length: 02"),
            ("Content-Length: 2", "Content-Length: 1"),
            ("Content-Length: 2", "Content-Length: 2\r\nContent-Length: 2"),
            ("Content-Length: 2", "Content-Length: 2\r\nTransfer-Encoding: chunked"),
            ("Content-Length: 2\r\n", ""),
            ("ok", "okay"),
        ] {
            assert!(good.contains(old));
            assert!(StrictRequest::read(good.replace(old, new).as_bytes()).is_err(), "{new:?}");
        }
    }
}
