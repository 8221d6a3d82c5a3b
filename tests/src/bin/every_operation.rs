//! Sends every operation once with the fewest and once with all its parameters, to any server that is like Kit, and
//! prints a line of JSON for each call. Credentials come from the environment: `KIT_ACCESS_TOKEN`, else
//! `KIT_API_KEY`.
//!
//! The program creates what it needs, and leaves it behind. It sends no email: what it schedules is for the year 2099.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use kit_core::settings::{Pacing, Settings};
use kit_core::{Credentials, RetryPolicy};
use kit_tests::every_operation::{Ids, run};
use kit_tests::facts::{Operation, Variant};
use kit_tests::operations::AnyOperation;
use kit_ureq::Client;
use lexopt::prelude::{Long, Short, ValueExt as _};

const HELP: &str = "\
Sends every operation once with the fewest and once with all its parameters.

Usage: every_operation --base-url URL [options]

Options:
  --base-url URL   the server, such as http://127.0.0.1:4010
  --only PATTERN   the operations alone whose names contain this, such as 'GET /v4/tags'
  --minimal        with the fewest parameters alone
  --full           with all parameters alone
  --id KIND=ID     an id that exists at the server, such as tag=4; otherwise one is found or made
  -h, --help       print this help

KIT_ACCESS_TOKEN, or else KIT_API_KEY, is the credential.
";

struct Options {
    base_url: String,
    only: String,
    variants: Vec<Variant>,
    ids: BTreeMap<String, u64>,
}

fn main() -> ExitCode {
    match parse() {
        Ok(Some(options)) => match every_operation(options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("every_operation: {error}");
                ExitCode::FAILURE
            }
        },
        Ok(None) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("every_operation: {error}\n\nSee every_operation --help");
            ExitCode::from(2)
        }
    }
}

fn parse() -> Result<Option<Options>, lexopt::Error> {
    let mut arguments = lexopt::Parser::from_env();
    let (mut base_url, mut only, mut ids) = (None, String::new(), BTreeMap::new());
    let (mut minimal, mut full) = (false, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("base-url") => base_url = Some(arguments.value()?.string()?),
            Long("only") => only = arguments.value()?.string()?,
            Long("minimal") => minimal = true,
            Long("full") => full = true,
            Long("id") => {
                let text = arguments.value()?.string()?;
                let id = text.split_once('=').and_then(|(kind, id)| Some((kind, id.parse().ok()?)));
                let (kind, id) = id.ok_or_else(|| format!("--id: {text:?} is not KIND=ID"))?;
                ids.insert(kind.to_owned(), id);
            }
            Short('h') | Long("help") => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    let variants = match (minimal, full) {
        (true, false) => vec![Variant::Minimal],
        (false, true) => vec![Variant::Full],
        _ => vec![Variant::Minimal, Variant::Full],
    };
    let base_url = base_url.ok_or("--base-url is missing")?;
    Ok(Some(Options { base_url, only, variants, ids }))
}

fn every_operation(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let credentials = match (variable("KIT_ACCESS_TOKEN"), variable("KIT_API_KEY")) {
        (Some(token), _) => Credentials::access_token(token),
        (None, Some(key)) => Credentials::api_key(key),
        (None, None) => return Err("neither KIT_ACCESS_TOKEN nor KIT_API_KEY is set".into()),
    };
    let mut settings = Settings::default();
    settings.plaintext_base_url = Some(options.base_url);
    // The answers of the server are to be seen, and soon: a server that is too busy says so itself.
    settings.pacing = Pacing::None;
    settings.retry = RetryPolicy::default().with_attempts(2);
    let client = Client::builder().settings(settings).build(credentials)?;
    let send = |_: &Operation, operation: &dyn AnyOperation| operation.send(&client);
    // So that two runs do not meet.
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let mut ids = Ids::new(&send, options.ids, now.to_string());
    let mut failed = None;
    run(&mut ids, &options.only, &options.variants, |line| {
        let json = serde_json::to_string(line).expect("a line is JSON");
        if let Err(error) = writeln!(io::stdout(), "{json}") {
            failed = Some(error);
        }
    });
    failed.map_or(Ok(()), |error| Err(error.into()))
}
