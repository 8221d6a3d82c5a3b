/// As whom an operation may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Auth {
    /// With an API key or an access token.
    Any,
    /// With an OAuth access token alone: Kit answers 401 to an API key. [`Kit::request`](crate::Kit::request)
    /// says so before anything is sent.
    OAuth,
    /// As nobody: without credentials, whatever the client has. The operations of OAuth say in their
    /// bodies as whom they are sent.
    Nobody,
}
