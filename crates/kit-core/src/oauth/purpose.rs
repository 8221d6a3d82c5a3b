use super::AccessToken;

/// Why a refresh was begun.
pub(crate) enum Purpose {
    /// A call needs an access token that Kit has not rejected.
    Need(Option<Rejected>),
    /// The access token expires soon, or tokens are not saved yet.
    Renewal,
    /// The tokens of a new authorization are to be saved.
    Beginning,
}

/// An access token that Kit has rejected.
pub(crate) struct Rejected {
    pub(super) access_token: AccessToken,
    /// Whether Kit gave tokens so recently that the session does not ask for others.
    pub(super) is_braked: bool,
}
