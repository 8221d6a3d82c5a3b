//! TLS as the settings want it.

#![cfg(any(feature = "rustls", feature = "native-tls"))]

use kit_core::Error;
use kit_core::settings::{Roots, Settings};

fn no_roots() -> Error {
    Error::input("roots", "are none: no server would be trusted")
}

/// # Errors
///
/// [`Error::Input`] for `roots` and `identity` that cannot be used.
#[cfg(all(feature = "rustls", not(feature = "native-tls")))]
pub(crate) fn rustls(settings: &Settings) -> Result<rustls::ClientConfig, Error> {
    use std::sync::Arc;

    use hyper_rustls::ConfigBuilderExt as _;
    use rustls::ClientConfig;
    use rustls::pki_types::PrivateKeyDer;
    use rustls::pki_types::pem::PemObject as _;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::input("tls", format!("cannot be set up: {error}")))?;
    let builder = match &settings.roots {
        Roots::Only(certificates) => {
            let mut store = rustls::RootCertStore::empty();
            for certificate in certificates {
                for certificate in der::each("roots", certificate)? {
                    store.add(certificate).map_err(|error| {
                        Error::input("roots", format!("hold what is no certificate: {error}"))
                    })?;
                }
            }
            if store.is_empty() {
                return Err(no_roots());
            }
            builder.with_root_certificates(store)
        }
        #[cfg(feature = "platform-verifier")]
        Roots::Platform => builder.try_with_platform_verifier().map_err(|error| {
            Error::input("roots", format!("of the platform cannot be used: {error}"))
        })?,
        #[cfg(not(feature = "platform-verifier"))]
        Roots::Platform => {
            let missing = "are the platform's, and this is built without: turn on the feature \
                `platform-verifier` or `native-tls`";
            return Err(Error::input("roots", missing));
        }
        _ => builder.with_webpki_roots(),
    };
    let Some(identity) = &settings.identity else { return Ok(builder.with_no_client_auth()) };
    let chain = der::each("identity", identity.chain())?;
    let key = PrivateKeyDer::from_pem_slice(identity.key())
        .map_err(|_| Error::input("identity", "holds no private key as PEM"))?;
    builder
        .with_client_auth_cert(chain, key)
        .map_err(|error| Error::input("identity", format!("cannot be used: {error}")))
}

#[cfg(all(feature = "rustls", not(feature = "native-tls")))]
mod der {
    use kit_core::Error;
    use kit_core::settings::Certificate;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    pub(super) fn each(
        field: &'static str,
        certificate: &Certificate,
    ) -> Result<Vec<CertificateDer<'static>>, Error> {
        if !certificate.is_pem() {
            return Ok(vec![certificate.bytes().to_vec().into()]);
        }
        let each: Vec<_> = CertificateDer::pem_slice_iter(certificate.bytes())
            .collect::<Result<_, _>>()
            .map_err(|_| Error::input(field, "hold PEM that is malformed"))?;
        if each.is_empty() { Err(Error::input(field, "hold no certificate")) } else { Ok(each) }
    }
}

/// # Errors
///
/// [`Error::Input`] for `roots` and `identity` that cannot be used.
#[cfg(feature = "native-tls")]
pub(crate) fn native(
    settings: &Settings,
    is_http1_only: bool,
) -> Result<native_tls::TlsConnector, Error> {
    let mut builder = native_tls::TlsConnector::builder();
    builder.request_alpns(if is_http1_only { &["http/1.1"] } else { &["h2", "http/1.1"] });
    if let Roots::Only(certificates) = &settings.roots {
        builder.disable_built_in_roots(true);
        let mut count = 0;
        for certificate in certificates {
            let bytes = certificate.bytes();
            let parsed = if certificate.is_pem() {
                native_tls::Certificate::stack_from_pem(bytes)
            } else {
                native_tls::Certificate::from_der(bytes).map(|certificate| vec![certificate])
            };
            let parsed = parsed.map_err(|error| {
                Error::input("roots", format!("hold what is no certificate: {error}"))
            })?;
            count += parsed.len();
            for certificate in parsed {
                builder.add_root_certificate(certificate);
            }
        }
        if count == 0 {
            return Err(no_roots());
        }
    }
    if let Some(identity) = &settings.identity {
        let pair = native_tls::Identity::from_pkcs8(identity.chain().bytes(), identity.key());
        let unusable = |error| Error::input("identity", format!("cannot be used: {error}"));
        builder.identity(pair.map_err(unusable)?);
    }
    let field = if settings.identity.is_some() { "identity" } else { "roots" };
    builder.build().map_err(|error| Error::input(field, format!("cannot be used: {error}")))
}
