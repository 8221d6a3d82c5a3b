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
pub struct Query(String);

impl Query {
    /// Adds a parameter with its value.
    pub fn pair(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.add(name, &value)
    }

    /// The same for a value of any type, so that it is compiled once.
    fn add(&mut self, name: &str, value: &dyn Display) -> &mut Self {
        if self.0.is_empty() {
            // Most queries fit, and so are written without growing.
            self.0.reserve(64);
        } else {
            self.0.push('&');
        }
        let _ = Encoded(&mut self.0).write_str(name);
        self.0.push('=');
        // Writing to a string does not fail.
        let _ = write!(Encoded(&mut self.0), "{value}");
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
        &self.0
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

/// Shows the names of the parameters, but not their values, which may be secrets.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.split('&').filter_map(|pair| pair.split('=').next());
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
}
