use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::DateRange;

/// The characters that are percent-encoded: all but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A query, or a form: names and values, percent-encoded as they are added.
///
/// # Examples
///
/// ```
/// use kit_core::wire::Query;
///
/// let mut query = Query::default();
/// query.pair("status", "all").optional("per_page", None::<u16>).pair("after", "a+/=");
/// assert_eq!(query.as_str(), "status=all&after=a%2B%2F%3D");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// The path that the query is written behind, in one piece of memory. Empty for a query alone.
    path: Cow<'static, str>,
    text: String,
    /// The place in the text where the query begins: behind the path and the `?`.
    start: usize,
}

impl Query {
    /// A query behind a path.
    pub(crate) fn behind(path: Cow<'static, str>) -> Self {
        Self { path, ..Self::default() }
    }

    /// The path, with the query if there is one.
    pub(super) fn into_target(self) -> Cow<'static, str> {
        if self.text.is_empty() { self.path } else { self.text.into() }
    }

    /// Writes the path, before the first parameter.
    fn begin(&mut self) {
        // Most queries fit, and so are written without growing.
        self.text.reserve(self.path.len() + 1 + 64);
        if !self.path.is_empty() {
            self.text.push_str(&self.path);
            self.text.push('?');
        }
        self.start = self.text.len();
    }

    /// Adds a parameter with its value.
    pub fn pair(&mut self, name: &str, value: impl Display) -> &mut Self {
        if self.text.is_empty() {
            self.begin();
        } else {
            self.text.push('&');
        }
        let _ = Encoded(&mut self.text).write_str(name);
        self.text.push('=');
        // Writing to a string does not fail.
        let _ = write!(Encoded(&mut self.text), "{value}");
        self
    }

    /// Adds a parameter, if it has a value.
    pub fn optional(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.pair(name, value),
            None => self,
        }
    }

    /// Adds the bounds of a range: `{name}_after` and `{name}_before`.
    pub fn range(&mut self, name: &str, range: &DateRange) -> &mut Self {
        for (side, bound) in [("after", range.after_bound()), ("before", range.before_bound())] {
            if let Some(bound) = bound {
                self.pair(&format!("{name}_{side}"), bound);
            }
        }
        self
    }

    /// The query as it is sent, without a `?`.
    pub fn as_str(&self) -> &str {
        self.text.get(self.start..).unwrap_or_default()
    }

    /// The query alone, as a form is sent.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        self.text.drain(..self.start);
        self.text.into_bytes()
    }
}

/// Shows the names of the parameters, but not their values, which may be secrets.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.as_str().split('&').filter_map(|pair| pair.split('=').next());
        f.debug_list().entries(names.filter(|name| !name.is_empty())).finish()
    }
}

/// Percent-encodes what is written to it.
pub(super) struct Encoded<'a>(pub(super) &'a mut String);

impl fmt::Write for Encoded<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Nearly all names and values are as they are: ids, days, words.
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if text.bytes().all(is_unreserved) {
            self.0.push_str(text);
        } else {
            self.0.extend(utf8_percent_encode(text, ENCODED));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_encoded() {
        let mut query = Query::default();
        query.pair("a b", "a+/= &\u{e9}").pair("per_page", 50);
        assert_eq!(query.as_str(), "a%20b=a%2B%2F%3D%20%26%C3%A9&per_page=50");
        assert_eq!(format!("{query:?}"), r#"["a%20b", "per_page"]"#);
    }

    #[test]
    fn a_query_stands_behind_its_path() {
        let mut query = Query::behind("/v4/tags".into());
        assert_eq!((query.as_str(), &*query.clone().into_target()), ("", "/v4/tags"));
        query.pair("a", 1).pair("b", 2);
        assert_eq!(query.as_str(), "a=1&b=2");
        assert_eq!(query.clone().into_bytes(), b"a=1&b=2");
        assert_eq!(format!("{query:?}"), r#"["a", "b"]"#);
        assert_eq!(query.into_target(), "/v4/tags?a=1&b=2");
    }
}
