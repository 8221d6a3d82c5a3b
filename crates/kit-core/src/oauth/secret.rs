//! Secrets as types of their own: never printed, compared in constant time, wiped on drop.

/// Defines such types. Equality takes as long for every secret of the same length.
macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        ///
        /// The secret is never printed, is compared in constant time, and its memory is wiped on drop. Serde
        /// writes it in full, so that a store can keep it.
        #[derive(Clone, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(zeroize::Zeroizing<String>);

        impl $name {
            /// Takes the secret.
            pub fn new(secret: impl Into<String>) -> Self {
                Self(zeroize::Zeroizing::new(secret.into()))
            }

            /// The secret itself: not to be printed or logged.
            pub fn secret(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(secret: String) -> Self {
                Self::new(secret)
            }
        }

        impl From<&str> for $name {
            fn from(secret: &str) -> Self {
                Self::new(secret)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                use subtle::ConstantTimeEq as _;
                self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
            }
        }

        impl Eq for $name {}

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )+};
}

#[cfg(feature = "authorize")]
pub(super) use secrets;

secrets! {
    /// An access token: authenticates requests until it expires.
    AccessToken,
    /// A refresh token: the app spends it, once, for new tokens.
    RefreshToken,
    /// The secret by which a confidential app proves to Kit that it is that app.
    ClientSecret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", AccessToken::new("abc")), "AccessToken([redacted])");
        assert_eq!(AccessToken::new("abc").secret(), "abc");
    }

    #[test]
    fn equal_is_what_has_the_same_bytes() {
        for (other, equal) in [("abc", true), ("abd", false), ("ab", false), ("", false)] {
            assert_eq!(RefreshToken::new("abc") == RefreshToken::new(other), equal, "{other}");
        }
    }

    #[test]
    fn a_store_can_keep_it() {
        let json = serde_json::to_string(&ClientSecret::new("abc")).unwrap();
        assert_eq!(json, "\"abc\"");
        assert_eq!(serde_json::from_str::<ClientSecret>(&json).unwrap().secret(), "abc");
    }
}
