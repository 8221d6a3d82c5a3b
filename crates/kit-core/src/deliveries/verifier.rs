use std::fmt::{self, Write as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, Request};
use sha2::Sha256;

use super::signature::Signature;
use super::{Delivery, DeliveryError};
use crate::Error;
use crate::webhook_endpoints::SigningSecret;

/// The header with the signature of a delivery.
pub const SIGNATURE: HeaderName = HeaderName::from_static("x-kit-signature");

/// How old a signature may be, by default.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// How large a body may be, by default. Kit splits deliveries at about 512 KB of events; an event above that comes
/// alone.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// A secret, as far as an HMAC is computed before its message is known.
type Key = Hmac<Sha256>;

/// Tells whether a request is a delivery of Kit's to a webhook endpoint, and reads it.
///
/// The signature is computed over the bytes of the body before any of them is read. Comparing takes the same time
/// whatever the signature is.
///
/// Source: Kit's guide "Verifying signatures".
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use kit_core::deliveries::{Answer, Verifier};
///
/// # fn example(request: http::Request<Vec<u8>>, now: SystemTime) -> Result<http::Response<String>, kit_core::Error> {
/// let verifier = Verifier::new(["whsec_…"])?;
/// let answer = match verifier.receive(&request, now) {
///     Ok(delivery) => {
///         for event in delivery.events {
///             println!("{} {}", event.id, event.event_type);
///         }
///         Answer::Received
///     }
///     Err(error) => error.into(),
/// };
/// # Ok(answer.into_response())
/// # }
/// ```
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<Key>,
    tolerance: Duration,
    max_body: usize,
}

impl Verifier {
    /// Takes deliveries that are signed by one of these secrets. While a secret is rotated, give both: the previous
    /// one and the new one.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `secrets` where there is none, or one is empty.
    pub fn new<S: Into<SigningSecret>>(
        secrets: impl IntoIterator<Item = S>,
    ) -> Result<Self, Error> {
        let key = |secret: S| {
            let secret = secret.into();
            if secret.secret().is_empty() {
                return Err(Error::input("secrets", "hold an empty secret"));
            }
            // Kit takes the whole text as the key, `whsec_` included. A key of any length will do.
            Hmac::new_from_slice(secret.secret().as_bytes())
                .map_err(|_| Error::input("secrets", "hold one that cannot be used as a key"))
        };
        let keys = secrets.into_iter().map(key).collect::<Result<Vec<_>, Error>>()?;
        if keys.is_empty() {
            return Err(Error::input("secrets", "is empty: without one nothing can be verified"));
        }
        Ok(Self { keys, tolerance: TOLERANCE, max_body: MAX_BODY })
    }

    /// Sets how old a signature may be, and how far ahead of this clock. Default: 5 minutes, as Kit advises.
    #[must_use]
    pub fn with_tolerance(self, tolerance: Duration) -> Self {
        Self { tolerance, ..self }
    }

    /// Sets how large a body may be, in bytes. Default: 2 MiB.
    #[must_use]
    pub fn with_max_body_size(self, max_body: usize) -> Self {
        Self { max_body, ..self }
    }

    /// How large a body may be, in bytes: where a server reads a body, it should stop there.
    pub fn max_body_size(&self) -> usize {
        self.max_body
    }

    /// Verifies a request, and reads its delivery. `now` is the time by the clock of the system.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`], which says what to answer.
    pub fn receive<B: AsRef<[u8]>>(
        &self,
        request: &Request<B>,
        now: SystemTime,
    ) -> Result<Delivery, DeliveryError> {
        self.receive_parts(signatures(request.headers()), request.body().as_ref(), now)
    }

