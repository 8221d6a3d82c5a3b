//! README, guides and other documents name what there is. Their code is compiled as documentation tests.

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use kit_tests::events::DOCUMENTED;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The names of what is in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn documents() -> Vec<PathBuf> {
    let of = |folder: PathBuf| names(&folder).into_iter().map(move |name| folder.join(name));
    let all = of(root()).chain(of(root().join("docs"))).chain(of(root().join("benches")));
    all.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

#[test]
fn each_link_of_a_document_leads_to_a_file() {
    let mut count = 0;
    for document in documents() {
        let text = read_to_string(&document).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            if target.contains("://") || target.is_empty() || target.contains(' ') {
                continue;
            }
            let path = document.parent().unwrap().join(target);
            assert!(path.exists(), "{} links to {target}", document.display());
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn the_readme_links_each_resource_and_each_guide() {
    let readme = read_to_string(root().join("README.md")).unwrap();
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| [`")?.split_once("`]("));
    let listed: Vec<String> =
        rows.map(|(name, rest)| format!("{name}: {}", rest.split_once(") |").unwrap().0)).collect();
    let api = root().join("crates/kit-core/src/api");
    let resources = names(&api).into_iter().filter(|name| api.join(name).is_dir());
    let expected: Vec<String> =
        resources.map(|name| format!("{name}: crates/kit-core/src/api/{name}/mod.rs")).collect();
    assert_eq!(listed, expected);
    let docs = root().join("docs");
    let guides = names(&docs).into_iter().filter(|name| docs.join(name).is_file());
    let pictures = names(&docs.join("pictures")).into_iter().map(|name| format!("pictures/{name}"));
    for file in guides.chain(pictures) {
        assert!(readme.contains(&format!("](docs/{file})")), "{file}");
    }
}

#[test]
fn the_guide_to_webhooks_has_every_event_with_its_parameter() {
    let guide = read_to_string(root().join("docs/webhooks.md")).unwrap();
    let rows: Vec<_> = guide.lines().filter(|line| line.contains("| `Event::")).collect();
    assert_eq!(rows.len(), DOCUMENTED.len());
    for ((name, parameter), row) in DOCUMENTED.into_iter().zip(rows) {
        let variant: String = name.split_once('.').unwrap().1.split('_').map(capitalized).collect();
        let parameter = parameter.map_or(String::new(), |parameter| format!(" {{ {parameter} }}"));
        assert!(row.ends_with(&format!("| `Event::{variant}{parameter}` | `{name}` |")), "{row}");
    }
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}
