use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A number with the digits that it was written with: an amount of money, or a rate.
///
/// A binary fraction cannot hold most amounts of money, so this type holds the text of the number, such as
/// `23.20`. Two decimals are equal if their texts are equal. Serde reads and writes a decimal as a JSON number,
/// which works only with `serde_json`.
///
/// # Examples
///
/// ```
/// use kit_core::Decimal;
///
/// let price: Decimal = "23.20".parse()?;
/// assert_eq!((price.as_str(), price.to_f64()), ("23.20", 23.2));
/// assert_eq!(serde_json::to_string(&price)?, "23.20");
/// assert_eq!(Decimal::from(5).as_str(), "5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Decimal(String);

impl Decimal {
    /// The number as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as the nearest binary fraction.
    pub fn to_f64(&self) -> f64 {
        // Each number of JSON is one of Rust; what is too large is infinite.
        self.0.parse().unwrap_or(f64::NAN)
    }
}

/// Reads a number as JSON has it: no plus sign, no spaces, digits on both sides of a point.
impl FromStr for Decimal {
    type Err = InvalidDecimal;

    fn from_str(text: &str) -> Result<Self, InvalidDecimal> {
        if is_number(text) { Ok(Self(text.to_owned())) } else { Err(InvalidDecimal) }
    }
}

/// By RFC 8259, section 6.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(&self.0).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// Reads a decimal string, too.
impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let text = json.get();
        let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        let wrong = |InvalidDecimal| {
            D::Error::custom(format_args!("invalid type: {json}, expected a number"))
        };
        text.parse().map_err(wrong)
    }
}

/// The error for a text that is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidDecimal;

impl fmt::Display for InvalidDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is not a number such as 23.20")
    }
}

impl std::error::Error for InvalidDecimal {}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn no_digit_is_lost() {
        for text in
            ["0", "-0.50", "23.20", "5.0", "1e-7", "12345678901234567890.123456789", "1E+400"]
        {
            let number: Decimal = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&number).unwrap(), text);
            assert_eq!(text.parse(), Ok(number));
        }
        assert_eq!(serde_json::from_str::<Decimal>("\"23.20\"").unwrap().as_str(), "23.20");
        assert_eq!(serde_json::from_value::<Decimal>(json!(23.5)).unwrap().as_str(), "23.5");
        let number: Decimal = "23.5".parse().unwrap();
        assert_eq!(serde_json::to_value(&number).unwrap(), json!(23.5));
    }

    #[test]
    fn a_text_that_is_no_number_is_an_error() {
        for text in
            ["", "-", "+1", "01", ".5", "5.", "1e", "1e+", "0x1", "NaN", " 1", "1 ", "1,5", "--1"]
        {
            assert_eq!(text.parse::<Decimal>(), Err(InvalidDecimal), "{text}");
        }
        for json in ["null", "[]", "{}", "\"five\"", "true"] {
            let error = serde_json::from_str::<Decimal>(json).unwrap_err();
            assert!(error.to_string().contains("expected a number"), "{json} {error}");
        }
    }

    /// The same numbers as those of JSON.
    #[test]
    fn a_number_is_what_json_takes() {
        for text in ["0", "00", "-1", "1.50", "1.", "1e5", "1e-", "-", "1.5e+3", "1.5.5", "1e5e5"] {
            let is_json = serde_json::from_str::<Value>(text).is_ok();
            assert_eq!(text.parse::<Decimal>().is_ok(), is_json, "{text}");
        }
    }
}
