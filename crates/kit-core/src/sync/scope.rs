use std::fmt;

use crate::wire::http_url;

/// The items that a [`Plan`](super::Plan) may delete beside duplicates.
///
/// # Examples
///
/// ```
/// use kit_core::sync::Scope;
///
/// let scope = Scope::UrlPrefix("https://example.com/kit".into());
/// assert!(scope.contains("https://example.com/kit/t0ken"));
/// assert!(!scope.contains("https://example.com/kitchen"));
/// assert!(!scope.contains("https://example.com.evil.example/kit"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Scope {
    /// Nothing else. Default.
    #[default]
    Wanted,
    /// All items that are not wanted, and whose URL is this one or below it. The path below begins with `/`, `?` or `#`, unless
    /// the prefix ends with one of them.
    UrlPrefix(String),
    /// All that is not wanted, whoever created it.
    All,
}

impl Scope {
    /// Whether something with this URL may be deleted where it is not wanted.
    pub fn contains(&self, url: &str) -> bool {
        match self {
            Self::Wanted => false,
            Self::All => true,
            Self::UrlPrefix(prefix) => {
                let (url, prefix) = (http_url::canonical(url), http_url::canonical(prefix));
                let ends = |text: &str| text.ends_with(['/', '?', '#', '=']);
                url.strip_prefix(&*prefix).is_some_and(|rest| {
                    rest.is_empty() || ends(&prefix) || rest.starts_with(['/', '?', '#'])
                })
            }
        }
    }
}

/// Shows the host of the prefix alone: the rest may be a secret.
impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wanted => f.write_str("Wanted"),
            Self::UrlPrefix(prefix) => {
                f.debug_tuple("UrlPrefix").field(&http_url::Shown(prefix)).finish()
            }
            Self::All => f.write_str("All"),
        }
    }
}
