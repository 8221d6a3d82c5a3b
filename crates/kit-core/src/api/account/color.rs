use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A color as a hex code: `#1e7ba5`.
///
/// # Examples
///
/// ```
/// use kit_core::account::Color;
///
/// let color: Color = "#1e7ba5".parse()?;
/// assert_eq!(color.as_str(), "#1e7ba5");
/// assert!("blue".parse::<Color>().is_err());
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Color(String);

impl Color {
    /// The color as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Fails with an [`Error::Input`] for `colors` where the text is not `#` with 3, 4, 6 or 8 hex digits behind it.
impl FromStr for Color {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex && [3, 4, 6, 8].contains(&digits.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::input("colors", format!("{text:?} is not a hex code such as #1e7ba5")))
        }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
