use super::{Record, RefreshToken};

/// New tokens, and what they may take the place of in the store.
#[derive(Clone)]
pub(super) struct Unsaved {
    pub(super) record: Record,
    pub(super) replaced: Replaced,
}

/// The tokens that new ones replace in the store.
#[derive(Clone)]
pub(super) enum Replaced {
    /// Tokens with this refresh token, which was spent for the new ones.
    Token(RefreshToken),
    /// Whatever is there: the app was authorized anew.
    Anything,
}

impl Unsaved {
    /// Whether the new tokens take the place of those with this refresh token. Where somebody else has claimed
    /// it, it is spent all the same.
    pub(super) fn replaces(&self, held: Option<&RefreshToken>) -> bool {
        match &self.replaced {
            Replaced::Anything => true,
            Replaced::Token(spent) => held == Some(spent),
        }
    }
}
