use std::fmt;
use std::marker::PhantomData;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeSeed;

use super::envelope::{Field, Fields};
use super::{Page, Pagination, ReadError, liberal};

/// The reply of a success (2xx), before an [`Endpoint`](crate::Endpoint) reads it.
///
/// # Examples
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use kit_core::wire::Reply;
///
/// let headers = HeaderMap::new();
/// let body = br##"{"colors": ["#ff0000"], "more": 1}"##;
/// let reply = Reply::new(StatusCode::OK, &headers, body);
/// let colors: Vec<String> = reply.field("colors")?;
/// assert_eq!(colors, ["#ff0000"]);
/// # Ok::<(), kit_core::wire::ReadError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Reply<'a> {
    status: StatusCode,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

impl<'a> Reply<'a> {
    /// Makes a reply: to test an [`Endpoint`](crate::Endpoint) of your own.
    pub fn new(status: StatusCode, headers: &'a HeaderMap, body: &'a [u8]) -> Self {
        Self { status, headers, body }
    }

    /// The status, from 200 to 299: 200, 201 and 202 can have different meanings.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// The body as Kit sent it.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Reads the whole body as JSON.
    ///
    /// Kit answers null at times where its documentation has a value, and a number where it has a text. So this
    /// method, [`field`](Self::field) and [`page`](Self::page) read null as an empty text, list or map where one is
    /// asked for, a number as its text, and a text that is a number as that number. Ask for an [`Option`] of
    /// anything else that may be null.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] that says what is wrong with the body, as JSON or in its shape.
    pub fn json<T: Deserialize<'a>>(&self) -> Result<T, ReadError> {
        self.seed(PhantomData)
    }

    /// Reads one field of a body that is a JSON object, such as `{"webhook": …}`. The other fields are
    /// ignored.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] that says what is wrong with the body, as JSON or in its shape.
    pub fn field<T: Deserialize<'a>>(&self, name: &str) -> Result<T, ReadError> {
        self.seed(Field::new(name))
    }

    /// Reads two fields of a body that is a JSON object. The other fields are ignored.
    pub(crate) fn fields<A: Deserialize<'a>, B: Deserialize<'a>>(
        &self,
        names: [&'static str; 2],
    ) -> Result<(A, B), ReadError> {
        self.seed(Fields::new(names))
    }

    /// Reads a page of a list, whose items are in the field `name`: `{"webhooks": […], "pagination": {…}}`.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] that says what is wrong with the body, as JSON or in its shape.
    pub fn page<T: Deserialize<'a>>(&self, name: &'static str) -> Result<Page<T>, ReadError> {
        let (items, pagination) = self.fields([name, Pagination::NAME])?;
        Ok(Page::read(name, items, pagination))
    }

    /// Checks a reply that has no value to read: a 204, or another success whose body is empty or any JSON.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] where the body is anything else, such as the HTML page of a proxy.
    pub fn nothing(&self) -> Result<(), ReadError> {
        let is_empty = self.status == StatusCode::NO_CONTENT || self.body.trim_ascii().is_empty();
        if !is_empty {
            serde_json::from_slice::<serde::de::IgnoredAny>(self.body)?;
        }
        Ok(())
    }

    fn seed<S: DeserializeSeed<'a> + Clone>(&self, seed: S) -> Result<S::Value, ReadError> {
        liberal::seed_from_slice(seed.clone(), self.body)
            .map_err(|error| ReadError::at(liberal::path_of_error(seed, self.body), error))
    }
}

/// Shows the status and the length of the body. Body and headers may hold secrets.
impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("length", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(body: &[u8], read: impl FnOnce(Reply<'_>) -> T) -> T {
        read(Reply::new(StatusCode::OK, &HeaderMap::new(), body))
    }

    #[test]
    fn one_field_counts() {
        let field = |body: &str| with(body.as_bytes(), |reply| reply.field::<u8>("a"));
        assert_eq!(field(r#"{"b": {"a": 2}, "a": 1, "c": [3]}"#).unwrap(), 1);
        for (body, error) in [
            (r#"{"b": 1}"#, "missing field `a`"),
            (r#"{"a": 1, "a": 1}"#, "duplicate field `a`"),
            ("[]", "expected an object with `a`"),
            (r#"{"a": 1} x"#, "trailing characters"),
        ] {
            let said = field(body).unwrap_err().to_string();
            assert!(said.contains(error), "{said}");
        }
    }

    #[test]
    fn nothing_is_no_page_of_a_proxy() {
        for body in ["", " \r\n", "{}", r#"{"done": true}"#, "null"] {
            with(body.as_bytes(), |reply| reply.nothing()).unwrap();
        }
        for body in ["<html>", "OK", "{\"done\"", "\0"] {
            assert!(with(body.as_bytes(), |reply| reply.nothing()).is_err(), "{body}");
        }
    }
}
