//! The connector that is used where the caller brings none: TCP, and TLS by the features.

use hyper_util::client::legacy::connect::HttpConnector;

use crate::exchange::BoxError;

fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp
}

/// TLS by the platform's library.
#[cfg(feature = "native-tls")]
pub(crate) fn new() -> Result<hyper_tls::HttpsConnector<HttpConnector>, BoxError> {
    let tls = native_tls::TlsConnector::builder().request_alpns(&["h2", "http/1.1"]).build()?;
    Ok(hyper_tls::HttpsConnector::from((tcp(), tls.into())))
}

/// TLS by rustls.
#[cfg(all(feature = "rustls", not(feature = "native-tls")))]
pub(crate) fn new() -> Result<hyper_rustls::HttpsConnector<HttpConnector>, BoxError> {
    let builder = hyper_rustls::HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())?;
    Ok(builder.https_or_http().enable_all_versions().wrap_connector(tcp()))
}

/// No TLS: it takes http alone.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[expect(clippy::unnecessary_wraps, reason = "with TLS it can fail")]
pub(crate) fn new() -> Result<HttpConnector, BoxError> {
    let mut tcp = tcp();
    tcp.enforce_http(true);
    Ok(tcp)
}

#[cfg(all(test, not(any(feature = "rustls", feature = "native-tls"))))]
mod tests {
    use crate::webhooks::{CreateWebhook, Event};
    use crate::{Client, Credentials};

    #[tokio::test]
    async fn without_tls_the_error_says_so() {
        let create = CreateWebhook::new("https://example.com/", Event::PurchaseCreate).unwrap();
        let client = Client::new(Credentials::api_key("kit_0123"));
        let error = client.send(&create).await.unwrap_err();
        assert!(error.to_string().starts_with("base_url: begins with https, "), "{error}");
    }
}
