use serde_json::{Map, Value};

use super::DeliveryError;
use crate::wire::messages;

/// The result of a bulk operation that Kit has queued, as Kit posts it to the `callback_url`.
///
/// Source: Kit's guide "Bulk and async processing". The body is shaped like the 200 of the operation; headers, a
/// signature, and whether Kit tries again are not documented. Put a [`TargetToken`](super::TargetToken) into the
/// URL.
///
/// # Examples
///
/// ```
/// use kit_core::deliveries::BulkCallback;
///
/// let body = br#"{"tags": [{"id": 4, "name": "VIP"}], "failures": []}"#;
/// let callback = BulkCallback::read(body)?;
/// assert_eq!((callback.items("tags").len(), callback.failures.len()), (1, 0));
/// # Ok::<(), kit_core::deliveries::DeliveryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BulkCallback {
    /// The items that could not be applied.
    pub failures: Vec<CallbackFailure>,
    /// All other fields, the list of what was done among them.
    pub other: Map<String, Value>,
}

/// An item of a bulk operation that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CallbackFailure {
    /// Why, in Kit's words.
    pub errors: Vec<String>,
    /// The item, in the field that the operation names it by, such as `subscriber`.
    pub item: Map<String, Value>,
}

impl BulkCallback {
    /// Reads the body of a callback.
    ///
    /// # Errors
    ///
    /// [`DeliveryError::Unreadable`] where the body is no JSON object, or its `failures` are no list of objects.
    pub fn read(body: &[u8]) -> Result<Self, DeliveryError> {
        let unreadable = |error: serde_json::Error| DeliveryError::Unreadable(error.to_string());
        let mut other: Map<String, Value> = serde_json::from_slice(body).map_err(unreadable)?;
        let failures = match other.remove("failures") {
            None | Some(Value::Null) => Vec::new(),
            Some(failures) => serde_json::from_value::<Vec<_>>(failures).map_err(unreadable)?,
        };
        let failure = |failure| {
            let (errors, item) = messages::of_failure(failure);
            CallbackFailure { errors, item }
        };
        let failures = failures.into_iter().map(failure).collect();
        Ok(Self { failures, other })
    }

    /// The items that were applied, from the list of this name, such as `subscribers`. Empty if there is no such list.
    pub fn items(&self, name: &str) -> &[Value] {
        self.other.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_keep_their_item() {
        let body = br#"{"subscribers": [], "failures": [{"subscriber": {"email_address": null},
            "errors": ["Email address is invalid"]}], "more": 1}"#;
        let callback = BulkCallback::read(body).unwrap();
        assert_eq!(callback.failures[0].errors, ["Email address is invalid"]);
        assert!(callback.failures[0].item.contains_key("subscriber"));
        assert_eq!((callback.items("subscribers").len(), callback.items("tags").len()), (0, 0));
        assert_eq!(callback.other["more"], 1);
        for (errors, texts) in [
            ("null", &[][..]),
            (r#""a""#, &["a"]),
            ("[1]", &["1"]),
            (r#"[["a"], {"b": ["c"]}]"#, &["a", "c"]),
        ] {
            let body = format!(r#"{{"failures": [{{"errors": {errors}}}]}}"#);
            assert_eq!(BulkCallback::read(body.as_bytes()).unwrap().failures[0].errors, texts);
        }
        for body in ["[]", "", r#"{"failures": 1}"#] {
            assert!(BulkCallback::read(body.as_bytes()).is_err(), "{body}");
        }
    }
}
