use std::borrow::Cow;

use http::Method;

use crate::Error;

/// One operation of the API as a value: what is sent, and how the reply is read.
///
/// The operations that this crate has are types that implement this trait; any other operation can
/// be added outside of it and sent the same way.
///
/// # Examples
///
/// An operation that this crate does not have:
///
/// ```
/// use std::borrow::Cow;
///
/// use kit_core::{Credentials, Endpoint, Kit};
///
/// /// `GET /v4/account/colors`
/// struct ListColors;
///
/// #[derive(serde::Deserialize)]
/// struct Colors {
///     colors: Vec<String>,
/// }
///
/// impl Endpoint for ListColors {
///     type Reply = Vec<String>;
///     const METHOD: http::Method = http::Method::GET;
///
///     fn path(&self) -> Cow<'static, str> {
///         "/v4/account/colors".into()
///     }
///
///     fn reply(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
///         serde_json::from_slice(body).map(|Colors { colors }| colors)
///     }
/// }
///
/// let kit = Kit::new(Credentials::api_key("kit_0123"));
/// let request = kit.request(&ListColors)?;
/// assert_eq!(request.uri(), "https://api.kit.com/v4/account/colors");
/// # Ok::<(), kit_core::Error>(())
/// ```
pub trait Endpoint {
    /// What Kit answers when it has done what was asked.
    type Reply;

    /// The method of the request.
    const METHOD: Method;

    /// The path, from `/v4` on.
    fn path(&self) -> Cow<'static, str>;

    /// Whether sending it twice does no more than sending it once, so that it can be sent again where
    /// nobody knows what came of it. By default what HTTP says of the method (RFC 9110, section
    /// 9.2.2): yes for GET, PUT and DELETE, no for POST.
    fn is_idempotent(&self) -> bool {
        Self::METHOD.is_idempotent()
    }

    /// Whether it carries the credentials. Yes by default; no for the operations of OAuth, which say in
    /// their bodies as whom they are sent.
    fn is_authenticated(&self) -> bool {
        true
    }

    /// What of it no error may show, even where a reply repeats it. Nothing by default; the credentials
    /// are never shown anyway.
    fn secrets(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Whether its reply holds secrets, so that no error may show the body of a success. No by default.
    fn has_secret_reply(&self) -> bool {
        false
    }

    /// The query, as names and values that are not encoded yet. None by default.
    fn query(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        Vec::new()
    }

    /// The JSON body. None by default.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the value cannot be written as JSON.
    fn body(&self) -> Result<Option<Vec<u8>>, Error> {
        Ok(None)
    }

    /// Reads the body of a reply whose status is a success (2xx).
    ///
    /// # Errors
    ///
    /// What is wrong with it, as JSON or in its shape; it becomes an [`Error::Reply`].
    fn reply(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error>;
}
