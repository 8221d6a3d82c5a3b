//! Text from outside, made fit to be shown: short, on one line, and without the credential.

use std::borrow::Cow;

const REDACTED: &str = "[redacted]";

/// How many characters an excerpt has at most.
const EXCERPT: usize = 200;

/// How many bytes of a text are looked at for an excerpt, besides the length of the secret: more
/// than enough for [`EXCERPT`] characters of four bytes, redactions included.
const WINDOW: usize = 8 * 1024;

/// From how many characters on the beginning of a secret at the end of a text counts as part of it.
const TELLING: usize = 4;

/// Takes the secret out of texts. An empty secret stands for none.
#[derive(Clone, Copy)]
pub(crate) struct Scrub<'a> {
    secret: &'a str,
}

impl<'a> Scrub<'a> {
    pub(crate) fn new(secret: &'a str) -> Self {
        Self { secret }
    }

    /// The whole text, without the secret and on one line.
    pub(crate) fn text(&self, text: &str) -> String {
        let text = self.without_secret(text);
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }

    /// The beginning of a body, on one line; cut with `…` where there is more.
    pub(crate) fn excerpt(&self, body: &[u8]) -> String {
        let window = body.get(..WINDOW + self.secret.len()).unwrap_or(body);
        let text = self.text(&String::from_utf8_lossy(window));
        let text = text.trim();
        match text.char_indices().nth(EXCERPT) {
            Some((end, _)) => format!("{}\u{2026}", text.get(..end).unwrap_or_default()),
            None => text.into(),
        }
    }

    fn without_secret<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.secret.is_empty() {
            return text.into();
        }
        let mut text = if text.contains(self.secret) {
            Cow::Owned(text.replace(self.secret, REDACTED))
        } else {
            Cow::Borrowed(text)
        };
        // A body that was cut off in the middle of the secret still shows most of it.
        let longest = self.secret.len().min(text.len());
        for length in (TELLING..=longest).rev() {
            let start = text.len() - length;
            if self.secret.as_bytes().starts_with(text.as_bytes().get(start..).unwrap_or_default())
            {
                // The secret is ASCII, so what matches it begins and ends at characters.
                text.to_mut().truncate(start);
                text.to_mut().push_str(REDACTED);
                break;
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_taken_out_wherever_it_stands() {
        let scrub = Scrub::new("kit_0123");
        assert_eq!(scrub.text("key kit_0123, kit_0123"), "key [redacted], [redacted]");
        assert_eq!(scrub.text("cut kit_01"), "cut [redacted]");
        assert_eq!(scrub.text("kit_0123kit_0"), "[redacted][redacted]");
        assert_eq!(scrub.text("a kit"), "a kit");
        assert_eq!(scrub.text("\u{e9}"), "\u{e9}");
    }

    #[test]
    fn an_excerpt_is_short_and_on_one_line() {
        let scrub = Scrub::new("");
        assert_eq!(scrub.excerpt(b" <html>\r\n\x1b[31m "), "<html>   [31m");
        assert_eq!(scrub.excerpt("\u{e9}".repeat(200).as_bytes()), "\u{e9}".repeat(200));
        let cut = scrub.excerpt("\u{e9}".repeat(201).as_bytes());
        assert_eq!(cut, format!("{}\u{2026}", "\u{e9}".repeat(200)));
        assert_eq!(scrub.excerpt(b"\xff"), "\u{fffd}");
    }

    #[test]
    fn no_part_of_a_long_secret_shows_at_the_edge_of_the_window() {
        let secret = "s3cret-".repeat(2_000);
        for padding in 0..300 {
            let body = format!("{}{}", "-".repeat(padding), secret.repeat(3));
            assert!(!Scrub::new(&secret).excerpt(body.as_bytes()).contains("s3cret"), "{padding}");
        }
    }
}
