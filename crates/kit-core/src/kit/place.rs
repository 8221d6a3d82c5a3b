//! Places in a JSON text: the name of the field that a reader stumbled over.

use std::fmt::Write as _;

/// The path to the value at a byte of a JSON text, such as `subscribers[3].state`. Empty for the outermost
/// value.
///
/// `serde_json` tells lines and columns; people want names.
pub(crate) fn path_at(json: &[u8], offset: usize) -> String {
    let mut open: Vec<Frame> = Vec::new();
    let mut at = 0;
    while at < offset.min(json.len()) {
        let Some(byte) = json.get(at) else { break };
        at += 1;
        match byte {
            b'{' => open.push(Frame::Object { key: None, expects_key: true }),
            b'[' => open.push(Frame::Array { index: 0 }),
            b'}' | b']' => {
                open.pop();
            }
            b',' => match open.last_mut() {
                Some(Frame::Object { expects_key, .. }) => *expects_key = true,
                Some(Frame::Array { index }) => *index += 1,
                None => {}
            },
            b'"' => {
                let start = at;
                at = end_of_string(json, at);
                if let Some(Frame::Object { key, expects_key: expects_key @ true }) =
                    open.last_mut()
                {
                    let text = json.get(start..at.saturating_sub(1)).unwrap_or_default();
                    *key = Some(String::from_utf8_lossy(text).into_owned());
                    *expects_key = false;
                }
            }
            _ => {}
        }
    }
    let mut path = String::new();
    for frame in &open {
        match frame {
            Frame::Object { key: Some(key), .. } => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
            Frame::Object { key: None, .. } => {}
            // Writing to a string does not fail.
            Frame::Array { index } => drop(write!(path, "[{index}]")),
        }
    }
    path
}

enum Frame {
    Object { key: Option<String>, expects_key: bool },
    Array { index: usize },
}

/// The offset after the closing quote of a string whose text begins at `start`.
fn end_of_string(json: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(byte) = json.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    json.len()
}

/// The byte at a line and a column as `serde_json` counts them, from 1 on.
pub(crate) fn offset_of(json: &[u8], line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match json.get(start..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n')) {
            Some(end) => start += end + 1,
            None => break,
        }
    }
    start.saturating_add(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_that_of_the_value_at_the_byte() {
        let json = br#"{"a": 1, "b": {"c": [true, {"d": "x,\"}]y"}, 5]}, "e": null}"#;
        for (text, path) in
            [("1", "a"), ("true", "b.c[0]"), ("x,", "b.c[1].d"), ("5", "b.c[2]"), ("null", "e")]
        {
            let offset = String::from_utf8_lossy(json).find(text).unwrap() + 1;
            assert_eq!(path_at(json, offset), path, "{text}");
        }
        assert_eq!(path_at(json, json.len()), "");
        assert_eq!(path_at(json, usize::MAX), "");
    }

    #[test]
    fn malformed_json_does_not_panic() {
        for json in ["", "\"", "\"\\", "}}]]", "{\"a\":[", ",,,", "[[[[", "{\"a\"\"b\""] {
            for offset in 0..10 {
                path_at(json.as_bytes(), offset);
                offset_of(json.as_bytes(), offset, offset);
            }
        }
    }

    #[test]
    fn lines_and_columns_are_counted_from_one() {
        assert_eq!(offset_of(b"ab\ncd\nef", 1, 1), 1);
        assert_eq!(offset_of(b"ab\ncd\nef", 3, 2), 8);
        assert_eq!(offset_of(b"ab", 9, 9), 9);
    }
}
