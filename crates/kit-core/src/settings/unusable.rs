use std::borrow::Cow;

use crate::Error;

/// A setting that cannot be used, for a client that is made without a chance to return an [`Error`], and returns one
/// from each call instead.
///
/// # Examples
///
/// ```
/// use kit_core::Credentials;
/// use kit_core::settings::{Settings, Unusable};
///
/// let mut settings = Settings::default();
/// settings.base_url = Some("kit.com".into());
/// let unusable: Unusable = settings.kit(Credentials::api_key("key")).unwrap_err().into();
/// assert!(unusable.error().to_string().starts_with("base_url: "));
/// ```
#[derive(Clone, Debug)]
pub struct Unusable {
    field: &'static str,
    reason: Cow<'static, str>,
}

impl Unusable {
    /// The error of a call: an [`Error::Input`] with the name of the setting.
    #[must_use]
    pub fn error(&self) -> Error {
        Error::input(self.field, self.reason.clone())
    }
}

impl From<Error> for Unusable {
    fn from(error: Error) -> Self {
        match error {
            Error::Input { field, reason, .. } => Self { field, reason },
            error => Self { field: "settings", reason: error.to_string().into() },
        }
    }
}
