//! A body, whole, but neither too large nor too slow.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body::Body;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use kit_core::deliveries::DeliveryError;

pub(crate) async fn read<B>(
    body: B,
    headers: &HeaderMap,
    max_size: usize,
    timeout: Duration,
) -> Result<Bytes, DeliveryError>
where
    B: Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > max_size as u64) {
        return Err(DeliveryError::TooLarge(max_size));
    }
    match tokio::time::timeout(timeout, Limited::new(body, max_size).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(DeliveryError::TooLarge(max_size)),
        Ok(Err(error)) => Err(DeliveryError::Unreadable(format!("it was cut off: {error}"))),
        Err(_) => Err(DeliveryError::TooSlow(timeout)),
    }
}
