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

pub(crate) use secrets;
