//! Text from outside, made fit to be shown: short, on one line, and without secrets.

use std::ops::Range;

use zeroize::Zeroizing;

const REDACTED: &str = "[redacted]";

/// How many characters an excerpt has at most.
const EXCERPT: usize = 200;

/// How many bytes of a text are looked at, besides the length of the longest secret: more than enough for
/// 500 characters of four bytes, redactions included.
const WINDOW: usize = 8 * 1024;

/// How many characters of a secret at the end of a text are taken for a secret that was cut off, at least.
const TELLING: usize = 4;

/// How many bytes the longest escape has: `&#x0041;`.
const LONGEST_ESCAPE: usize = 8;

/// How many characters a secret of an operation has at least that is searched for.
const SHORTEST: usize = 8;

/// Takes secrets out of texts.
///
/// A secret is found as it is, and in every mixture of the escapes of JSON, URLs and HTML, however deeply
/// backslashes are nested: text and secret are compared without their escapes. That takes time in proportion
/// to their lengths, whatever they hold.
pub(crate) struct Scrub<'a> {
    secrets: Vec<Secret<'a>>,
}

struct Secret<'a> {
    text: &'a str,
    unescaped: Zeroizing<Vec<u8>>,
}

impl<'a> Scrub<'a> {
    /// Empty secrets are ignored.
    pub(crate) fn new(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let secret = |text: &'a str| {
            let unescaped = Unescaped::of(text.as_bytes()).bytes;
            (!text.is_empty()).then(|| Secret { text, unescaped: Zeroizing::new(unescaped) })
        };
        Self { secrets: secrets.into_iter().filter_map(secret).collect() }
    }

    /// The secrets of the credentials, and those of an operation: these are not searched for where they have less than
    /// eight characters, such as the path of `https://example.com/a`. They stand in half of all words.
    pub(crate) fn of_call(
        credentials: &'a [Zeroizing<String>],
        of_operation: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let is_long = |text: &&str| text.chars().count() >= SHORTEST;
        let of_credentials = credentials.iter().map(|secret| secret.as_str());
        Self::new(of_credentials.chain(of_operation.into_iter().filter(is_long)))
    }

    /// The beginning of a body, on one line; cut with `…` where there is more.
    pub(crate) fn excerpt(&self, body: &[u8]) -> String {
        self.beginning(body, EXCERPT)
    }

    /// The first `characters` of a text, on one line; ends with `…` where the text has more.
    pub(crate) fn beginning(&self, text: &[u8], characters: usize) -> String {
        let longest = self.secrets.iter().map(|secret| secret.text.len()).max().unwrap_or_default();
        let window = text.get(..WINDOW.saturating_add(longest)).unwrap_or(text);
        let clean = self.text(&String::from_utf8_lossy(window));
        let clean = clean.trim();
        match clean.char_indices().nth(characters) {
            Some((end, _)) => format!("{}\u{2026}", clean.get(..end).unwrap_or_default()),
            None => clean.into(),
        }
    }

    /// The whole text, without the secrets and on one line.
    fn text(&self, text: &str) -> String {
        let mut found: Vec<_> = self.secrets.iter().flat_map(|secret| secret.find(text)).collect();
        found.sort_unstable_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        let mut clean = String::with_capacity(text.len());
        let mut kept = 0;
        for Range { start, end } in found {
            if end <= kept {
                continue;
            }
            if start >= kept {
                clean.push_str(text.get(kept..start).unwrap_or_default());
                clean.push_str(REDACTED);
            }
            kept = end;
        }
        clean.push_str(text.get(kept..).unwrap_or_default());
        clean.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}

impl Secret<'_> {
    /// The places of the secret in the text; also of its beginning alone, at the end of the text,
    /// since a text that was cut off in the middle of a secret still shows most of it.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<_> = text
            .match_indices(self.text)
            .map(|(start, secret)| start..start + secret.len())
            .collect();
        if self.unescaped.is_empty() {
            return found;
        }
        let unescaped = Unescaped::of(text.as_bytes());
        let (bytes, secret) = (unescaped.bytes.as_slice(), self.unescaped.as_slice());
        let mut start = 0;
        while let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with(secret) {
                found.push(unescaped.range(start..start + secret.len()));
                start += secret.len();
                continue;
            }
            // With what may be the beginning of an escape, and without.
            let whole = rest.get(..rest.len() - unescaped.cut_off.min(rest.len())).unwrap_or(rest);
            let is_beginning = |part: &[u8]| part.len() >= TELLING && secret.starts_with(part);
            if is_beginning(rest) || is_beginning(whole) {
                found.push(unescaped.range(start..bytes.len()).start..text.len());
                break;
            }
            start += 1;
        }
        found
    }
}

