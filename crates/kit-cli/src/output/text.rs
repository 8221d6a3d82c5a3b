use std::borrow::Cow;

/// The text without control characters, which other people's names could command the terminal by: each becomes a space,
/// a replacement character or a visible sign. Line ends stay.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| {
        let is_invisible = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
        (c.is_control() && c != '\n') || is_invisible
    };
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
}
