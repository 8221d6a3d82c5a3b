use http::Method;
use serde::Serialize;

use super::Color;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `PUT /v4/account/colors`: replaces the colors of the account.
///
/// Kit answers 200 with the colors, 422 where one of them is no color.
///
/// # Examples
///
/// ```
/// use kit_core::account::{Color, UpdateColors};
///
/// let colors: Vec<Color> = vec!["#1e7ba5".parse()?, "#FFF".parse()?];
/// let update = UpdateColors::new(colors)?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UpdateColors {
    colors: Vec<Color>,
}

impl UpdateColors {
    /// Replaces the colors by these: at most 10.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `colors` where there are more than 10.
    pub fn new(colors: impl IntoIterator<Item = Color>) -> Result<Self, Error> {
        let colors: Vec<Color> = colors.into_iter().collect();
        if colors.len() > 10 {
            return Err(Error::input("colors", "are more than 10"));
        }
        Ok(Self { colors })
    }
}

impl Endpoint for UpdateColors {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v4/account/colors";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Vec<Color>;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Vec<Color>, ReadError> {
        reply.field("colors")
    }
}
