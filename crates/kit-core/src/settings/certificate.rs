use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// Whose certificates a server may show.
///
/// # Examples
///
/// ```
/// use kit_core::settings::{Certificate, Roots};
///
/// # let read = |_: &str| Vec::new();
/// let own = Roots::Only(vec![Certificate::new(read("ca.pem"))]);
/// let platform = Roots::Platform;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Roots {
    /// Mozilla's, with the feature `rustls`; the platform's, with `native-tls`.
    #[default]
    Default,
    /// Those that the platform trusts, by the platform's own verifier. With `rustls`, that takes the feature
    /// `platform-verifier`.
    Platform,
    /// These, and no other: for a server or a proxy with an authority of its own.
    Only(Vec<Certificate>),
}

/// One or more certificates, as PEM or one as DER: what a file has.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate(Arc<[u8]>);

impl Certificate {
    /// The content of a file. Whether it is a certificate is found when the client is built.
    pub fn new(pem_or_der: impl Into<Vec<u8>>) -> Self {
        Self(pem_or_der.into().into())
    }

    /// The content.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether the content is PEM, and not DER.
    pub fn is_pem(&self) -> bool {
        self.0.windows(5).any(|window| window == b"-----")
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("length", &self.0.len()).finish_non_exhaustive()
    }
}

/// What the client shows itself: a certificate, with the chain to its authority, and the private key of the
/// certificate. The key is never printed, and wiped on drop.
#[derive(Clone)]
pub struct Identity {
    chain: Certificate,
    key: Arc<Zeroizing<Vec<u8>>>,
}

impl Identity {
    /// Both as PEM, the key as PKCS #8: the contents of two files. Whether they fit each other is found when
    /// the client is built.
    pub fn from_pem(chain: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        Self { chain: Certificate::new(chain), key: Arc::new(Zeroizing::new(key.into())) }
    }

    /// The certificate, and the chain behind it.
    pub fn chain(&self) -> &Certificate {
        &self.chain
    }

    /// The private key: not to be printed or logged.
    pub fn key(&self) -> &[u8] {
        &self.key
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("chain", &self.chain).finish_non_exhaustive()
    }
}
