use std::borrow::Cow;
use std::fmt::{Display, Write as _};

use super::query::Encoded;

/// The path of an operation, from `/v4` on.
///
/// # Examples
///
/// ```
/// use kit_core::wire::Path;
///
/// assert_eq!(Path::from("/v4/webhooks").as_str(), "/v4/webhooks");
/// let path = Path::with("/v4/tags/{tag_id}/subscribers/{id}", [44, 9]);
/// assert_eq!(path.as_str(), "/v4/tags/44/subscribers/9");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path(Cow<'static, str>);

impl Path {
    /// Replaces each name in braces in the template by the next parameter, percent-encoded.
    ///
    /// With too few parameters a name in braces is left, and [`Kit::request`](crate::Kit::request) returns an
    /// [`Error::Input`](crate::Error::Input). Parameters too many are ignored.
    pub fn with<T: Display>(
        template: &'static str,
        parameters: impl IntoIterator<Item = T>,
    ) -> Self {
        let mut parameters = parameters.into_iter();
        // Parameters are about as long as their names.
        let mut path = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = around_a_name(rest) {
            let length = path.len();
            path.push_str(before);
            let Some(parameter) = parameters.next() else {
                path.truncate(length);
                break;
            };
            // Writing to a string does not fail.
            let _ = write!(Encoded(&mut path), "{parameter}");
            rest = after;
        }
        path.push_str(rest);
        Self(path.into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_inner(self) -> Cow<'static, str> {
        self.0
    }
}

/// The text before the first name in braces, and the text behind it.
fn around_a_name(template: &str) -> Option<(&str, &str)> {
    let start = template.bytes().position(|byte| byte == b'{')?;
    let end = template.bytes().skip(start).position(|byte| byte == b'}')?;
    Some((template.get(..start)?, template.get(start + end + 1..)?))
}

impl From<&'static str> for Path {
    fn from(path: &'static str) -> Self {
        Self(path.into())
    }
}

impl From<String> for Path {
    fn from(path: String) -> Self {
        Self(path.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_take_the_place_of_names_in_order() {
        assert_eq!(Path::with("/v4/a/{b}/c/{d}", [1, 2]).as_str(), "/v4/a/1/c/2");
        assert_eq!(
            Path::with("/v4/a/{b}", ["x/y ?#\u{e9}"]).as_str(),
            "/v4/a/x%2Fy%20%3F%23%C3%A9"
        );
        // Too many and too few are no panic.
        assert_eq!(Path::with("/v4/a", [1]).as_str(), "/v4/a");
        assert_eq!(Path::with("/v4/{a}/{b}", [1]).as_str(), "/v4/1/{b}");
        assert_eq!(Path::with("/v4/{a", [1]).as_str(), "/v4/{a");
    }
}