    /// The same from parts, for a server with a request type of its own: all values of the header
    /// `X-Kit-Signature`, and the bytes of the body as they came.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`], which says what to answer.
    pub fn receive_parts<'a>(
        &self,
        signatures: impl IntoIterator<Item = &'a [u8]>,
        body: &[u8],
        now: SystemTime,
    ) -> Result<Delivery, DeliveryError> {
        self.verify(signatures, body, now)?;
        Delivery::read(body)
    }

    /// Verifies alone, and reads nothing.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`], but never [`DeliveryError::Unreadable`].
    pub fn verify<'a>(
        &self,
        signatures: impl IntoIterator<Item = &'a [u8]>,
        body: &[u8],
        now: SystemTime,
    ) -> Result<(), DeliveryError> {
        if body.len() > self.max_body {
            return Err(DeliveryError::TooLarge(self.max_body));
        }
        let mut signatures = signatures.into_iter();
        let header = signatures.next().ok_or(DeliveryError::NoSignature)?;
        if signatures.next().is_some() {
            return Err(DeliveryError::RepeatedSignature);
        }
        let signature = Signature::parse(header)?;
        if !self.is_signed(&signature, body) {
            return Err(DeliveryError::WrongSignature);
        }
        // Only who has a secret learns what this clock says.
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let tolerance = self.tolerance.as_secs();
        let (age, lead) =
            (now.saturating_sub(signature.seconds), signature.seconds.saturating_sub(now));
        match (age > tolerance, lead > tolerance) {
            (true, _) => Err(DeliveryError::Stale(age)),
            (_, true) => Err(DeliveryError::Early(lead)),
            _ => Ok(()),
        }
    }

    /// The header by which Kit would sign this body now, by each of the secrets: for who tests a receiver, or passes on
    /// what Kit has posted.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use kit_core::deliveries::Verifier;
    ///
    /// let (verifier, now) = (Verifier::new(["whsec_test"])?, SystemTime::now());
    /// let header = verifier.sign(b"{}", now);
    /// assert!(verifier.verify([header.as_bytes()], b"{}", now).is_ok());
    /// # Ok::<(), kit_core::Error>(())
    /// ```
    pub fn sign(&self, body: &[u8], now: SystemTime) -> String {
        let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let digits = seconds.to_string();
        let mut header = format!("t={digits}");
        for key in &self.keys {
            header.push_str(",v1=");
            for byte in mac(key, &digits, body).into_bytes() {
                // Writing to a string does not fail.
                let _ = write!(header, "{byte:02x}");
            }
        }
        header
    }

    fn is_signed(&self, signature: &Signature<'_>, body: &[u8]) -> bool {
        let mut is_signed = false;
        for key in &self.keys {
            let expected = mac(key, signature.digits, body);
            for candidate in signature.candidates() {
                // In constant time, and without an early end.
                is_signed |= expected == CtOutput::new(candidate.into());
            }
        }
        is_signed
    }
}

