//! The README's table of events; its code is compiled as documentation tests.

use kit_tests::events::DOCUMENTED;

#[test]
fn the_table_has_every_event_with_its_parameter() {
    let readme = include_str!("../../../README.md");
    let rows: Vec<_> = readme.lines().filter(|line| line.contains("| `Event::")).collect();
    assert_eq!(rows.len(), DOCUMENTED.len());
    for ((name, parameter), row) in DOCUMENTED.into_iter().zip(rows) {
        let variant: String = name.split_once('.').unwrap().1.split('_').map(capitalized).collect();
        let parameter = parameter.map_or(String::new(), |parameter| format!(" {{ {parameter} }}"));
        assert!(row.ends_with(&format!("| `Event::{variant}{parameter}` | `{name}` |")), "{row}");
    }
}

fn capitalized(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}
