use std::fmt::Write as _;

/// The value of `X-Kit-Signature`: the time, and a signature by each secret.
///
/// The key is the whole secret, `whsec_` included.
pub(super) fn header(secrets: &[String], unix_seconds: u64, body: &[u8]) -> String {
    let mut header = format!("t={unix_seconds}");
    for secret in secrets {
        let mut signed = format!("{unix_seconds}.").into_bytes();
        signed.extend_from_slice(body);
        header.push_str(",v1=");
        for byte in hmac_sha256::HMAC::mac(&signed, secret.as_bytes()) {
            // Writing to a string does not fail.
            let _ = write!(header, "{byte:02x}");
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first vector was made by a third party; the second by
    /// `printf '1790000000.{}' | openssl dgst -sha256 -hmac whsec_b`.
    #[test]
    fn fixed_vectors_hold() {
        let secret = |text: &str| vec![text.to_owned()];
        assert_eq!(
            header(&secret("whsec_test"), 1_753_797_130, br#"{ "events": [] }"#),
            "t=1753797130,v1=5202c7c809b8fa5bc826e13f39f76bfe03f56875cab448e16b92ff6c0257f9a3"
        );
        assert_eq!(
            header(&secret("whsec_b"), 1_790_000_000, b"{}"),
            "t=1790000000,v1=9fd5f486ef1336b145d03e7fe4527a13c4e744b4532eda37aa6b45fa1050e869"
        );
        assert_eq!(header(&[], 7, b""), "t=7");
    }
}
