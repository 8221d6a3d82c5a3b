//! The connector that is used where the caller brings none: TCP, a proxy, and TLS by the features.

use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use kit_core::settings::{ProxyUrl, Settings};
use kit_core::{Error, Kit};
use tower_service::Service;

use crate::HttpClient;
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
use crate::box_error::BoxError;
use crate::protocol::Protocol;

pub(crate) const HAS_TLS: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

/// Makes the client of the settings.
///
/// # Errors
///
/// [`Error::Input`] for a setting that cannot be used.
pub(crate) fn client(
    settings: &Settings,
    protocol: &Protocol,
    kit: &Kit,
) -> Result<HttpClient, Error> {
    let tcp = tcp(HttpConnector::new(), settings.connect_timeout, protocol.tcp_keep_alive);
    let keep_alive = protocol.http2_keep_alive;
    let proxy = settings.proxy.for_kit(kit, |name| std::env::var(name).ok())?;
    if !HAS_TLS && let Some(proxy) = &proxy {
        proxy.check_without_tls()?;
    }
    match proxy {
        None => {
            let connector = with_tls(tcp, settings, protocol)?;
            Ok(HttpClient::new(connector, settings, keep_alive))
        }
        Some(proxy) if proxy.is_https() => {
            // The connection to the proxy carries HTTP/1.1, whatever is spoken through it.
            let plain = Protocol { is_http1_only: true, ..protocol.clone() };
            let tunnel = tunnel(&proxy, with_tls(tcp, settings, &plain)?)?;
            let connector = with_tls(tunnel, settings, protocol)?;
            Ok(HttpClient::new(connector, settings, keep_alive))
        }
        Some(proxy) => {
            let connector = with_tls(tunnel(&proxy, tcp)?, settings, protocol)?;
            Ok(HttpClient::new(connector, settings, keep_alive))
        }
    }
}

fn tcp<R>(
    mut tcp: HttpConnector<R>,
    connect_timeout: Duration,
    keep_alive: Option<Duration>,
) -> HttpConnector<R> {
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(keep_alive);
    // Shared among the addresses of the host, so that one that is dead does not hide the next.
    tcp.set_connect_timeout(Some(connect_timeout));
    tcp
}

fn tunnel<C>(proxy: &ProxyUrl, connector: C) -> Result<WithPort<Tunnel<C>>, Error> {
    let uri = proxy.uri().ok_or_else(|| Error::input("proxy", "cannot be used"))?;
    let mut tunnel = Tunnel::new(uri, connector);
    if let (Some(user), Some(password)) = (proxy.user(), proxy.password()) {
        let basic = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        let basic = HeaderValue::try_from(basic)
            .map_err(|_| Error::input("proxy", "has a user that cannot be sent in a header"))?;
        tunnel = tunnel.with_auth(basic);
    }
    Ok(WithPort(tunnel))
}

/// Adds the port 80 to an http URL without a port: hyper's tunnel would use 443.
#[derive(Clone, Debug)]
pub(crate) struct WithPort<C>(C);

impl<C: Service<Uri>> Service<Uri> for WithPort<C> {
    type Response = C::Response;
    type Error = C::Error;
    type Future = C::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), C::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> C::Future {
        self.0.call(with_port(uri))
    }
}

fn with_port(uri: Uri) -> Uri {
    if uri.port().is_some() || uri.scheme() != Some(&Scheme::HTTP) {
        return uri;
    }
    let authority = uri.host().and_then(|host| Authority::try_from(format!("{host}:80")).ok());
    let mut parts = uri.clone().into_parts();
    parts.authority = authority;
    Uri::from_parts(parts).unwrap_or(uri)
}

/// TLS by the platform's library.
#[cfg(feature = "native-tls")]
fn with_tls<C>(
    connector: C,
    settings: &Settings,
    protocol: &Protocol,
) -> Result<hyper_tls::HttpsConnector<C>, Error> {
    let tls = crate::tls::native(settings, protocol.is_http1_only)?;
    Ok(hyper_tls::HttpsConnector::from((connector, tls.into())))
}

