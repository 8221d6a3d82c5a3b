use crate::{Credentials, Pacer};

/// Who makes calls wait, so that they do not run into Kit's rate limit.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Pacing {
    /// A [`Pacer`] of the client's own, with what Kit allows the credentials.
    #[default]
    ByCredentials,
    /// This pacer, which other clients with the same credentials may share.
    By(Pacer),
    /// Nobody.
    None,
}

impl Pacing {
    /// The pacer of a client with these credentials.
    pub fn pacer(&self, credentials: &Credentials) -> Option<Pacer> {
        match self {
            Self::ByCredentials => Some(Pacer::new(credentials.rate_limit())),
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

/// `None` stands for nobody.
impl From<Option<Pacer>> for Pacing {
    fn from(pacer: Option<Pacer>) -> Self {
        pacer.map_or(Self::None, Self::By)
    }
}
