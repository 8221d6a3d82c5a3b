use super::{Record, RefreshToken};

/// New tokens, and what they may take the place of in the store.
#[derive(Clone)]
pub(super) struct Unsaved {
    pub(super) record: Record,
    /// The refresh tokens that were spent for the new ones, since the store was known to have one.
    pub(super) spent: Vec<RefreshToken>,
    /// Whether the app was authorized anew: then the new tokens take the place of those of other authorizations, too.
    pub(super) begins: bool,
}

impl Unsaved {
    /// Whether the new tokens take the place of those that the store holds. Where somebody else has claimed them, they
    /// are spent all the same. The new tokens may have been saved before, without a reply: then the store holds them, or
    /// later ones.
    pub(super) fn replaces(&self, held: Option<&Record>) -> bool {
        let Some(held) = held else { return self.begins };
        let is_spent = |token| self.spent.contains(token);
        (self.begins && !held.is_of_the_authorization_of(&self.record))
            || held.tokens().refresh_token.as_ref().is_some_and(is_spent)
    }
}
