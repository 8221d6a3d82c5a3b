use std::fmt;

use http::{Request, Response};
use kit_core::{Auth, Effect, Endpoint, Error, Kit};
use serde::Serialize;
use serde_json::Value;

/// An operation whose type does not matter.
pub trait AnyOperation: Send + Sync {
    /// Its method and the template of its path: `GET /v4/tags/{tag_id}/subscribers`.
    fn name(&self) -> String;

    /// The effect of the operation on Kit.
    fn effect(&self) -> Effect;

    /// Which credentials it takes.
    fn auth(&self) -> Auth;

    /// Its request.
    ///
    /// # Errors
    ///
    /// The problem of the arguments.
    fn request(&self, kit: &Kit) -> Result<Request<Vec<u8>>, Error>;

    /// Reads its reply, and writes it again.
    ///
    /// # Errors
    ///
    /// Why the reply cannot be read.
    fn read(&self, kit: &Kit, response: Response<Vec<u8>>) -> Result<Value, Error>;

    /// The operation, as `Debug` shows it.
    fn shown(&self) -> String;

    /// Reads its reply, and shows it as `Debug` does.
    ///
    /// # Errors
    ///
    /// Why the reply cannot be read.
    fn read_shown(&self, kit: &Kit, response: Response<Vec<u8>>) -> Result<String, Error>;

    /// Sends it. The status, and the reply as it was read and written.
    ///
    /// # Errors
    ///
    /// Why the call failed.
    fn send(&self, client: &kit_ureq::Client) -> Result<(u16, Value), Error>;
}

impl<E> AnyOperation for E
where
    E: Endpoint + fmt::Debug + Send + Sync,
    E::Reply: fmt::Debug + Serialize,
{
    fn name(&self) -> String {
        format!("{} {}", E::METHOD, E::PATH)
    }

    fn effect(&self) -> Effect {
        E::EFFECT
    }

    fn auth(&self) -> Auth {
        E::AUTH
    }

    fn request(&self, kit: &Kit) -> Result<Request<Vec<u8>>, Error> {
        kit.request(self)
    }

    fn read(&self, kit: &Kit, response: Response<Vec<u8>>) -> Result<Value, Error> {
        kit.response(self, response).map(|reply| written(&reply))
    }

    fn shown(&self) -> String {
        format!("{self:?}")
    }

    fn read_shown(&self, kit: &Kit, response: Response<Vec<u8>>) -> Result<String, Error> {
        kit.response(self, response).map(|reply| format!("{reply:?}"))
    }

    fn send(&self, client: &kit_ureq::Client) -> Result<(u16, Value), Error> {
        let response = client.send(&self.with_response())?;
        Ok((response.status().as_u16(), written(response.body())))
    }
}

fn written(reply: &impl Serialize) -> Value {
    serde_json::to_value(reply).expect("a reply is written as JSON")
}