/// TLS by rustls.
#[cfg(all(feature = "rustls", not(feature = "native-tls")))]
fn with_tls<C>(
    connector: C,
    settings: &Settings,
    protocol: &Protocol,
) -> Result<hyper_rustls::HttpsConnector<C>, Error> {
    let builder = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(crate::tls::rustls(settings)?)
        .https_or_http();
    Ok(if protocol.is_http1_only {
        builder.enable_http1().wrap_connector(connector)
    } else {
        builder.enable_all_versions().wrap_connector(connector)
    })
}

/// No TLS: nothing is sent to an https URL, whoever asks for it.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[expect(clippy::unnecessary_wraps, reason = "with TLS it can fail")]
fn with_tls<C>(connector: C, _: &Settings, _: &Protocol) -> Result<OnlyHttp<C>, Error> {
    Ok(OnlyHttp(connector))
}

/// Connects to http URLs alone.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[derive(Clone, Debug)]
struct OnlyHttp<C>(C);

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
impl<C> Service<Uri> for OnlyHttp<C>
where
    C: Service<Uri, Future: Send + 'static, Error: Into<BoxError>>,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        if uri.scheme() != Some(&Scheme::HTTP) {
            return Box::pin(async { Err("built without TLS: only http URLs are reached".into()) });
        }
        let connecting = self.0.call(uri);
        Box::pin(async { connecting.await.map_err(Into::into) })
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::vec::IntoIter;

    use hyper_util::client::legacy::connect::dns::Name;
    use tokio::net::TcpListener;

    use super::*;
    use crate::request_body::Whereabouts;

    #[test]
    fn a_port_is_named_for_a_tunnel() {
        for (uri, named) in [
            ("http://kit.example/v4", "http://kit.example:80/v4"),
            ("http://kit.example:8080/v4", "http://kit.example:8080/v4"),
            ("https://kit.example/v4", "https://kit.example/v4"),
            ("http://[::1]/v4", "http://[::1]:80/v4"),
        ] {
            assert_eq!(with_port(uri.parse().unwrap()), named);
        }
    }

    /// Finds these addresses for every name.
    #[derive(Clone)]
    struct Fixed(Vec<SocketAddr>);

    impl Service<Name> for Fixed {
        type Response = IntoIter<SocketAddr>;
        type Error = std::io::Error;
        type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Name) -> Self::Future {
            std::future::ready(Ok(self.0.clone().into_iter()))
        }
    }

    #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
    #[tokio::test]
    async fn without_tls_nothing_goes_to_an_https_url() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kit = Kit::new(kit_core::Credentials::none());
        let mut settings = Settings::default();
        settings.proxy = kit_core::settings::Proxy::None;
        let mut client = client(&settings, &Protocol::default(), &kit).unwrap();
        let body = crate::RequestBody::new(b"secret".to_vec(), Whereabouts::default());
        let request = http::Request::post(format!("https://{address}/")).body(body).unwrap();
        let error = client.call(request).await.unwrap_err();
        assert!(format!("{error:?}").contains("without TLS"), "{error:?}");
    }

    /// A listener that nobody accepts from, with a full queue, is as silent as a host that is gone.
    #[tokio::test]
    async fn a_dead_first_address_does_not_hide_the_live_one() {
        let dead = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = dead.local_addr().unwrap();
        let mut queue = Vec::new();
        let short = Duration::from_millis(200);
        while let Ok(Ok(stream)) =
            tokio::time::timeout(short, tokio::net::TcpStream::connect(address)).await
        {
            queue.push(stream);
            assert!(queue.len() < 10_000, "the queue has no end");
        }
        let live = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addresses = vec![address, live.local_addr().unwrap()];
        let connector = HttpConnector::new_with_resolver(Fixed(addresses));
        let mut settings = Settings::default();
        settings.connect_timeout = Duration::from_secs(2);
        let connector = tcp(connector, settings.connect_timeout, None);
        let mut client = HttpClient::new(connector, &settings, None);
        let body = crate::RequestBody::new(Vec::new(), Whereabouts::default());
        let request = http::Request::get("http://kit.example/").body(body).unwrap();
        tokio::select! {
            answered = client.call(request) => panic!("nobody answers: {answered:?}"),
            accepted = live.accept() => drop(accepted.unwrap()),
        }
    }
}
