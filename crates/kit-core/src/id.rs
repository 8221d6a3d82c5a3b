//! Ids, a type for each kind, so that a tag's id cannot be sent in place of a form's id.
//!
//! Kit's ids are integers, but some replies write them as decimal strings: both are read.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

macro_rules! ids {
    ($($name:ident: $of:literal,)+) => {$(
        #[doc = concat!("The id of ", $of, ": an integer that Kit assigns.")]
        ///
        /// Serde writes the id as a JSON number, and reads it from a number or a decimal string.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// The id as a number.
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl From<u64> for $name {
            fn from(id: u64) -> Self {
                Self(id)
            }
        }

        impl From<$name> for u64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(NumberOrText).map(Self)
            }
        }
    )+};
}

ids! {
    AccountId: "an account",
    BroadcastId: "a broadcast",
    CustomFieldId: "a custom field",
    DeliveryId: "a delivery to a webhook endpoint, which is the same over all its attempts",
    EmailTemplateId: "an email template",
    FormId: "a form",
    LinkId: "a link in a broadcast",
    PostId: "a post",
    ProductId: "a product",
    PublicationId: "a publication, which a broadcast and its post share",
    PurchaseId: "a purchase",
    SegmentId: "a segment",
    SequenceEmailId: "an email of a sequence",
    SequenceId: "a sequence",
    SnippetId: "a snippet",
    SubscriberId: "a subscriber",
    TagId: "a tag",
    UserId: "a user of an account",
    WebhookEndpointId: "a webhook endpoint",
    WebhookId: "a webhook",
}

/// Reads an id from text as Kit writes it: decimal digits alone, no sign, no leading zeros, so
/// that reading and writing it again changes nothing.
pub(crate) fn from_decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || text.starts_with(|c: char| matches!(c, '1'..='9'));
    if canonical { text.parse().ok() } else { None }
}

struct NumberOrText;

impl Visitor<'_> for NumberOrText {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id, as a number or a decimal string")
    }

    fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<u64, E> {
        Ok(id)
    }

    fn visit_i64<E: serde::de::Error>(self, id: i64) -> Result<u64, E> {
        u64::try_from(id).map_err(|_| E::invalid_value(Unexpected::Signed(id), &self))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<u64, E> {
        from_decimal(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Writes ids as decimal strings, where Kit does.
pub(crate) mod text {
    use std::fmt::Display;

    use serde::{Serialize, Serializer};

    /// An id as its digits.
    struct Digits<'a, T>(&'a T);

    impl<T: Display> Serialize for Digits<'_, T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self.0)
        }
    }

    pub(crate) fn one<T: Display, S: Serializer>(id: &T, serializer: S) -> Result<S::Ok, S::Error> {
        Digits(id).serialize(serializer)
    }

    #[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
    pub(crate) fn list<T: Display, S: Serializer>(
        ids: &Option<Vec<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let ids = ids.as_deref().map(|ids| ids.iter().map(Digits).collect::<Vec<_>>());
        ids.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_decimal_strings_read_alike() {
        for json in ["44", "\"44\""] {
            assert_eq!(serde_json::from_str::<TagId>(json).unwrap(), TagId::from(44));
        }
        assert_eq!(serde_json::from_str::<TagId>("18446744073709551615").unwrap().get(), u64::MAX);
        assert_eq!(serde_json::to_string(&TagId::from(44)).unwrap(), "44");
    }

    #[test]
    fn a_text_that_is_no_id_is_an_error() {
        for json in ["-1", "1.0", "\"\"", "\"-1\"", "\"+1\"", "\"01\"", "\"1 \"", "null", "[]"] {
            assert!(serde_json::from_str::<TagId>(json).is_err(), "{json}");
        }
        assert!(serde_json::from_str::<TagId>("\"18446744073709551616\"").is_err());
    }

    #[test]
    fn an_id_is_written_from_a_plain_number() {
        let id: FormId = 44.into();
        assert_eq!(id.to_string(), "44");
        assert_eq!("44".parse::<FormId>(), Ok(id));
    }
}
