use kit_core::Credentials;

use crate::oauth::Session;

/// The account that a client acts for: credentials, or a [`Session`] with its store. Both convert into a `Principal` by
/// `into`.
#[derive(Clone, Debug)]
pub struct Principal {
    pub(crate) credentials: Credentials,
    pub(crate) session: Option<Session>,
}

impl From<Credentials> for Principal {
    fn from(credentials: Credentials) -> Self {
        let session = Session::of(&credentials);
        Self { credentials, session }
    }
}

impl From<&Session> for Principal {
    fn from(session: &Session) -> Self {
        Self { credentials: session.credentials(), session: Some(session.clone()) }
    }
}

impl From<Session> for Principal {
    fn from(session: Session) -> Self {
        (&session).into()
    }
}
