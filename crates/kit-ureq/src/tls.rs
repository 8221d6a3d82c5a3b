//! TLS as the settings want it.

use kit_core::Error;
use kit_core::settings::{Certificate, Identity, Roots, Settings};
use ureq::tls::{ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, TlsProvider, parse_pem};

/// The TLS settings for ureq.
///
/// # Errors
///
/// [`Error::Input`] for `roots` and `identity` that cannot be used.
pub(crate) fn config(settings: &Settings) -> Result<TlsConfig, Error> {
    let provider =
        if cfg!(feature = "native-tls") { TlsProvider::NativeTls } else { TlsProvider::Rustls };
    let roots = match &settings.roots {
        Roots::Only(certificates) => RootCerts::from(all(certificates)?),
        Roots::Platform if has_platform_verifier() => RootCerts::PlatformVerifier,
        Roots::Platform => {
            let missing = "are the platform's, and this is built without: turn on the feature \
                `platform-verifier` or `native-tls`";
            return Err(Error::input("roots", missing));
        }
        _ if cfg!(feature = "native-tls") => RootCerts::PlatformVerifier,
        _ => RootCerts::WebPki,
    };
    let identity = settings.identity.as_ref().map(client_cert).transpose()?;
    // ureq looks at them when it connects, skips what is no certificate, and panics where the key does not fit.
    check::config(&roots, settings.identity.as_ref(), identity.as_ref())?;
    Ok(TlsConfig::builder().provider(provider).root_certs(roots).client_cert(identity).build())
}

fn has_platform_verifier() -> bool {
    cfg!(any(feature = "native-tls", feature = "platform-verifier"))
}

type Der = ureq::tls::Certificate<'static>;

fn all(certificates: &[Certificate]) -> Result<Vec<Der>, Error> {
    let mut all = Vec::new();
    for certificate in certificates {
        all.extend(each("roots", certificate)?);
    }
    if all.is_empty() {
        return Err(Error::input("roots", "are none: no server would be trusted"));
    }
    Ok(all)
}

fn each(field: &'static str, certificate: &Certificate) -> Result<Vec<Der>, Error> {
    if !certificate.is_pem() {
        return Ok(vec![ureq::tls::Certificate::from_der(certificate.bytes()).to_owned()]);
    }
    let malformed = |_| Error::input(field, "hold PEM that is malformed");
    let mut each = Vec::new();
    for item in parse_pem(certificate.bytes()) {
        if let PemItem::Certificate(certificate) = item.map_err(malformed)? {
            each.push(certificate);
        }
    }
    if each.is_empty() { Err(Error::input(field, "hold no certificate")) } else { Ok(each) }
}

fn client_cert(identity: &Identity) -> Result<ClientCert, Error> {
    let chain = each("identity", identity.chain())?;
    let key = PrivateKey::from_pem(identity.key()).map_err(|_| no_key())?;
    Ok(ClientCert::new_with_certs(&chain, key))
}

fn no_key() -> Error {
    Error::input("identity", "holds no private key as PEM")
}

fn no_certificate(error: &impl std::fmt::Display) -> Error {
    Error::input("roots", format!("hold what is no certificate: {error}"))
}

fn unusable(error: &impl std::fmt::Display) -> Error {
    Error::input("identity", format!("cannot be used: {error}"))
}

#[cfg(all(feature = "rustls", not(feature = "native-tls")))]
mod check {
    use std::sync::Arc;

    use kit_core::Error;
    use kit_core::settings::Identity;
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use rustls::{ClientConfig, RootCertStore};
    use ureq::tls::{ClientCert, RootCerts};

    use super::{Der, no_certificate, no_key, unusable};

    fn der(certificate: &Der) -> CertificateDer<'static> {
        certificate.der().to_vec().into()
    }

    /// Fails for roots and an identity that rustls does not accept.
    pub(super) fn config(
        roots: &RootCerts,
        identity: Option<&Identity>,
        client_cert: Option<&ClientCert>,
    ) -> Result<(), Error> {
        if let RootCerts::Specific(roots) = roots {
            let mut store = RootCertStore::empty();
            for root in roots.iter() {
                store.add(der(root)).map_err(|error| no_certificate(&error))?;
            }
        }
        let (Some(identity), Some(client_cert)) = (identity, client_cert) else { return Ok(()) };
        let key = PrivateKeyDer::from_pem_slice(identity.key()).map_err(|_| no_key())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(&error))?
            .with_root_certificates(RootCertStore::empty())
            .with_client_auth_cert(client_cert.certs().iter().map(der).collect(), key)
            .map_err(|error| unusable(&error))?;
        Ok(())
    }
}

#[cfg(feature = "native-tls")]
mod check {
    use kit_core::Error;
    use kit_core::settings::Identity;
    use ureq::tls::{ClientCert, RootCerts};

    use super::{no_certificate, unusable};

    /// Fails for roots and an identity that the platform's library does not accept.
    pub(super) fn config(
        roots: &RootCerts,
        identity: Option<&Identity>,
        _: Option<&ClientCert>,
    ) -> Result<(), Error> {
        if let RootCerts::Specific(roots) = roots {
            for root in roots.iter() {
                native_tls::Certificate::from_der(root.der())
                    .map_err(|error| no_certificate(&error))?;
            }
        }
        let Some(identity) = identity else { return Ok(()) };
        let pair = native_tls::Identity::from_pkcs8(identity.chain().bytes(), identity.key());
        let pair = pair.map_err(|error| unusable(&error))?;
        let connector = native_tls::TlsConnector::builder().identity(pair).build();
        connector.map(drop).map_err(|error| unusable(&error))
    }
}
