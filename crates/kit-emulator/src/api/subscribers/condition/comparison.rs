/// How a custom field compares with a value.
pub(in crate::api::subscribers) enum Comparison {
    Is(String),
    /// In lower case.
    Contains(String),
    HasValue,
    /// `None`: the value is no number, and nothing compares with it.
    Number(fn(&f64, &f64) -> bool, Option<f64>),
}

impl Comparison {
    pub(super) fn new(name: Option<&str>, value: String) -> Self {
        let number = |compare| Self::Number(compare, value.trim().parse().ok());
        match name {
            Some("contains") => Self::Contains(value.to_lowercase()),
            Some("has_value") => Self::HasValue,
            Some("greater_than") => number(f64::gt),
            Some("greater_than_or_equal") => number(f64::ge),
            Some("less_than") => number(f64::lt),
            Some("less_than_or_equal") => number(f64::le),
            _ => Self::Is(value),
        }
    }

    pub(super) fn holds(&self, stored: &str) -> bool {
        match self {
            Self::Is(value) => stored == value,
            Self::Contains(value) => !stored.is_empty() && stored.to_lowercase().contains(value),
            Self::HasValue => !stored.is_empty(),
            Self::Number(compare, value) => {
                stored.trim().parse().ok().zip(*value).is_some_and(|(a, b)| compare(&a, &b))
            }
        }
    }
}
