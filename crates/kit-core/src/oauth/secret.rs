//! The secrets of OAuth.

use crate::secret::secrets;

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
