use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Uri;

use super::DeliveryError;
use crate::Error;
use crate::secret::secrets;
use crate::wire::http_url;

secrets! {
    /// The token in a target URL, by which a program recognises the deliveries of a webhook of `/v4/webhooks`: Kit
    /// does not sign them.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::deliveries::TargetToken;
    ///
    /// # let thirty_two_random_bytes = [7; 32];
    /// let token = TargetToken::from_random(thirty_two_random_bytes);
    /// let target_url = token.in_url("https://example.com/kit")?;
    ///
    /// // What came:
    /// let uri: http::Uri = target_url.parse().unwrap();
    /// assert!(token.check(&uri).is_ok());
    /// assert!(token.check(&"/kit/guessed".parse().unwrap()).is_err());
    /// # Ok::<(), kit_core::Error>(())
    /// ```
    TargetToken,
}

impl TargetToken {
    /// Makes a token from 32 random bytes, such as those of the `getrandom` crate.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self::new(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The target URL with the token: `https://example.com/kit` becomes `https://example.com/kit/TOKEN`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `target_url` where it is not an absolute http or https URL with a host, or has a query
    /// or a fragment; for `token` where it is empty or has other characters than `A-Z a-z 0-9 - _`.
    pub fn in_url(&self, target_url: impl AsRef<str>) -> Result<String, Error> {
        let url = target_url.as_ref();
        http_url::check(url).map_err(|reason| Error::input("target_url", reason))?;
        if url.contains(['?', '#']) {
            return Err(Error::input("target_url", "has a query or a fragment"));
        }
        let token = self.secret();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if token.is_empty() || !token.chars().all(is_plain) {
            return Err(Error::input("token", "is not of the characters A-Z a-z 0-9 - _"));
        }
        Ok(format!("{}/{token}", url.trim_end_matches('/')))
    }

    /// Checks that the last part of the path of a request is this token. Takes the same time for any token of the
    /// same length.
    ///
    /// # Errors
    ///
    /// [`DeliveryError::WrongToken`].
    pub fn check(&self, uri: &Uri) -> Result<(), DeliveryError> {
        let last = uri.path().rsplit('/').next().unwrap_or_default();
        let is_right = !last.is_empty() && Self::new(last) == *self;
        if is_right { Ok(()) } else { Err(DeliveryError::WrongToken) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_has_the_token_at_its_end() {
        let token = TargetToken::from_random([255; 32]);
        let url = token.in_url("https://a.b/kit/").unwrap();
        assert_eq!(url, format!("https://a.b/kit/{}", token.secret()));
        assert_eq!(token.secret().len(), 43);
        for uri in [&*url, &format!("/{}", token.secret()), &format!("{url}?from=kit")] {
            assert_eq!(token.check(&uri.parse().unwrap()), Ok(()), "{uri}");
        }
        for uri in ["/", "/kit", &format!("{url}/"), &format!("/x{}", token.secret())] {
            let error = token.check(&uri.parse().unwrap()).unwrap_err();
            assert_eq!(error.status(), 401, "{uri}");
        }
        assert!(TargetToken::new("").check(&"/kit/".parse().unwrap()).is_err());
    }

    #[test]
    fn a_url_or_token_that_cannot_be_put_together_is_named() {
        let token = TargetToken::from_random([0; 32]);
        for url in ["a.b", "https://a.b/?x=1", "https://a.b/#x"] {
            assert!(
                token.in_url(url).unwrap_err().to_string().starts_with("target_url: "),
                "{url}"
            );
        }
        for token in ["", "a/b", "a b", "\u{e9}"] {
            let error = TargetToken::new(token).in_url("https://a.b/").unwrap_err();
            assert!(error.to_string().starts_with("token: "), "{token}");
        }
    }
}
