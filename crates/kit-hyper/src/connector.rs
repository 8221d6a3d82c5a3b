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

/// No TLS.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[expect(clippy::unnecessary_wraps, reason = "with TLS it can fail")]
pub(crate) fn new() -> Result<plain::Plain, BoxError> {
    Ok(plain::Plain(tcp()))
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
mod plain {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http::Uri;
    use http::uri::Scheme;
    use hyper_util::client::legacy::connect::HttpConnector;
    use tower_service::Service;

    use crate::exchange::BoxError;

    type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

    /// TCP that refuses to carry what belongs into TLS.
    #[derive(Clone, Debug)]
    pub(crate) struct Plain(pub(super) HttpConnector);

    impl Service<Uri> for Plain {
        type Response = <HttpConnector as Service<Uri>>::Response;
        type Error = BoxError;
        type Future = Connecting<Self::Response>;

        fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            self.0.poll_ready(cx).map_err(Into::into)
        }

        fn call(&mut self, uri: Uri) -> Self::Future {
            if uri.scheme() == Some(&Scheme::HTTPS) {
                let error = "built without TLS: turn on the feature `rustls` or `native-tls`";
                return Box::pin(std::future::ready(Err(error.into())));
            }
            let connecting = self.0.call(uri);
            Box::pin(async { connecting.await.map_err(Into::into) })
        }
    }
}

#[cfg(all(test, not(any(feature = "rustls", feature = "native-tls"))))]
mod tests {
    use crate::webhooks::{CreateWebhook, Event};
    use crate::{Client, Credentials, RetryPolicy};

    #[tokio::test]
    async fn without_tls_the_error_says_so() {
        let create = CreateWebhook::new("https://example.com/", Event::PurchaseCreate).unwrap();
        let client = Client::builder().retry(RetryPolicy::none());
        let client = client.build(Credentials::api_key("kit_0123")).unwrap();
        let error = client.send(&create).await.unwrap_err();
        assert!(error.to_string().contains("built without TLS: turn on"), "{error}");
        assert!(!error.may_have_been_applied());
    }
}