/// A text without its escapes, those that come of escapes included, and without backslashes; and where each
/// byte of it came from.
#[derive(Default)]
struct Unescaped {
    bytes: Vec<u8>,
    origins: Vec<Range<usize>>,
    /// How many bytes at the end may be the beginning of an escape that the end of the text cuts off.
    cut_off: usize,
}

impl Unescaped {
    fn of(text: &[u8]) -> Self {
        let mut this = Self::default();
        for (at, byte) in text.iter().enumerate() {
            this.push(*byte, at..at + 1);
        }
        let beginning =
            this.bytes.iter().rev().take(LONGEST_ESCAPE).position(|b| b"\\%&".contains(b));
        let beginning = beginning.map_or(0, |position| position + 1);
        // Backslashes are left out only now, since they can be part of an escape.
        let mut whole = Self::default();
        let count = this.bytes.len();
        for (index, (byte, origin)) in this.bytes.into_iter().zip(this.origins).enumerate() {
            if byte != b'\\' {
                whole.bytes.push(byte);
                whole.origins.push(origin);
                whole.cut_off += usize::from(index + beginning >= count);
            }
        }
        whole
    }

    /// Adds a byte, and puts what an escape stands for in its place where the byte ends one.
    fn push(&mut self, byte: u8, origin: Range<usize>) {
        self.bytes.push(byte);
        self.origins.push(origin);
        while let Some((byte, length)) = escape_at_the_end_of(&self.bytes) {
            let start = self.bytes.len() - length;
            let origin = self.range(start..self.bytes.len());
            self.bytes.truncate(start);
            self.origins.truncate(start);
            self.bytes.push(byte);
            self.origins.push(origin);
        }
    }

    /// The place in the text that bytes came from.
    fn range(&self, range: Range<usize>) -> Range<usize> {
        let first = self.origins.get(range.start).map_or(0, |origin| origin.start);
        let last = range.end.checked_sub(1).and_then(|last| self.origins.get(last));
        first..last.map_or(first, |origin| origin.end)
    }
}

