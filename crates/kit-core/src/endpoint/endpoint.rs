use http::Method;
use serde_json::Value;

use super::{Auth, Extended, WithResponse};
use crate::Error;
use crate::error::{Effect, Operation};
use crate::wire::{Body, Path, Query, ReadError, Reply};

/// One operation of the API as a value: defines the request, and reads the reply.
///
/// Each operation of this crate is a type that implements this trait. Your program can implement the trait
/// for other operations, and send them the same way. The constants hold what is the same for every value of
/// the operation; retries, credentials and traces depend on them.
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

    /// The effect of the operation on Kit: decides whether a call may send it again.
    const EFFECT: Effect;

    /// Which credentials the operation can be sent with. Default: an API key or an access token.
    const AUTH: Auth = Auth::Any;

    /// Whether the reply may hold secrets. If so, no error shows the body of a success. Default: false.
    const HAS_SECRET_REPLY: bool = false;

    /// The type that the reply of a success (2xx) is read into.
    type Reply;

    /// Checks what the constructor and the setters could not check alone, such as two parameters that exclude each
    /// other. Nothing of a value that fails is sent. Default: nothing is checked.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] that names the field.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// The path of this value's request, with the parameters filled in. Default: [`PATH`](Self::PATH), for a
    /// path without parameters.
    fn path(&self) -> Path {
        Self::PATH.into()
    }

    /// Adds the parameters of the query to `query`. By default the request has no query.
    fn query(&self, query: &mut Query) {
        let _ = query;
    }

    /// The body of the request. By default the request has no body.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the body cannot be written.
    fn body(&self) -> Result<Body, Error> {
        Ok(Body::none())
    }

    /// The secrets in the operation: error texts show `[redacted]` in their place, also where a reply repeats
    /// them. Default: none. The credentials need not be listed here: they are always redacted. What is shorter than
    /// eight characters is not searched for.
    fn secrets(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Reads the reply of a success (2xx). Mostly one line, such as `reply.field("webhook")` or
    /// `reply.nothing()`.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] that says what is wrong with the reply. The call returns it as an [`Error::Reply`].
    fn reply(&self, reply: Reply<'_>) -> Result<Self::Reply, ReadError>;

    /// The same operation with one more query parameter: for a parameter that this version does not know.
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

    /// The same operation with more fields in its JSON body: for fields that this version does not know.
    /// `fields` is an object, which is merged into the body at every depth; a value that is no object
    /// replaces the value of its name.
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

    /// The same operation, whose reply includes the status and the headers: for the `X-Request-Id` of a
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

    fn check(&self) -> Result<(), Error> {
        (**self).check()
    }

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
}

/// The method, path and effect of an operation, for errors.
pub(crate) fn operation<E: Endpoint>(endpoint: &E) -> Operation {
    Operation { method: E::METHOD, path: endpoint.path().into_inner(), effect: E::EFFECT }
}
