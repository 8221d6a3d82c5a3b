use std::borrow::Cow;

use super::input::iso;

use crate::server::{Reply, Request};

/// A request to an operation, with the parameters of its path.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) parameters: Vec<&'a str>,
}

/// Where an app made what an API key is to change: Kit's message is not documented.
pub(super) const OF_AN_APP: &str = "An app made this webhook endpoint: an API key cannot change it";

impl Call<'_> {
    /// Whether an app asks, by an access token.
    pub(super) fn is_of_app(&self) -> bool {
        self.request.headers().contains_key(http::header::AUTHORIZATION)
    }

    /// Reads the first parameter of the path as an id.
    ///
    /// # Errors
    ///
    /// 404 where the parameter is no id.
    pub(super) fn first_id(&self) -> Result<u64, Reply> {
        let id = self.parameters.first().and_then(|text| text.parse().ok());
        id.ok_or_else(Reply::not_found)
    }

    /// Reads the last parameter of the path as an id.
    ///
    /// # Errors
    ///
    /// 404 where the parameter is no id.
    pub(super) fn id(&self) -> Result<u64, Reply> {
        let id = self.parameters.last().and_then(|text| text.parse().ok());
        id.ok_or_else(Reply::not_found)
    }

    /// The parameter of the query with this name.
    pub(super) fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        self.request.parameter(name)
    }

    /// Whether the parameter of the query says true.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|value| value == "true")
    }

    /// The parameter of the query, where it is one of these.
    ///
    /// # Errors
    ///
    /// 422 where it is another.
    pub(super) fn choice(
        &self,
        name: &str,
        of: &[&'static str],
    ) -> Result<Option<&'static str>, Reply> {
        let Some(given) = self.parameter(name) else { return Ok(None) };
        let known = of.iter().find(|choice| **choice == given);
        let wrong = || Reply::unprocessable(format!("{name} must be one of: {}", of.join(", ")));
        known.map(|choice| Some(*choice)).ok_or_else(wrong)
    }

    /// # Errors
    ///
    /// 422 where a bound of one of these ranges is neither a day nor a time.
    pub(super) fn check_dates(&self, names: &[&str]) -> Result<(), Reply> {
        for name in
            names.iter().flat_map(|name| [format!("{name}_after"), format!("{name}_before")])
        {
            if self.parameter(&name).is_some_and(|bound| iso(&bound).is_none()) {
                return Err(Reply::unprocessable(format!("{name} is neither a day nor a time")));
            }
        }
        Ok(())
    }

    /// Whether a time is between `…_after` and `…_before`. (A day counts whole after, and not before.)
    pub(super) fn is_between(&self, name: &str, time: &str) -> bool {
        let after = self.parameter(&format!("{name}_after"));
        let before = self.parameter(&format!("{name}_before"));
        after.is_none_or(|after| time > &*bound(&after))
            && before.is_none_or(|before| time < &*bound(&before))
    }
}

/// A day as it is, and a time in UTC, as Kit writes both: so they are compared as texts.
pub(super) fn bound(text: &str) -> String {
    let is_day = text.len() == 10;
    iso(text).filter(|_| !is_day).unwrap_or_else(|| text.to_owned())
}
