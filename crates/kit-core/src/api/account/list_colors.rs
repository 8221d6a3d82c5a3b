use http::Method;

use super::Color;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{ReadError, Reply};

/// `GET /v4/account/colors`: the colors that people choose from at Kit.
///
/// All of them at once: this list has no pages.
///
/// # Examples
///
/// ```
/// use kit_core::account::ListColors;
///
/// let list = ListColors::new();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ListColors {}

impl ListColors {
    /// Reads the colors.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for ListColors {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/account/colors";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Vec<Color>;

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Vec<Color>, ReadError> {
        reply.field("colors")
    }
}
