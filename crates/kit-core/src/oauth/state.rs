use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::secret::secrets;

secrets! {
    /// The `state` of an authorization: shows that a callback belongs to a request of the app (RFC 6749,
    /// section 10.12).
    ///
    /// Make a new state for each authorization, and keep it, bound to the user's browser, until the callback
    /// has come.
    State,
}

impl State {
    /// Makes a state from 32 random bytes that nobody can guess, such as `getrandom` gives.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self::new(URL_SAFE_NO_PAD.encode(bytes))
    }
}
