//! All that has to hold before anything lands.

use crate::step::{Failed, cargo, script, title};

/// The modules of the tests that depend on TLS, and on how `serde_json` reads numbers.
const OF_FEATURES: &str =
    "hyper:: misbehaving:: proxies:: settings:: tls:: round_trips:: transports::";

pub(crate) fn run() -> Result<(), Failed> {
    crate::check()?;
    cargo("clippy --quiet --workspace --all-targets --all-features --locked -- -D warnings")
        .run()?;
    crate::test()?;

    title("Tests over the platform's TLS, with numbers of any precision");
    let features = "native-tls,serde_json/arbitrary_precision";
    let tests = format!("test --quiet --locked --package kit-tests --features {features}");
    cargo(&format!("{tests} --test secrets")).run()?;
    cargo(&format!("{tests} --test suite -- {OF_FEATURES}")).run()?;
    let of_core = "test --quiet --locked --package kit-core --lib";
    cargo(&format!("{of_core} --features serde_json/arbitrary_precision")).run()?;
    let of_events = "test --quiet --locked --package kit-optimized-tests";
    cargo(&format!("{of_events} --features serde_json/arbitrary_precision")).run()?;

    title("Credentials in the system's keyring");
    let of_keyring = "test --quiet --locked --package kit-cli --features keyring";
    cargo(&format!("{of_keyring} keyring")).run()?;

    title("Combinations of features");
    for package in ["kit-ureq", "kit-hyper"] {
        for features in ["", "rustls", "native-tls", "rustls,native-tls", "platform-verifier"] {
            lint(package, features)?;
        }
    }
    for features in ["", "authorize", "deliveries", "tracing", "authorize,deliveries,tracing"] {
        lint("kit-core", features)?;
    }
    for package in ["kit-postgres", "kit-redis"] {
        for features in ["", "async", "blocking"] {
            lint(package, features)?;
        }
    }
    lint("kit-redis", "blocking,seen")?;
    let transports = "test --quiet --locked --package kit-ureq --package kit-hyper";
    cargo(&format!("{transports} --no-default-features --lib")).run()?;
    cargo("test --quiet --locked --package kit-core --no-default-features").run()?;

    crate::docs()?;
    title("Examples against the local Kit");
    script("examples.sh").run()?;
    title("An app of many accounts, as two processes of which one is killed");
    script("many_accounts.sh").run()?;
    title("Fuzz targets, each for twenty seconds");
    script("fuzz.sh").run()?;
    title("Benches, each once");
    cargo("test --quiet --locked --package kit-benches --benches").run()?;
    title("Done");
    Ok(())
}

fn lint(package: &str, features: &str) -> Result<(), Failed> {
    let lint = format!("clippy --quiet --locked --package {package} --no-default-features");
    cargo(&format!("{lint} --features={features} -- -D warnings")).run()
}
