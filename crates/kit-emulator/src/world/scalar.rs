//! Numbers, ids and flags, in paths, queries and bodies.

use serde_json::Value;

/// A number in decimal digits alone: no sign, no space.
pub(crate) fn digits(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

/// A boolean: the live service takes `1` and `0` like `true` and `false`.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// An id: a number, or its decimal digits.
pub(crate) fn id(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| digits(value.as_str()?))
}

/// The ids of a list.
pub(crate) fn ids(value: &Value) -> Vec<u64> {
    value.as_array().into_iter().flatten().filter_map(id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_number_and_nothing_else_is() {
        assert_eq!((digits("7"), digits("007")), (Some(7), Some(7)));
        for text in ["", "+1", "-1", " 1", "1 ", "1.0", "x", "18446744073709551616"] {
            assert_eq!(digits(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_flag_is_a_word_or_a_digit() {
        assert_eq!(
            ["true", "1", "false", "0", "yes"].map(flag),
            [Some(true), Some(true), Some(false), Some(false), None]
        );
    }
}
