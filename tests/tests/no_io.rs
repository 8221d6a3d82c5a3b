//! `kit-core` does no I/O: neither through a dependency nor through the standard library.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// All that the core may stand on. None of them opens a socket, runs futures, or reads a clock, a
/// time zone or a random number.
const DEPENDENCIES: &[&str] = &[
    "bytes",
    "deranged",
    "http",
    "httpdate",
    "iri-string",
    "itoa",
    "memchr",
    "num-conv",
    "percent-encoding",
    "powerfmt",
    "proc-macro2",
    "quote",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_json",
    "serde_path_to_error",
    "subtle",
    "syn",
    "time",
    "time-core",
    "unicode-ident",
    "zeroize",
    "zmij",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The crates that the feature `authorize` adds, which is on by default. They do no I/O, either.
const AUTHORIZE: [&str; 2] = ["base64", "hmac-sha256"];

/// The crates that the feature `deliveries` adds. (`libc` tells what a processor can do, where it does not say so itself.)
const DELIVERIES: [&str; 13] = [
    "base64",
    "block-buffer",
    "cfg-if",
    "cmov",
    "cpufeatures",
    "crypto-common",
    "ctutils",
    "digest",
    "hmac",
    "hybrid-array",
    "libc",
    "sha2",
    "typenum",
];

/// The crates that the core stands on, itself included.
fn crates(features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--package", "kit-core", "--edges", "normal"])
        .args(features)
        .args(["--prefix", "none", "--format", "{p}", "--no-dedupe", "--locked", "--target", "all"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_core_stands_on_few_crates_that_do_no_io() {
    let with = |more: &[&str]| -> BTreeSet<String> {
        DEPENDENCIES
            .iter()
            .chain(["kit-core"].iter())
            .chain(more)
            .map(|&name| name.into())
            .collect()
    };
    assert_eq!(crates(&["--no-default-features"]), with(&[]));
    assert_eq!(crates(&[]), with(&AUTHORIZE));
    assert_eq!(crates(&["--no-default-features", "--features", "deliveries"]), with(&DELIVERIES));
}

/// Numbers of unknown parameters come back as they were only with this feature, which crates beside
/// the core may turn on too: the core has to do so itself.
#[test]
fn the_core_asks_for_exact_numbers() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let line = manifest.lines().find(|line| line.starts_with("serde_json = ")).unwrap();
    assert!(line.contains("\"float_roundtrip\""), "{line}");
    let core = std::fs::read_to_string(root().join("crates/kit-core/Cargo.toml")).unwrap();
    assert!(core.contains("\nserde_json = { workspace = true, features = [\"raw_value\"] }\n"));
}

/// How each item that `crates/kit-core/clippy.toml` refuses is used, where its path alone is not a
/// use of it: generic functions, methods, traits and types with parameters.
fn probe(kind: &str, path: &str) -> String {
    let expression = match path {
        "std::net::ToSocketAddrs" => {
            return "pub fn probe(_: impl std::net::ToSocketAddrs) {}".to_owned();
        }
        _ if kind == "disallowed-types" => {
            return format!("pub fn probe(_: &{path}) {{}}");
        }
        "std::env::var" | "std::env::var_os" => format!("{path}(\"A\")"),
        "std::fs::copy" | "std::fs::hard_link" | "std::fs::rename" | "std::fs::write" => {
            format!("{path}(\"a\", \"b\")")
        }
        "std::fs::set_permissions" => {
            return format!(
                "pub fn probe(p: std::fs::Permissions) {{ let _ = {path}(\"a\", p); }}"
            );
        }
        _ if path.starts_with("std::fs::") => format!("{path}(\"a\")"),
        "std::process::abort" => return format!("pub fn probe() {{ {path}(); }}"),
        "std::process::exit" => return format!("pub fn probe() {{ {path}(1); }}"),
        "std::env::set_current_dir" => format!("{path}(\"a\")"),
        "std::collections::HashMap::new" | "std::collections::HashSet::new" => {
            let (this, _) = path.rsplit_once("::").unwrap();
            let parameters = if this.ends_with("Map") { "u8, u8" } else { "u8" };
            format!("{this}::<{parameters}>::new()")
        }
        _ if path.starts_with("std::path::Path::") => {
            format!("std::path::Path::new(\"a\").{}()", &path["std::path::Path::".len()..])
        }
        "std::thread::park_timeout" | "std::thread::sleep" => {
            format!("{path}(std::time::Duration::ZERO)")
        }
        "std::thread::scope" => format!("{path}(|_| ())"),
        "std::thread::spawn" => format!("{path}(|| ())"),
        "std::time::Instant::elapsed" | "std::time::SystemTime::elapsed" => {
            let (this, _) = path.rsplit_once("::").unwrap();
            return format!("pub fn probe(time: &{this}) {{ let _ = time.elapsed(); }}");
        }
        _ => format!("{path}()"),
    };
    format!("pub fn probe() {{ let _ = {expression}; }}")
}

/// The kind and the path of each item that is refused.
fn refused() -> Vec<(String, String)> {
    let configuration = root().join("crates/kit-core/clippy.toml");
    let configuration = std::fs::read_to_string(configuration).unwrap();
    let mut kind = String::new();
    let mut refused = Vec::new();
    for line in configuration.lines() {
        if let Some((name, "[")) = line.split_once(" = ") {
            name.clone_into(&mut kind);
        } else if let Some(path) = line.trim().strip_prefix('"') {
            refused.push((kind.clone(), path.trim_end_matches("\",").to_owned()));
        }
    }
    refused
}

/// The output of clippy for a source, with the configuration and the lint levels of the core.
fn clippy(name: &str, source: &str) -> (bool, String) {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("probe.rs");
    std::fs::write(&file, source).unwrap();
    let rustc = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap();
    let sysroot = String::from_utf8(rustc.stdout).unwrap().trim().to_owned();
    let output = Command::new(Path::new(&sysroot).join("bin/clippy-driver"))
        .env("CLIPPY_CONF_DIR", root().join("crates/kit-core"))
        .args(["--sysroot", &sysroot, "--edition", "2024", "--crate-type", "lib"])
        .args(["--emit", "metadata", "--out-dir"])
        .arg(&directory)
        .arg("--error-format=short")
        .arg(&file)
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn clippy_refuses_io_in_the_core() {
    // The line of the core that turns the lints on.
    let core = std::fs::read_to_string(root().join("crates/kit-core/src/lib.rs")).unwrap();
    let levels = "#![forbid(clippy::disallowed_types, clippy::disallowed_methods)]";
    assert!(core.lines().any(|line| line == levels), "the lints are off");

    let refused = refused();
    let required = [
        "std::net::TcpStream",
        "std::fs::File",
        "std::env::var",
        "std::thread::spawn",
        "std::time::Instant::now",
        "std::time::SystemTime::now",
    ];
    for path in required {
        assert!(refused.iter().any(|(_, refused)| refused == path), "{path} is not refused");
    }

    // Line n of the source holds the probe of item n, in a module of its own.
    let mut source = levels.to_owned();
    for (index, (kind, path)) in refused.iter().enumerate() {
        write!(source, "\npub mod p{index} {{ {} }}", probe(kind, path)).unwrap();
    }
    let (success, said) = clippy("refused", &source);
    assert!(!success);
    for (index, (kind, path)) in refused.iter().enumerate() {
        let place = format!("probe.rs:{}:", index + 2);
        let lint =
            if kind == "disallowed-types" { "a disallowed type" } else { "a disallowed method" };
        let found = said.lines().any(|line| {
            line.contains(&place) && line.contains(lint) && line.contains(&format!("`{path}`"))
        });
        assert!(found, "{path} is not refused:\n{said}");
    }
}

#[test]
fn clippy_allows_what_the_core_is_for() {
    let (success, said) = clippy(
        "allowed",
        "#![forbid(clippy::disallowed_types, clippy::disallowed_methods)]\n\
         pub fn later(now: std::time::SystemTime) -> std::time::SystemTime {\n\
             now + std::time::Duration::from_secs(1)\n\
         }",
    );
    assert!(success && said.is_empty(), "{said}");
}
