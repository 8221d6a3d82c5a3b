//! The header by which Kit signs a delivery.

use super::DeliveryError;

/// The longest header that is read, in bytes. Kit's own has about 90, and 160 while a secret is rotated.
const LONGEST: usize = 4096;

/// How many digits the time of a signature has at most: those of `u64::MAX`.
const MOST_DIGITS: usize = 20;

/// A signature as it stands in `X-Kit-Signature`: `t=1753797130,v1=<hex>[,v1=<hex>]`.
#[derive(Debug)]
pub(super) struct Signature<'a> {
    /// The time as it is signed: its digits.
    pub(super) digits: &'a str,
    /// Seconds since 1970.
    pub(super) seconds: u64,
    /// The signatures that Kit made with each of the secrets in use: as many as `count`, which are read while the header
    /// is, so that it is gone through once.
    candidates: [[u8; 32]; MOST_CANDIDATES],
    count: usize,
}

impl<'a> Signature<'a> {
    /// Third-party receivers agree on this reading: spaces around the parts do not count, there is exactly one `t`
    /// of digits alone, and versions other than `v1` are passed over. A `v1` that is no SHA-256 in hex matches
    /// nothing.
    pub(super) fn parse(header: &'a [u8]) -> Result<Self, DeliveryError> {
        let malformed = DeliveryError::MalformedSignature;
        if header.len() > LONGEST {
            return Err(malformed("is longer than 4096 bytes"));
        }
        let header = std::str::from_utf8(header).map_err(|_| malformed("is not text"))?;
        let (mut time, mut has_version, mut seen) = (None, false, 0);
        let (mut candidates, mut count) = ([[0; 32]; MOST_CANDIDATES], 0);
        for part in header.split(',') {
            let (name, value) = pair(part).ok_or(malformed("has a part without `=`"))?;
            match name {
                b"t" if time.is_some() => return Err(malformed("has two times")),
                b"t" => time = Some(value),
                V1 => {
                    has_version = true;
                    seen += usize::from(value.len() == HEX_DIGITS);
                    if let (Some(candidate), Some(place)) =
                        (sha256_of(value.as_bytes()), candidates.get_mut(count))
                    {
                        *place = candidate;
                        count += 1;
                    }
                }
                _ => {}
            }
        }
        let digits = time.ok_or(malformed("has no time"))?;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let seconds =
            if is_number && digits.len() <= MOST_DIGITS { digits.parse().ok() } else { None };
        let seconds = seconds.ok_or(malformed("has a time that is no number of seconds"))?;
        if !has_version {
            return Err(malformed("has no signature of the version v1"));
        }
        if seen > MOST_CANDIDATES {
            return Err(malformed("has more than 8 signatures"));
        }
        Ok(Self { digits, seconds, candidates, count })
    }

    /// The signatures that Kit made with each of the secrets that are in use.
    pub(super) fn candidates(&self) -> impl Iterator<Item = [u8; 32]> {
        self.candidates.iter().take(self.count).copied()
    }
}

/// The only version there is.
const V1: &[u8] = b"v1";

/// How long a SHA-256 is in hex.
const HEX_DIGITS: usize = 64;

/// How many signatures are looked at. Kit's own header has two at most.
const MOST_CANDIDATES: usize = 8;

/// The two sides of the first `=`.
fn pair(part: &str) -> Option<(&[u8], &str)> {
    let (name, value) = part.split_at_checked(part.bytes().position(|byte| byte == b'=')?)?;
    Some((name.trim_ascii().as_bytes(), value.strip_prefix('=')?.trim_ascii()))
}

/// The 32 bytes of 64 hexadecimal digits.
fn sha256_of(hex: &[u8]) -> Option<[u8; 32]> {
    let values = <[u8; HEX_DIGITS]>::try_from(hex).ok()?.map(value_of);
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(values.as_chunks().0) {
        *byte = high << 4 | low & 0xf;
    }
    let all = values.iter().fold(0, |all, value| all | value);
    (all <= 0xf).then_some(bytes)
}

/// The value of a hexadecimal digit; more than 15 for what is none. Digits are random: what can be selected is no
/// branch.
fn value_of(digit: u8) -> u8 {
    let (decimal, letter) = (digit.wrapping_sub(b'0'), (digit | 0x20).wrapping_sub(b'a'));
    let letter = if letter < 6 { letter + 10 } else { 0xff };
    if decimal < 10 { decimal } else { letter }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Result<(u64, usize), DeliveryError> {
        Signature::parse(header.as_bytes()).map(|read| (read.seconds, read.candidates().count()))
    }

    #[test]
    fn spacing_order_and_other_versions_do_not_count() {
        let hex = "0a".repeat(32);
        for header in [
            format!("t=17,v1={hex}"),
            format!("v1={hex},t=17"),
            format!(" t = 17 ,\tv1 = {} ", hex.to_uppercase()),
            format!("v0=abc,t=17,v2={hex},v1={hex}"),
            format!("t=17,v1=short,v1={hex}"),
        ] {
            assert_eq!(read(&header), Ok((17, 1)), "{header}");
        }
        assert_eq!(read(&format!("t=017,v1={hex},v1={hex}")), Ok((17, 2)));
        assert_eq!(read("t=17,v1="), Ok((17, 0)), "it can match nothing");
    }

    #[test]
    fn each_fault_of_a_signature_is_named() {
        let hex = "0a".repeat(32);
        for (header, reason) in [
            (String::new(), "has a part without `=`"),
            ("t".into(), "has a part without `=`"),
            (format!("v1={hex}"), "has no time"),
            ("t=17".into(), "has no signature of the version v1"),
            (format!("t=17,t=17,v1={hex}"), "has two times"),
            (format!("t=,v1={hex}"), "has a time that is no number of seconds"),
            (format!("t=-1,v1={hex}"), "has a time that is no number of seconds"),
            (format!("t=+1,v1={hex}"), "has a time that is no number of seconds"),
            (format!("t=1.5,v1={hex}"), "has a time that is no number of seconds"),
            (format!("t=18446744073709551616,v1={hex}"), "has a time that is no number of seconds"),
            (format!("t={},v1={hex}", "0".repeat(21)), "has a time that is no number of seconds"),
            (format!("t=17,v1={hex},{}", "v0=a,".repeat(1000)), "is longer than 4096 bytes"),
            (format!("t=17{}", format!(",v1={hex}").repeat(9)), "has more than 8 signatures"),
        ] {
            assert_eq!(read(&header), Err(DeliveryError::MalformedSignature(reason)), "{header}");
        }
        let not_text = Signature::parse(b"t=1\xff").unwrap_err();
        assert_eq!(not_text, DeliveryError::MalformedSignature("is not text"));
    }
}
