use std::borrow::Cow;

use crate::server::{Reply, Request};
use crate::world::{digits, flag, time};

/// A request to an operation, with the parameters of its path.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) parameters: Vec<&'a str>,
}

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
        let id = self.parameters.first().and_then(|text| digits(text));
        id.ok_or_else(Reply::not_found)
    }

    /// Reads the last parameter of the path as an id.
    ///
    /// # Errors
    ///
    /// 404 where the parameter is no id.
    pub(super) fn id(&self) -> Result<u64, Reply> {
        let id = self.parameters.last().and_then(|text| digits(text));
        id.ok_or_else(Reply::not_found)
    }

    /// The parameter of the query with this name.
    pub(super) fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        self.request.parameter(name)
    }

    /// Whether the parameter of the query says true.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.parameter(name).and_then(|value| flag(&value)).unwrap_or_default()
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

    /// Whether `include` names a thing, of those that the operation has.
    ///
    /// # Errors
    ///
    /// 422 where it names another.
    pub(super) fn includes(&self, name: &str, of: &[&str]) -> Result<bool, Reply> {
        let include = self.parameter("include").unwrap_or_default();
        let mut named = include.split(',').map(str::trim).filter(|name| !name.is_empty());
        match named.clone().find(|name| !of.contains(name)) {
            Some(_) => {
                Err(Reply::unprocessable(format!("include must be one of: {}", of.join(", "))))
            }
            None => Ok(named.any(|given| given == name)),
        }
    }

    /// # Errors
    ///
    /// 422 where a bound of one of these ranges is neither a day nor a time.
    pub(super) fn check_dates(&self, names: &[&str]) -> Result<(), Reply> {
        for name in
            names.iter().flat_map(|name| [format!("{name}_after"), format!("{name}_before")])
        {
            if self.parameter(&name).is_some_and(|bound| time::parse(&bound).is_none()) {
                return Err(Reply::unprocessable(format!("{name} is neither a day nor a time")));
            }
        }
        Ok(())
    }

    /// The range between `…_after` and `…_before`.
    pub(super) fn range(&self, name: &str) -> Range {
        let bound = |side: &str| self.parameter(&format!("{name}_{side}")).map(|text| bound(&text));
        Range { after: bound("after"), before: bound("before") }
    }
}

/// A range of times, read once for all rows. (A day counts whole after, and not before.)
#[derive(Clone, Debug, Default)]
pub(super) struct Range {
    after: Option<String>,
    before: Option<String>,
}

impl Range {
    pub(super) fn contains(&self, time: &str) -> bool {
        self.after.as_deref().is_none_or(|after| time > after)
            && self.before.as_deref().is_none_or(|before| time < before)
    }

    /// Whether there is a bound.
    pub(super) fn is_bounded(&self) -> bool {
        self.after.is_some() || self.before.is_some()
    }
}

/// A day as it is, and a time in UTC, as Kit writes both: so they are compared as texts.
fn bound(text: &str) -> String {
    let is_day = text.len() == 10;
    let time = time::parse(text).filter(|_| !is_day);
    time.map_or_else(|| text.to_owned(), time::text)
}
