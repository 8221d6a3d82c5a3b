//! Certificates, good and bad.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{WantsServerCert, WebPkiClientVerifier};
use rustls::{ConfigBuilder, RootCertStore, ServerConfig, WantsVerifier};

/// An authority that a client is told to trust.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

/// When a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Now.
    Now,
    /// No longer.
    Expired,
}

impl Authority {
    /// A new one.
    pub fn new() -> Self {
        // Authorities are told apart by their names.
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("Authority {}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut params = params(&name, Validity::Now);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate").der().clone();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// The certificates that a client is to trust.
    pub fn certificate(&self) -> CertificateDer<'static> {
        self.certificate.clone()
    }

    /// The certificates that a client is to trust, as PEM.
    pub fn pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    /// A server that proves to be `name`.
    pub fn server(&self, name: &str, validity: Validity) -> Arc<ServerConfig> {
        let (certificate, key) = self.sign(name, validity);
        config(builder().with_no_client_auth(), certificate, &key)
    }

    /// A server that proves to be `name`, to clients that prove to be of this authority themselves.
    pub fn server_for_clients(&self, name: &str) -> Arc<ServerConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate()).expect("a certificate");
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider());
        let verifier = verifier.build().expect("a verifier");
        let (certificate, key) = self.sign(name, Validity::Now);
        config(builder().with_client_cert_verifier(verifier), certificate, &key)
    }

    /// A certificate for `name` and its private key, each as PEM.
    pub fn identity(&self, name: &str) -> (String, String) {
        let (certificate, key) = self.sign(name, Validity::Now);
        (pem("CERTIFICATE", &certificate), key.serialize_pem())
    }

    fn sign(&self, name: &str, validity: Validity) -> (CertificateDer<'static>, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        let certificate = params(name, validity).signed_by(&key, &self.issuer);
        (certificate.expect("a certificate").der().clone(), key)
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

/// A server that says itself that it is `name`.
pub fn self_signed(name: &str) -> Arc<ServerConfig> {
    let key = KeyPair::generate().expect("a key");
    let certificate = params(name, Validity::Now).self_signed(&key).expect("a certificate");
    config(builder().with_no_client_auth(), certificate.der().clone(), &key)
}

fn params(name: &str, validity: Validity) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    // By which a chain is followed.
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = match validity {
        Validity::Now => date_time_ymd(2999, 1, 1),
        Validity::Expired => date_time_ymd(2001, 1, 1),
    };
    params
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn builder() -> ConfigBuilder<ServerConfig, WantsVerifier> {
    ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("versions")
}

fn config(
    builder: ConfigBuilder<ServerConfig, WantsServerCert>,
    certificate: CertificateDer<'static>,
    key: &KeyPair,
) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    Arc::new(builder.with_single_cert(vec![certificate], key).expect("a configuration"))
}

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}
