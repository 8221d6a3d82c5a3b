use std::str::FromStr;

use kit_core::{Date, DateRange, Decimal, Error, List, Timestamp};
use serde_json::{Map, Value};

/// The arguments of an operation, as the documents name them: path, query and body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// In the path.
    pub path: Map<String, Value>,
    /// In the query.
    pub query: Map<String, Value>,
    /// In the body; null where there is none.
    pub body: Value,
}

impl Arguments {
    /// The value by its name, wherever it is, unless it is null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let value = self.path.get(name).or_else(|| self.query.get(name));
        value.or_else(|| self.body.get(name)).filter(|value| !value.is_null())
    }

    /// Whether the body has null for it.
    pub fn is_null(&self, name: &str) -> bool {
        self.body.get(name).is_some_and(Value::is_null)
    }

    /// An id.
    pub fn id<T: From<u64>>(&self, name: &str) -> T {
        self.number(name).unwrap_or_else(|| panic!("{name} is no id")).into()
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name).and_then(Value::as_u64)
    }

    /// A text.
    pub fn text(&self, name: &str) -> String {
        self.optional_text(name).unwrap_or_else(|| panic!("{name} is no text"))
    }

    /// A text, if it is there.
    pub fn optional_text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(Value::as_str).map(str::to_owned)
    }

    /// The value that a text is read as.
    pub fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.optional_text(name)
            .map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is {text:?}")))
    }

    /// A time.
    pub fn time(&self, name: &str) -> Timestamp {
        self.parsed(name).unwrap_or_else(|| panic!("{name} is no time"))
    }

    /// A number with its digits.
    pub fn decimal(&self, name: &str) -> Decimal {
        self.get(name).expect("a number").to_string().parse().expect("a number")
    }

    /// True or false, if it is there.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(Value::as_bool)
    }

    /// A list.
    pub fn list(&self, name: &str) -> Vec<Self> {
        let list = self.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        list.into_iter().map(|body| Self { body, ..Self::default() }).collect()
    }

    /// An object.
    #[must_use]
    pub fn object(&self, name: &str) -> Self {
        Self { body: self.get(name).cloned().unwrap_or_default(), ..Self::default() }
    }

    /// The texts of a list.
    pub fn texts(&self, name: &str) -> Option<Vec<String>> {
        let list = self.get(name)?.as_array()?;
        Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// The numbers of a list.
    pub fn numbers(&self, name: &str) -> Vec<u64> {
        let list = self.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_u64).collect()
    }

    /// The range of `…_after` and `…_before`.
    pub fn range(&self, name: &str) -> DateRange {
        let bound = |side: &str| self.parsed::<Date>(&format!("{name}_{side}"));
        match (bound("after"), bound("before")) {
            (Some(after), Some(before)) => DateRange::between(after, before),
            (Some(after), None) => DateRange::after(after),
            (None, Some(before)) => DateRange::before(before),
            (None, None) => DateRange::default(),
        }
    }

    /// The list with the page that is asked for.
    ///
    /// # Errors
    ///
    /// The client's error about the size of the page.
    ///
    /// # Panics
    ///
    /// Panics if the size is no small number.
    pub fn paged<L: List>(&self, list: L) -> Result<L, Error> {
        let list = match (self.optional_text("after"), self.optional_text("before")) {
            (Some(after), _) => list.after(after),
            (None, Some(before)) => list.before(before),
            (None, None) => list,
        };
        let list = if self.flag("include_total_count") == Some(true) {
            list.with_total_count()
        } else {
            list
        };
        match self.number("per_page") {
            Some(per_page) => list.per_page(u16::try_from(per_page).expect("a small number")),
            None => Ok(list),
        }
    }
}

/// Applies an optional argument.
pub(super) fn with<E, T>(operation: E, value: Option<T>, set: impl FnOnce(E, T) -> E) -> E {
    match value {
        Some(value) => set(operation, value),
        None => operation,
    }
}

/// Applies an optional argument that may be refused.
pub(super) fn with_checked<E, T>(
    operation: E,
    value: Option<T>,
    set: impl FnOnce(E, T) -> Result<E, Error>,
) -> Result<E, Error> {
    match value {
        Some(value) => set(operation, value),
        None => Ok(operation),
    }
}

/// Applies one of two things.
pub(super) fn either<E>(
    operation: E,
    value: Option<bool>,
    (yes, no): (impl FnOnce(E) -> E, impl FnOnce(E) -> E),
) -> E {
    match value {
        Some(true) => yes(operation),
        Some(false) => no(operation),
        None => operation,
    }
}
