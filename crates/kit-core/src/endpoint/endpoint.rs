use http::Method;
use serde_json::Value;

use super::{Auth, Extended, WithResponse};
use crate::Error;
use crate::error::{Effect, Operation};
use crate::oauth::OAuthPage;
use crate::wire::{Body, Path, Query, ReadError, Reply};

/// One operation of the API as a value: what is sent, and how the reply is read.
///
/// The operations that this crate has are types that implement this trait; any other operation can be added
/// outside of it and sent the same way. What is fixed for an operation stands in constants, so that
/// retries, credentials and traces can go by it.
///
/// A reference to an operation is an operation, too.
///
/// # Examples
///
/// An operation that this crate does not have:
///
/// ```
/// use kit_core::wire::{Body, Path, ReadError, Reply};
/// use kit_core::{Credentials, Effect, Endpoint, Error, Kit};
///
/// /// `PUT /v4/things/{id}`: names a thing.
/// #[derive(serde::Serialize)]
/// struct NameThing {
///     #[serde(skip)]
///     id: u64,
///     name: String,
/// }
///
/// impl Endpoint for NameThing {
///     const METHOD: http::Method = http::Method::PUT;
///     const PATH: &'static str = "/v4/things/{id}";
///     const EFFECT: Effect = Effect::Repeatable;
///     type Reply = String;
///
///     fn path(&self) -> Path {
///         Path::with(Self::PATH, [self.id])
///     }
///
///     fn body(&self) -> Result<Body, Error> {
///         Body::json(self)
///     }
///
///     fn reply(&self, reply: Reply<'_>) -> Result<String, ReadError> {
///         reply.field("name") // {"name": "…"}
///     }
/// }
///
/// let kit = Kit::new(Credentials::api_key("kit_0123"));
/// let request = kit.request(&NameThing { id: 9, name: "Ann".into() })?;
/// assert_eq!(request.uri(), "https://api.kit.com/v4/things/9");
/// # Ok::<(), kit_core::Error>(())
/// ```
pub trait Endpoint {
    /// The method of the request.
    const METHOD: Method;

    /// The path, from `/v4` on, with a name in braces for each parameter: `/v4/tags/{tag_id}/subscribers`.
    const PATH: &'static str;

    /// What sending it does to Kit.
    const EFFECT: Effect;

    /// As whom it may be sent. By default as anybody who has credentials.
    const AUTH: Auth = Auth::Any;

    /// Whether its reply may hold secrets, so that no error shows the body of a success. By default it does
    /// not.
    const HAS_SECRET_REPLY: bool = false;

    /// What Kit answers when it has done what was asked.
    type Reply;

    /// The path with its parameters. By default [`PATH`](Self::PATH), which has none then.
    fn path(&self) -> Path {
        Self::PATH.into()
    }

    /// Writes the query. By default there is none.
    fn query(&self, query: &mut Query) {
        let _ = query;
    }

    /// The body. By default there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the value cannot be written.
    fn body(&self) -> Result<Body, Error> {
        Ok(Body::none())
    }

    /// What of the operation no error may show, even where a reply repeats it. Nothing by default; the
    /// credentials are never shown anyway.
    fn secrets(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Reads a reply whose status is a success (2xx): mostly one line, such as `reply.field("webhook")` or
    /// `reply.nothing()`.
    ///
    /// # Errors
    ///
    /// What is wrong with the reply; it becomes an [`Error::Reply`].
    fn reply(&self, reply: Reply<'_>) -> Result<Self::Reply, ReadError>;

    /// Where it is instead of below the base URL, for the pages of OAuth.
    #[doc(hidden)]
    fn oauth_page(&self) -> Option<OAuthPage> {
        None
    }

    /// The same operation with a parameter in its query that this version does not know.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::webhooks::ListWebhooks;
    /// use kit_core::{Credentials, Endpoint as _, Kit};
    ///
    /// let kit = Kit::new(Credentials::api_key("kit_0123"));
    /// let request = kit.request(&ListWebhooks::new().with_query("state", "paused"))?;
    /// assert_eq!(request.uri(), "https://api.kit.com/v4/webhooks?state=paused");
    /// # Ok::<(), kit_core::Error>(())
    /// ```
    fn with_query(self, name: impl Into<String>, value: impl ToString) -> Extended<Self>
    where
        Self: Sized,
    {
        Extended::new(self).with_query(name, value)
    }

    /// The same operation with fields in its JSON body that this version does not know. Objects are merged,
    /// however deep; anything else takes the place of what is there.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::webhooks::{CreateWebhook, Event};
    /// use kit_core::{Credentials, Endpoint as _, Kit};
    ///
    /// let kit = Kit::new(Credentials::api_key("kit_0123"));
    /// let create = CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate)?
    ///     .with_body(serde_json::json!({"label": "shop"}));
    /// let body: serde_json::Value = serde_json::from_slice(kit.request(&create)?.body()).unwrap();
    /// assert_eq!((&body["label"], &body["target_url"]), (&"shop".into(), &"https://example.com/kit".into()));
    /// # Ok::<(), kit_core::Error>(())
    /// ```
    fn with_body(self, fields: Value) -> Extended<Self>
    where
        Self: Sized,
    {
        Extended::new(self).with_body(fields)
    }

    /// The same operation, whose reply comes with the status and the headers: the `X-Request-Id` for a
    /// support ticket, for example.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::webhooks::{DeleteWebhook};
    /// use kit_core::{Credentials, Endpoint as _, Kit};
    ///
    /// let kit = Kit::new(Credentials::api_key("kit_0123"));
    /// let delete = DeleteWebhook::new(9.into()).with_response();
    /// let response = http::Response::builder().status(204).header("X-Request-Id", "3f1c").body("").unwrap();
    /// let response: http::Response<()> = kit.response(&delete, response)?;
    /// assert_eq!((response.status().as_u16(), &response.headers()["x-request-id"]), (204, &"3f1c".parse().unwrap()));
    /// # Ok::<(), kit_core::Error>(())
    /// ```
    fn with_response(self) -> WithResponse<Self>
    where
        Self: Sized,
    {
        WithResponse::new(self)
    }
}

impl<E: Endpoint> Endpoint for &E {
    const METHOD: Method = E::METHOD;
    const PATH: &'static str = E::PATH;
    const EFFECT: Effect = E::EFFECT;
    const AUTH: Auth = E::AUTH;
    const HAS_SECRET_REPLY: bool = E::HAS_SECRET_REPLY;
    type Reply = E::Reply;

    fn path(&self) -> Path {
        (**self).path()
    }

    fn query(&self, query: &mut Query) {
        (**self).query(query);
    }

    fn body(&self) -> Result<Body, Error> {
        (**self).body()
    }

    fn secrets(&self) -> Vec<&str> {
        (**self).secrets()
    }

    fn reply(&self, reply: Reply<'_>) -> Result<Self::Reply, ReadError> {
        (**self).reply(reply)
    }

    fn oauth_page(&self) -> Option<OAuthPage> {
        (**self).oauth_page()
    }
}

/// Which operation it is, for errors.
pub(crate) fn operation<E: Endpoint>(endpoint: &E) -> Operation {
    Operation { method: E::METHOD, path: endpoint.path().into_inner(), effect: E::EFFECT }
}
