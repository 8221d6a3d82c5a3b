use std::convert::Infallible;
use std::str::FromStr;

use kit_ureq::SubscriberId;

/// A subscriber, by an id or by an email address.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    Id(SubscriberId),
    Address(String),
}

impl FromStr for Who {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.parse().map_or_else(|_| Self::Address(text.to_owned()), Self::Id))
    }
}
