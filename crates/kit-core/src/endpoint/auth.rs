/// Which credentials an operation can be sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Auth {
    /// With an API key or an access token.
    Any,
    /// With an OAuth access token alone: Kit answers 401 to an API key. With an API key,
    /// [`Kit::request`](crate::Kit::request) returns an error, and nothing is sent.
    OAuth,
    /// Without credentials, even where the client has some. So are the operations of OAuth: their bodies name
    /// the app.
    Nobody,
}
