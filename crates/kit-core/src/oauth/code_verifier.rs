use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::Error;
use crate::secret::secrets;

secrets! {
    /// A code verifier: proves that the program that exchanges an authorization code is the one that asked
    /// for it (PKCE, RFC 7636).
    ///
    /// Make a new verifier for each authorization, and keep it until the callback has come.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::oauth::CodeVerifier;
    ///
    /// # let random = [7; 32];
    /// let verifier = CodeVerifier::from_random(random); // 32 bytes of a cryptographic source
    /// assert_eq!(verifier.secret().len(), 43);
    /// ```
    CodeVerifier,
}

impl CodeVerifier {
    /// Makes a verifier from 32 random bytes that nobody can guess, such as `getrandom` gives.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self::new(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The code challenge by the method `S256`: the authorization URL has it in place of the verifier.
    pub(super) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(hmac_sha256::Hash::hash(self.secret().as_bytes()))
    }

    /// # Errors
    ///
    /// [`Error::Input`] for a verifier that RFC 7636, section 4.1, does not allow.
    pub(super) fn check(&self) -> Result<(), Error> {
        let refuse = |reason: &'static str| Err(Error::input("code_verifier", reason));
        let verifier = self.secret();
        if !(43..=128).contains(&verifier.len()) {
            return refuse("is not from 43 to 128 characters long");
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if !verifier.bytes().all(allowed) {
            return refuse("holds a character other than A-Z, a-z, 0-9, -, ., _ and ~");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636_appendix_b() {
        let bytes = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212,
            37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let verifier = CodeVerifier::from_random(bytes);
        assert_eq!(verifier.secret(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        verifier.check().unwrap();
    }

    #[test]
    fn a_verifier_outside_the_rfc_is_refused() {
        for good in ["a".repeat(43), "~._-".repeat(32)] {
            CodeVerifier::new(good).check().unwrap();
        }
        for bad in ["a".repeat(42), "a".repeat(129), "+".repeat(43), "\u{e9}".repeat(30)] {
            let error = CodeVerifier::new(bad).check().unwrap_err().to_string();
            assert!(error.starts_with("code_verifier: "), "{error}");
        }
    }
}
