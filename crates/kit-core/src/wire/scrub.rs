//! Text from outside, made fit to be shown: short, on one line, and without secrets.

use std::borrow::Cow;

const REDACTED: &str = "[redacted]";

/// How many characters an excerpt has at most.
const EXCERPT: usize = 200;

/// How many bytes of a text are looked at for an excerpt, besides the length of the longest secret:
/// more than enough for [`EXCERPT`] characters of four bytes, redactions included.
const WINDOW: usize = 8 * 1024;

/// From how many characters on the beginning of a secret at the end of a text counts as part of it.
const TELLING: usize = 4;

/// How the escapes begin that are seen through: those of JSON, of URLs and of HTML.
const ESCAPES: &[u8] = b"\\%&";

/// Takes secrets out of texts.
#[derive(Clone)]
pub(crate) struct Scrub<'a> {
    secrets: Vec<&'a str>,
}

impl<'a> Scrub<'a> {
    /// An empty secret stands for none.
    pub(crate) fn new(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        Self { secrets: secrets.into_iter().filter(|secret| !secret.is_empty()).collect() }
    }

    /// The whole text, without the secrets and on one line.
    pub(crate) fn text(&self, text: &str) -> String {
        let text = self.without_secrets(text);
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }

    /// The beginning of a body, on one line; cut with `…` where there is more.
    pub(crate) fn excerpt(&self, body: &[u8]) -> String {
        let longest = self.secrets.iter().map(|secret| secret.len()).max().unwrap_or_default();
        let window = body.get(..WINDOW + longest).unwrap_or(body);
        let text = self.text(&String::from_utf8_lossy(window));
        let text = text.trim();
        match text.char_indices().nth(EXCERPT) {
            Some((end, _)) => format!("{}\u{2026}", text.get(..end).unwrap_or_default()),
            None => text.into(),
        }
    }

    fn without_secrets<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let bytes = text.as_bytes();
        let mut clean = String::new();
        let (mut kept, mut at) = (0, 0);
        while at < bytes.len() {
            let ends = self.secrets.iter().filter_map(|secret| end_of(secret, bytes, at));
            if let Some(end) = ends.max() {
                // What matches begins and ends at characters, as secrets do.
                clean.push_str(text.get(kept..at).unwrap_or_default());
                clean.push_str(REDACTED);
                (kept, at) = (end, end);
            } else {
                at += 1;
            }
        }
        if kept == 0 {
            return text.into();
        }
        clean.push_str(text.get(kept..).unwrap_or_default());
        clean.into()
    }
}

/// Where the secret ends, if it begins here: as it is, or escaped as JSON, HTML and URLs do. The end of
/// the text may cut it off: a body that ends in the middle still shows most of it.
fn end_of(secret: &str, text: &[u8], start: usize) -> Option<usize> {
    let first = text.get(start)?;
    if secret.as_bytes().first() != Some(first) && !ESCAPES.contains(first) {
        return None;
    }
    let mut ends = vec![start];
    for (index, byte) in secret.bytes().enumerate() {
        let cut_off = |end: &usize| match text.get(*end..).unwrap_or_default() {
            [] => true,
            [first, rest @ ..] => rest.len() < 5 && ESCAPES.contains(first),
        };
        if index >= TELLING && ends.iter().any(cut_off) {
            return Some(text.len());
        }
        ends = ends.iter().flat_map(|end| behind(text, *end, byte)).collect();
        if ends.is_empty() {
            return None;
        }
    }
    ends.into_iter().max().filter(|end| *end > start)
}

/// Where the text goes on behind this byte, for each of the ways in which it may be written here.
fn behind(text: &[u8], at: usize, byte: u8) -> Vec<usize> {
    let Some(rest @ [first, ..]) = text.get(at..) else { return Vec::new() };
    let literal = (*first == byte).then_some(at + 1);
    if !ESCAPES.contains(first) {
        return literal.into_iter().collect();
    }
    let name = match byte {
        b'"' => "quot",
        b'&' => "amp",
        b'\'' => "apos",
        b'<' => "lt",
        b'>' => "gt",
        _ => "",
    };
    let escaped = [
        format!("\\{}", char::from(byte)),
        format!("\\u{byte:04x}"),
        format!("%{byte:02x}"),
        format!("&{name};"),
        format!("&#{byte};"),
        format!("&#x{byte:x};"),
    ];
    let written = |form: &String| {
        let same = rest.get(..form.len()).is_some_and(|t| t.eq_ignore_ascii_case(form.as_bytes()));
        same.then_some(at + form.len())
    };
    literal.into_iter().chain(escaped.iter().filter_map(written)).collect()
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
    }

    #[test]
    fn an_escaped_secret_is_taken_out_too() {
        let secret = "k\"e\\y/<&>'+=%~{}";
        let scrub = Scrub::new([secret]);
        let each =
            |escape: &dyn Fn(u8) -> String| secret.bytes().map(escape).collect::<Vec<_>>().concat();
        let forms = [
            secret.to_owned(),
            serde_json::to_string(secret).unwrap(),
            format!("{secret:?}"),
            secret.replace('/', "\\/"),
            secret.replace('<', "\\u003C").replace('&', "\\u0026").replace('>', "\\u003e"),
            each(&|byte| format!("%{byte:02X}")),
            each(&|byte| format!("&#{byte};")),
            each(&|byte| format!("&#x{byte:X};")),
            (secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
                .replace('"', "&quot;")
                .replace('\'', "&#39;"),
        ];
        for form in forms {
            let text = scrub.text(&format!("a{form}z"));
            assert!(text.matches("[redacted]").count() == 1 && text.len() <= 14, "{text}");
        }
    }

    #[test]
    fn an_escaped_secret_may_be_cut_off() {
        let escaped = b"kit_0123".map(|byte| format!("%{byte:02X}")).concat();
        for end in 12..escaped.len() {
            let text = Scrub::new(["kit_0123"]).text(&escaped[..end]);
            assert_eq!(text, "[redacted]", "{end}");
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
