//! `cargo xtask`: a command for each habit.

mod ci;
mod step;

use std::process::ExitCode;

use step::{Failed, cargo, title};

const HELP: &str = "\
A command for each habit.

Usage: cargo xtask COMMAND

Commands:
  check   format and lints: under a minute on a warm tree
  test    all tests
  docs    the documentation, which is then in target/doc
  bench   what the client costs, beside the least that it could cost
  pictures
          the pictures of the README, drawn anew by Chromium
  ci      all that has to hold before anything lands (.ci/run installs what it needs, and runs it)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match (arguments.first().map(String::as_str), arguments.get(1)) {
        (Some("check"), None) => check(),
        (Some("test"), None) => test(),
        (Some("docs"), None) => docs(),
        (Some("bench"), None) => bench(),
        (Some("pictures"), None) => pictures(),
        (Some("ci"), None) => ci::run(),
        (None | Some("help" | "-h" | "--help"), None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("unknown command: {}\n\n{HELP}", arguments.join(" "));
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(command)) => {
            eprintln!("failed: {command}");
            ExitCode::FAILURE
        }
    }
}

fn check() -> Result<(), Failed> {
    title("Format");
    cargo("fmt --all --check").run()?;
    title("Lints");
    cargo("clippy --quiet --workspace --all-targets --locked -- -D warnings").run()
}

/// The tests of all packages but the benches: what `cargo test` does.
fn test() -> Result<(), Failed> {
    title("Tests");
    cargo("test --locked").run()
}

fn docs() -> Result<(), Failed> {
    title("Documentation");
    cargo("doc --quiet --locked --workspace --no-deps --all-features")
        .with("RUSTDOCFLAGS", "-D warnings")
        .run()
}

/// Into `docs/pictures`.
fn pictures() -> Result<(), Failed> {
    title("Pictures");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/pictures");
    cargo("test --quiet --locked --package kit-emulator --test page pictures -- --ignored")
        .with("KIT_PICTURES", folder)
        .run()
}

fn bench() -> Result<(), Failed> {
    title("Benches");
    cargo("run --release --locked --package kit-benches --bin ratios").run()
}
