use crate::{Credentials, Pacer};

/// Which pacer keeps the calls of a client below Kit's rate limit.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Pacing {
    /// A [`Pacer`] of the client's own, with the rate limit of its credentials. The clients of a session share the
    /// session's [pacer](crate::oauth::Session::pacer).
    #[default]
    ByCredentials,
    /// This pacer, which other clients with the same credentials may share.
    By(Pacer),
    /// No pacer: calls are sent at once, and Kit may answer 429.
    None,
}

impl Pacing {
    /// The pacer for a client with these credentials; `None` for [`Pacing::None`].
    pub fn pacer(&self, credentials: &Credentials) -> Option<Pacer> {
        match self {
            Self::ByCredentials => Some(match credentials.as_session() {
                Some(session) => session.pacer(),
                None => Pacer::new(credentials.rate_limit()),
            }),
            Self::By(pacer) => Some(pacer.clone()),
            Self::None => None,
        }
    }
}

impl From<Pacer> for Pacing {
    fn from(pacer: Pacer) -> Self {
        Self::By(pacer)
    }
}

/// `None` becomes [`Pacing::None`].
impl From<Option<Pacer>> for Pacing {
    fn from(pacer: Option<Pacer>) -> Self {
        pacer.map_or(Self::None, Self::By)
    }
}