/// The HMAC of a body that is signed at a time of these digits.
fn mac(key: &Key, digits: &str, body: &[u8]) -> CtOutput<Key> {
    let mut mac = key.clone();
    mac.update(digits.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.finalize()
}

/// The values of `X-Kit-Signature`.
pub(super) fn signatures(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(SIGNATURE).into_iter().map(http::HeaderValue::as_bytes)
}

/// Shows how many secrets there are, and none of them.
impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("secrets", &self.keys.len())
            .field("tolerance", &self.tolerance)
            .field("max_body", &self.max_body)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by a third party, and by `openssl dgst -sha256 -hmac whsec_test` from `1753797130.{ "events": [] }`.
    const BODY: &[u8] = br#"{ "events": [] }"#;
    const HEADER: &str =
        "t=1753797130,v1=5202c7c809b8fa5bc826e13f39f76bfe03f56875cab448e16b92ff6c0257f9a3";

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn verify(header: &str, body: &[u8], seconds: u64) -> Result<(), DeliveryError> {
        let verifier = Verifier::new(["whsec_other", "whsec_test"]).unwrap();
        verifier.verify([header.as_bytes()], body, at(seconds))
    }

    #[test]
    fn the_vector_of_a_third_party_is_taken() {
        verify(HEADER, BODY, 1_753_797_130).unwrap();
        let upper = HEADER.replace(|c: char| c.is_ascii_lowercase() && c != 't' && c != 'v', "");
        assert_eq!(verify(&upper, BODY, 1_753_797_130), Err(DeliveryError::WrongSignature));
        let with_old = format!("{HEADER},v1={}", "0".repeat(64));
        verify(&with_old, BODY, 1_753_797_130).unwrap();
    }

    #[test]
    fn it_signs_as_kit_does() {
        let verifier = Verifier::new(["whsec_test"]).unwrap();
        assert_eq!(verifier.sign(BODY, at(1_753_797_130)), HEADER);
        // While a secret is rotated, by both.
        let rotated = Verifier::new(["whsec_new", "whsec_test"]).unwrap();
        let header = rotated.sign(BODY, at(1_753_797_130));
        assert_eq!(header.matches(",v1=").count(), 2);
        verify(&header, BODY, 1_753_797_130).unwrap();
    }

    #[test]
    fn the_tolerance_is_300_s_both_ways() {
        let signed = 1_753_797_130;
        for now in [signed - 300, signed, signed + 300] {
            verify(HEADER, BODY, now).unwrap();
        }
        assert_eq!(verify(HEADER, BODY, signed + 301), Err(DeliveryError::Stale(301)));
        assert_eq!(verify(HEADER, BODY, signed - 301), Err(DeliveryError::Early(301)));
        let before_1970 = UNIX_EPOCH - Duration::from_secs(1);
        let verifier = Verifier::new(["whsec_test"]).unwrap().with_tolerance(Duration::MAX);
        verifier.verify([HEADER.as_bytes()], BODY, before_1970).unwrap();
    }

    /// Also one that comes with a time which has passed: nothing is told of the clock.
    #[test]
    fn any_change_of_a_byte_is_refused() {
        for place in 0..BODY.len() {
            for change in 1..=255 {
                let mut body = BODY.to_vec();
                body[place] ^= change;
                let refused = verify(HEADER, &body, 1_753_797_130);
                assert_eq!(refused, Err(DeliveryError::WrongSignature), "{place}");
            }
        }
        for place in 0..HEADER.len() {
            for change in 1..=255 {
                let mut header = HEADER.as_bytes().to_vec();
                header[place] ^= change;
                // Digits of either case are the same signature, and white space around a part is none.
                let is_same =
                    header[place].eq_ignore_ascii_case(&HEADER.as_bytes()[place]) && place > 16;
                let verifier = Verifier::new(["whsec_test"]).unwrap();
                let result = verifier.verify([header.as_slice()], BODY, at(1_753_797_130));
                assert_eq!(result.is_ok(), is_same, "{}", String::from_utf8_lossy(&header));
            }
        }
    }

    #[test]
    fn each_way_to_fail_is_its_own() {
        let verifier = Verifier::new(["whsec_test"]).unwrap().with_max_body_size(BODY.len());
        let now = at(1_753_797_130);
        let verify = |headers: &[&str], body: &[u8]| {
            verifier.verify(headers.iter().map(|header| header.as_bytes()), body, now)
        };
        verify(&[HEADER], BODY).unwrap();
        assert_eq!(verify(&[], BODY), Err(DeliveryError::NoSignature));
        assert_eq!(verify(&[HEADER, HEADER], BODY), Err(DeliveryError::RepeatedSignature));
        assert_eq!(verify(&[HEADER], b"{ \"events\": [] } "), Err(DeliveryError::TooLarge(16)));
        assert!(matches!(verify(&["t=1"], BODY), Err(DeliveryError::MalformedSignature(_))));
    }

    #[test]
    fn a_verifier_has_a_secret_and_shows_none() {
        let empty: [&str; 0] = [];
        assert!(Verifier::new(empty).unwrap_err().to_string().starts_with("secrets: is empty"));
        assert_eq!(Verifier::new([""]).unwrap_err().to_string(), "secrets: hold an empty secret");
        assert!(!format!("{:?}", Verifier::new(["whsec_test"]).unwrap()).contains("whsec"));
    }
}
