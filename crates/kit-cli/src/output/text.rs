use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character could command the terminal, or turn the order of what is beside it. Line ends do not.
fn is_control(c: char) -> bool {
    let turns =
        matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    (c.is_control() && c != '\n') || turns
}

/// The text without control characters, which other people's names could command the terminal by: each is replaced. Line
/// ends stay.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(is_control) {
        return text.into();
    }
    text.chars()
        .map(|c| match c {
            '\t' => ' ',
            c if is_control(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// JSON whose control characters are escapes, so that it is the same JSON.
pub(crate) fn escaped(json: &str) -> Cow<'_, str> {
    if !json.contains(is_control) {
        return json.into();
    }
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_control(c) {
            // They are all of one unit. Writing to a string does not fail.
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        } else {
            text.push(c);
        }
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_commands_the_terminal() {
        assert_eq!(plain("Ann\nLee"), "Ann\nLee");
        assert_eq!(plain("\u{1b}[31mred\u{7}\u{9b}2J"), "\u{fffd}[31mred\u{fffd}\u{fffd}2J");
        assert_eq!(plain("a\tb\r"), "a b\u{fffd}");
        assert_eq!(plain("evil\u{202e}txt.exe"), "evil\u{fffd}txt.exe");
    }

    #[test]
    fn escaped_json_is_the_same_json() {
        let value = serde_json::json!("a\u{7f}\u{9b}2J\u{202e}\u{1b}\n\té");
        let text = escaped(&value.to_string()).into_owned();
        assert!(!text.contains(is_control), "{text:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
