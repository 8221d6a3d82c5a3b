//! Both transports behind one trait, so that a test is written once.

use std::sync::Arc;
use std::time::Duration;

use kit_core::{Credentials, Endpoint, Error, Pacer, RetryPolicy};
use kit_emulator::Emulator;
use rustls::pki_types::CertificateDer;
use tokio::runtime::{self, Runtime};

/// How a client is to be built.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Where the server is.
    pub base_url: String,
    /// As whom.
    pub credentials: Credentials,
    /// The timeout of a call.
    pub timeout: Duration,
    /// The timeout for connecting.
    pub connect_timeout: Duration,
    /// The limit of a response's body, in bytes.
    pub max_response_size: usize,
    /// How often a call is tried.
    pub retry: RetryPolicy,
    /// Who makes calls wait.
    pub pacer: Option<Pacer>,
    /// An authority to trust in place of those that are trusted by default.
    pub root: Option<CertificateDer<'static>>,
}

impl Setup {
    /// For a server, with timeouts that no test runs into unless it asks for it.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            credentials: Credentials::api_key(crate::secrets::SECRET),
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(60),
            max_response_size: 64 * 1024,
            retry: RetryPolicy::none().with_deadline(Duration::from_secs(3600)),
            pacer: None,
            root: None,
        }
    }

    /// For an emulator, with its key.
    pub fn of(emulator: &Emulator) -> Self {
        let credentials = Credentials::api_key(emulator.api_key());
        Self { credentials, ..Self::new(emulator.base_url()) }
    }
}

/// A client, used from a thread that waits for it.
pub trait Transport: Clone + Send + Sync {
    /// How many connections a caller may cost that sends one request after the other.
    ///
    /// hyper opens another one where the last has not found its way back into the pool yet.
    const CONNECTIONS_PER_CALLER: usize;

    /// A new client with a pool of its own.
    fn new(setup: Setup) -> Self;

    /// Sends an operation and waits for its end.
    ///
    /// # Errors
    ///
    /// Those of the client.
    fn send<E: Endpoint + Sync>(&self, endpoint: &E) -> Result<E::Reply, Error>;
}

impl Transport for kit_ureq::Client {
    const CONNECTIONS_PER_CALLER: usize = 1;

    fn new(setup: Setup) -> Self {
        let mut builder = Self::builder()
            .base_url(setup.base_url)
            .timeout(setup.timeout)
            .connect_timeout(setup.connect_timeout)
            .max_response_size(setup.max_response_size)
            .retry(setup.retry)
            .pacer(setup.pacer);
        if let Some(root) = setup.root {
            builder = builder.agent(agent_trusting(&root));
        }
        builder.build(setup.credentials).expect("a client")
    }

    fn send<E: Endpoint + Sync>(&self, endpoint: &E) -> Result<E::Reply, Error> {
        self.send(endpoint)
    }
}

/// kit-hyper on a runtime of one thread: the one that waits.
#[derive(Clone, Debug)]
pub struct HyperOnCurrentThread(Hyper);

/// kit-hyper on a runtime with threads of its own.
#[derive(Clone, Debug)]
pub struct HyperOnThreads(Hyper);

#[derive(Clone, Debug)]
struct Hyper {
    client: kit_hyper::Client,
    runtime: Arc<Runtime>,
}

impl Hyper {
    fn new(setup: Setup, mut runtime: runtime::Builder) -> Self {
        let mut builder = kit_hyper::Client::builder()
            .base_url(setup.base_url)
            .timeout(setup.timeout)
            .connect_timeout(setup.connect_timeout)
            .max_response_size(setup.max_response_size)
            .retry(setup.retry)
            .pacer(setup.pacer);
        if let Some(root) = setup.root {
            builder = builder.connector(connector_trusting(&root));
        }
        Self {
            client: builder.build(setup.credentials).expect("a client"),
            runtime: Arc::new(runtime.enable_all().build().expect("a runtime")),
        }
    }
}

impl Transport for HyperOnCurrentThread {
    const CONNECTIONS_PER_CALLER: usize = 8;

    fn new(setup: Setup) -> Self {
        Self(Hyper::new(setup, runtime::Builder::new_current_thread()))
    }

    fn send<E: Endpoint + Sync>(&self, endpoint: &E) -> Result<E::Reply, Error> {
        self.0.runtime.block_on(self.0.client.send(endpoint))
    }
}

impl Transport for HyperOnThreads {
    const CONNECTIONS_PER_CALLER: usize = 8;

    fn new(setup: Setup) -> Self {
        let mut runtime = runtime::Builder::new_multi_thread();
        runtime.worker_threads(2);
        Self(Hyper::new(setup, runtime))
    }

    fn send<E: Endpoint + Sync>(&self, endpoint: &E) -> Result<E::Reply, Error> {
        self.0.runtime.block_on(self.0.client.send(endpoint))
    }
}

/// An agent that trusts one authority and no other.
pub fn agent_trusting(root: &CertificateDer<'static>) -> ureq::Agent {
    use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
    let provider =
        if cfg!(feature = "native-tls") { TlsProvider::NativeTls } else { TlsProvider::Rustls };
    let root = Certificate::from_der(root).to_owned();
    let tls = TlsConfig::builder()
        .provider(provider)
        .root_certs(RootCerts::new_with_certs(&[root]))
        .build();
    ureq::Agent::config_builder().tls_config(tls).build().into()
}

/// A connector that trusts one authority and no other.
#[cfg(not(feature = "native-tls"))]
pub fn connector_trusting(
    root: &CertificateDer<'static>,
) -> hyper_rustls::HttpsConnector<hyper_util::client::legacy::connect::HttpConnector> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(root.clone()).expect("a certificate");
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_only()
        .enable_all_versions()
        .build()
}

/// A connector that trusts one authority and no other.
#[cfg(feature = "native-tls")]
pub fn connector_trusting(
    root: &CertificateDer<'static>,
) -> hyper_tls::HttpsConnector<hyper_util::client::legacy::connect::HttpConnector> {
    let mut tcp = hyper_util::client::legacy::connect::HttpConnector::new();
    tcp.enforce_http(false);
    let tls = native_tls::TlsConnector::builder()
        .add_root_certificate(native_tls::Certificate::from_der(root).expect("a certificate"))
        .request_alpns(&["h2", "http/1.1"])
        .build()
        .expect("a connector");
    hyper_tls::HttpsConnector::from((tcp, tls.into()))
}

/// Makes a test on each transport of each function, which takes the transport as its type.
#[macro_export]
macro_rules! on_each_transport {
    ($($test:ident),+ $(,)?) => {
        mod ureq {
            $(#[test] fn $test() { super::$test::<kit_ureq::Client>(); })+
        }
        mod hyper_on_current_thread {
            $(#[test] fn $test() { super::$test::<$crate::transport::HyperOnCurrentThread>(); })+
        }
        mod hyper_on_threads {
            $(#[test] fn $test() { super::$test::<$crate::transport::HyperOnThreads>(); })+
        }
    };
}