/// The byte that an escape stands for, and how long the escape is.
fn escape_at_the_end_of(text: &[u8]) -> Option<(u8, usize)> {
    if let [.., b'%', a, b] = text
        && let Some(byte) = number(&[*a, *b], 16)
    {
        return Some((byte, 3));
    }
    if let [.., b'\\', b'u', a, b, c, d] = text
        && let Some(byte) = number(&[*a, *b, *c, *d], 16)
    {
        return Some((byte, 6));
    }
    if text.last() != Some(&b';') {
        return None;
    }
    let length = text.iter().rev().take(LONGEST_ESCAPE).position(|byte| *byte == b'&')? + 1;
    let name = text.get(text.len() - length + 1..text.len() - 1)?.to_ascii_lowercase();
    let byte = match name.as_slice() {
        b"quot" => b'"',
        b"amp" => b'&',
        b"apos" => b'\'',
        b"lt" => b'<',
        b"gt" => b'>',
        [b'#', b'x', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        _ => return None,
    };
    Some((byte, length))
}

/// The number that digits stand for, if it is a byte.
fn number(digits: &[u8], radix: u32) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok()?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    u8::from_str_radix(digits, radix).ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_taken_out_wherever_it_stands() {
        let scrub = Scrub::new(["kit_0123"]);
        assert_eq!(scrub.text("key kit_0123, kit_0123"), "key [redacted], [redacted]");
        assert_eq!(scrub.text("cut kit_01"), "cut [redacted]");
        assert_eq!(scrub.text("kit_0123kit_0"), "[redacted][redacted]");
        assert_eq!(scrub.text("a kit"), "a kit");
        assert_eq!(scrub.text("\u{e9}"), "\u{e9}");
    }

    #[test]
    fn every_secret_is_taken_out_the_longest_first() {
        let scrub = Scrub::new(["kit_0123", "", "kit_0123456", "other"]);
        assert_eq!(scrub.text("other kit_01234567 kit_0123"), "[redacted] [redacted]7 [redacted]");
        // Secrets that overlap are taken out as one.
        let scrub = Scrub::new(["abcdef", "defghi"]);
        assert_eq!(scrub.text("-abcdefghi-"), "-[redacted]-");
    }

    #[test]
    fn an_escaped_secret_is_taken_out_too() {
        let secret = "k\"e\\y/<&>'+=%~{}";
        let scrub = Scrub::new([secret]);
        let each =
            |escape: &dyn Fn(u8) -> String| secret.bytes().map(escape).collect::<Vec<_>>().concat();
        let json = |text: &str| serde_json::to_string(text).unwrap();
        let forms = [
            secret.to_owned(),
            json(secret),
            json(&json(secret)),
            format!("{secret:?}"),
            secret.replace('/', "\\/"),
            secret.replace('<', "\\u003C").replace('&', "\\u0026").replace('>', "\\u003e"),
            each(&|byte| format!("%{byte:02X}")),
            each(&|byte| format!("&#{byte};")),
            each(&|byte| format!("&#x{byte:X};")),
            each(&|byte| format!("&#x{byte:04X};")),
            (secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
                .replace('"', "&quot;")
                .replace('\'', "&#39;"),
        ];
        for form in forms {
            let text = scrub.text(&format!("a{form}z"));
            assert!(text.matches("[redacted]").count() == 1 && text.len() <= 20, "{form}: {text}");
        }
    }

    #[test]
    fn a_secret_that_looks_like_an_escape_is_taken_out_too() {
        for secret in
            ["a%41b%2541c", "&lt;&lt;", "\\u0041\\u0042", "\\\\x\\\\", "%%%%", "&&&&&&&&&&"]
        {
            let scrub = Scrub::new([secret]);
            let json = serde_json::to_string(secret).unwrap();
            let url =
                secret.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
            for form in [secret, &json, &url] {
                let text = scrub.text(&format!("-{form}-"));
                assert!(text.contains("[redacted]") && !text.contains(form), "{form}: {text}");
            }
        }
        assert_eq!(Scrub::new(["\\\\"]).text("-\\\\\\-"), "-[redacted]\\-");
    }

    #[test]
    fn an_escaped_secret_may_be_cut_off() {
        for escape in [
            |byte: u8| format!("%{byte:02X}"),
            |byte: u8| format!("\\u{byte:04x}"),
            |byte: u8| format!("&#x{byte:x};"),
        ] {
            let escaped = "kit_0123".bytes().map(escape).collect::<Vec<_>>().concat();
            let telling = "kit_".bytes().map(escape).collect::<Vec<_>>().concat();
            for end in telling.len()..escaped.len() {
                let text = Scrub::new(["kit_0123"]).text(&escaped[..end]);
                assert_eq!(text, "[redacted]", "{}", &escaped[..end]);
            }
        }
    }

    /// Comparing byte by byte, with every escape tried at every byte, would take 2⁶⁴ steps.
    #[test]
    fn backslashes_cost_no_time() {
        for secret in
            ["\\".repeat(64), "\\".repeat(4096), "\\%".repeat(2048), "%5c\\&#92;".repeat(500)]
        {
            let body = secret.repeat(20) + &"\\".repeat(10_000);
            let excerpt = Scrub::new([secret.as_str()]).excerpt(body.as_bytes());
            assert!(!excerpt.contains(&secret));
        }
    }

    #[test]
    fn an_excerpt_is_short_and_on_one_line() {
        let scrub = Scrub::new([""]);
        assert_eq!(scrub.excerpt(b" <html>\r\n\x1b[31m "), "<html>   [31m");
        assert_eq!(scrub.excerpt("\u{e9}".repeat(200).as_bytes()), "\u{e9}".repeat(200));
        let cut = scrub.excerpt("\u{e9}".repeat(201).as_bytes());
        assert_eq!(cut, format!("{}\u{2026}", "\u{e9}".repeat(200)));
        assert_eq!(scrub.excerpt(b"\xff"), "\u{fffd}");
    }

    #[test]
    fn no_part_of_a_long_secret_shows_at_the_edge_of_the_window() {
        let secret = "s3cret-".repeat(2_000);
        for padding in (0..300).step_by(5) {
            let body = format!("{}{}", "-".repeat(padding), secret.repeat(3));
            assert!(
                !Scrub::new([secret.as_str()]).excerpt(body.as_bytes()).contains("s3cret"),
                "{padding}"
            );
        }
    }
}
