use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Uri;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{DeliveryError, TargetToken};
use crate::Error;

/// How many bytes of the MAC are in a token: nobody guesses 128 bits.
const MAC: usize = 16;

/// How long a key is at least, in bytes.
const SHORTEST_KEY: usize = 16;

/// The tokens in the target URLs of an app that many accounts install: each names an account, or one of its webhook
/// endpoints, and proves by a key of the app that the app has made it.
///
/// So a receiver knows whose secrets it needs before it has looked anything up, and a request to a made-up URL costs a
/// database nothing. The token proves nothing of who sends: the signature does that.
///
/// # Examples
///
/// ```
/// use kit_core::deliveries::EndpointTokens;
///
/// # let key = [7; 32];
/// let tokens = EndpointTokens::new([key])?; // 32 random bytes, kept as the app's other secrets are
/// let target_url = tokens.token("account-9").in_url("https://example.com/kit")?;
///
/// // What came:
/// let uri: http::Uri = target_url.parse().unwrap();
/// assert_eq!(tokens.name(&uri).unwrap(), "account-9");
/// assert!(tokens.name(&"/kit/guessed".parse().unwrap()).is_err());
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone)]
pub struct EndpointTokens {
    keys: Vec<Hmac<Sha256>>,
}

impl EndpointTokens {
    /// Makes tokens by the first of these keys, and recognises those of all: to change the key, put a new one in front,
    /// and drop the old one when no endpoint has its tokens any more.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `keys` where there is none, or one is shorter than 16 bytes.
    pub fn new<K: Into<Vec<u8>>>(keys: impl IntoIterator<Item = K>) -> Result<Self, Error> {
        let key = |key: K| {
            let key = Zeroizing::new(key.into());
            if key.len() < SHORTEST_KEY {
                return Err(Error::input("keys", "hold one that is shorter than 16 bytes"));
            }
            Hmac::new_from_slice(&key)
                .map_err(|_| Error::input("keys", "hold one that cannot be used"))
        };
        let keys = keys.into_iter().map(key).collect::<Result<Vec<_>, Error>>()?;
        if keys.is_empty() {
            return Err(Error::input("keys", "are none: nothing can be recognised"));
        }
        Ok(Self { keys })
    }

    /// The token of this name: the same each time, as long as the first key is the same.
    pub fn token(&self, name: &str) -> TargetToken {
        let mac = self.keys.first().map(|key| mac(key, name).finalize().into_bytes());
        let mac = mac.unwrap_or_default();
        let token = mac.iter().take(MAC).chain(name.as_bytes()).copied().collect::<Vec<u8>>();
        TargetToken::new(URL_SAFE_NO_PAD.encode(token))
    }

    /// The name in the token, which is the last part of the path of a request. Takes the same time for any token of the
    /// same length.
    ///
    /// # Errors
    ///
    /// [`DeliveryError::WrongToken`].
    pub fn name(&self, uri: &Uri) -> Result<String, DeliveryError> {
        let last = uri.path().rsplit('/').next().unwrap_or_default();
        let token = URL_SAFE_NO_PAD.decode(last).map_err(|_| DeliveryError::WrongToken)?;
        let (tag, name) = token.split_first_chunk::<MAC>().ok_or(DeliveryError::WrongToken)?;
        let name = std::str::from_utf8(name).map_err(|_| DeliveryError::WrongToken)?;
        let mut is_right = false;
        for key in &self.keys {
            is_right |= mac(key, name).verify_truncated_left(tag).is_ok();
        }
        if is_right { Ok(name.to_owned()) } else { Err(DeliveryError::WrongToken) }
    }
}

fn mac(key: &Hmac<Sha256>, name: &str) -> Hmac<Sha256> {
    let mut mac = key.clone();
    mac.update(b"target of ");
    mac.update(name.as_bytes());
    mac
}

/// Shows how many keys there are, and none of them.
impl fmt::Debug for EndpointTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointTokens").field("keys", &self.keys.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(tokens: &EndpointTokens, path: &str) -> Result<String, DeliveryError> {
        tokens.name(&path.parse().unwrap())
    }

    #[test]
    fn a_token_names_what_it_was_made_for() {
        let tokens = EndpointTokens::new([[1; 32], [2; 32]]).unwrap();
        let long = "n".repeat(500);
        for expected in ["", "9", "account-9/orders", "\u{fc} \u{1f600}", &long] {
            let url = tokens.token(expected).in_url("https://a.b/kit").unwrap();
            assert_eq!(name(&tokens, &url).unwrap(), expected);
            assert_eq!(name(&tokens, &format!("{url}?from=kit")).unwrap(), expected);
        }
        let url = tokens.token("9").in_url("https://a.b/kit").unwrap();
        assert_eq!(url, tokens.token("9").in_url("https://a.b/kit").unwrap());
        let swapped = EndpointTokens::new([[2; 32], [1; 32]]).unwrap();
        assert_eq!(name(&swapped, &url).unwrap(), "9", "an older key");
        let other = EndpointTokens::new([[3; 32]]).unwrap();
        assert_eq!(name(&other, &url), Err(DeliveryError::WrongToken));
    }

    #[test]
    fn any_other_token_is_wrong() {
        let tokens = EndpointTokens::new([[1; 32]]).unwrap();
        let token = tokens.token("account-9");
        let token = token.secret();
        for place in 0..token.len() {
            for letter in "AZaz09-_".chars() {
                let mut changed = token.to_owned();
                changed.replace_range(place..=place, &letter.to_string());
                assert_eq!(
                    name(&tokens, &format!("/{changed}")).is_ok(),
                    changed == token,
                    "{changed}"
                );
            }
            assert!(name(&tokens, &format!("/{}", &token[..place])).is_err());
        }
        for path in
            ["/", "/kit", "/kit/%20", "/account-9", &format!("/{token}/"), &format!("/{token}=")]
        {
            assert_eq!(name(&tokens, path), Err(DeliveryError::WrongToken), "{path}");
        }
    }

    #[test]
    fn keys_are_checked_and_not_shown() {
        let none: [&[u8]; 0] = [];
        let error = EndpointTokens::new(none).unwrap_err().to_string();
        assert!(error.starts_with("keys: are none"), "{error}");
        let error = EndpointTokens::new([[1_u8; 15]]).unwrap_err().to_string();
        assert_eq!(error, "keys: hold one that is shorter than 16 bytes");
        let shown = format!("{:?}", EndpointTokens::new([[1; 16]]).unwrap());
        assert_eq!(shown, "EndpointTokens { keys: 1 }");
    }
}
