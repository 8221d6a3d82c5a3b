use std::fmt;

use serde::Serialize;

use super::Query;
use crate::Error;

/// The body of a request, with its media type.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Body {
    media_type: Option<&'static str>,
    bytes: Vec<u8>,
}

impl Body {
    pub(crate) const JSON: &'static str = "application/json";
    const FORM: &'static str = "application/x-www-form-urlencoded";

    /// No body.
    pub fn none() -> Self {
        Self::default()
    }

    /// Writes a value as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the value cannot be written as JSON.
    pub fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        // Most bodies fit, and so are written without growing.
        let mut bytes = Vec::with_capacity(512);
        serde_json::to_writer(&mut bytes, value)
            .map_err(|error| Error::input("body", error.to_string()))?;
        Ok(Self { media_type: Some(Self::JSON), bytes })
    }

    /// An empty object as JSON: for an operation that has nothing to say.
    pub fn empty_object() -> Self {
        Self { media_type: Some(Self::JSON), bytes: b"{}".to_vec() }
    }

    /// Writes names and values as a form (`application/x-www-form-urlencoded`).
    pub fn form(form: Query) -> Self {
        Self { media_type: Some(Self::FORM), bytes: form.into_bytes() }
    }

    /// The value of `Content-Type`; `None` where there is no body.
    pub fn media_type(&self) -> Option<&'static str> {
        self.media_type
    }

    /// The body itself.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Without the bytes, which may be secrets.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("media_type", &self.media_type)
            .field("length", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
