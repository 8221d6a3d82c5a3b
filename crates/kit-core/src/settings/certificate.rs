use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// The certificate authorities that a client trusts: a server's certificate must come from one of them.
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
    /// With the feature `rustls`, the authorities that Mozilla trusts; with `native-tls`, those of the
    /// platform.
    #[default]
    Default,
    /// The authorities that the platform trusts, checked by the platform's own verifier. With `rustls`, this
    /// needs the feature `platform-verifier`.
    Platform,
    /// These certificates alone: for a server or a proxy with an authority of its own.
    Only(Vec<Certificate>),
}

/// The content of a certificate file: one or more certificates as PEM, or one certificate as DER.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate(Arc<[u8]>);

impl Certificate {
    /// Takes the content of a file. Building the client fails where the content is no certificate.
    pub fn new(pem_or_der: impl Into<Vec<u8>>) -> Self {
        Self(pem_or_der.into().into())
    }

    /// The content, as given.
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

/// The certificate by which the client identifies itself to the server, with the chain to its authority, and
/// with its private key. The key is never printed, and is wiped from memory on drop.
#[derive(Clone)]
pub struct Identity {
    chain: Certificate,
    key: Arc<Zeroizing<Vec<u8>>>,
}

impl Identity {
    /// Takes the contents of two files: the certificate with its chain as PEM, and the key as PEM of PKCS #8.
    /// Building the client fails where key and certificate do not belong together.
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
