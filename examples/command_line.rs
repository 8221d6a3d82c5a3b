//! The command line of the examples that create a webhook, where Kit is, and how an example ends.

use std::env;
use std::error::Error as StdError;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;

use kit_core::webhooks::Event;
use kit_core::{Credentials, Error};
use kit_emulator::Emulator;
use lexopt::prelude::{Long, Short, ValueExt as _};

const HELP: &str = "\
Creates a webhook: Kit calls a URL of yours when something happens.

Usage: cargo run --example EXAMPLE -- [options]

Options:
  --event NAME       what happens             [default: subscriber.subscriber_activate]
  --parameter VALUE  the id of the form, sequence, tag, product or custom field, or the URL of the
                     link; for the events that require one
  --target-url URL   the URL that Kit calls   [default: https://example.com/kit]
  -h, --help         print this help

Events:
";

const ENVIRONMENT: &str = "
Environment:
  KIT_API_KEY        as whom; without it, a local Kit is started and used
  KIT_BASE_URL       where Kit is             [default: https://api.kit.com]";

/// An [`Error`] of the client's, or what else keeps a program from running.
pub type Failure = Box<dyn StdError>;

/// The webhook that the command line describes.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// The name of the event.
    pub event: String,
    /// Its parameter.
    pub parameter: Option<String>,
    /// The URL that Kit calls.
    pub target_url: String,
}

/// Reads the command line, and lets `run` do what it says.
///
/// The exit code is 0 when it was done, 2 for bad input, and 1 for any other failure.
pub fn main(run: impl FnOnce(&Arguments) -> Result<(), Failure>) -> ExitCode {
    finish(match Arguments::parse(lexopt::Parser::from_env()) {
        Ok(Some(arguments)) => run(&arguments),
        Ok(None) => {
            say(help());
            Ok(())
        }
        Err(error) => Err(error.into()),
    })
}

impl Arguments {
    /// `None` where help is asked for.
    fn parse(mut arguments: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut this = Self {
            event: "subscriber.subscriber_activate".to_owned(),
            parameter: None,
            target_url: "https://example.com/kit".to_owned(),
        };
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("event") => this.event = arguments.value()?.string()?,
                Long("parameter") => this.parameter = Some(arguments.value()?.string()?),
                Long("target-url") => this.target_url = arguments.value()?.string()?,
                Short('h') | Long("help") => return Ok(None),
                _ => return Err(argument.unexpected()),
            }
        }
        Ok(Some(this))
    }
}

/// The address of Kit, and the credentials.
#[derive(Debug)]
pub struct Where {
    base_url: String,
    credentials: Credentials,
    /// The local Kit, where it is one: it stops with this.
    emulator: Option<Emulator>,
}

impl Where {
    /// Reads the environment; without an API key, a local Kit is started.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the environment says what cannot be used.
    pub fn find() -> Result<Self, Failure> {
        let (key, url) = (variable("KIT_API_KEY")?, variable("KIT_BASE_URL")?);
        let Some(key) = key else {
            let emulator = Emulator::start()?;
            say("KIT_API_KEY is not set: this is a local Kit, which is gone afterwards.");
            if url.is_some() {
                say("KIT_BASE_URL is not used without a key.");
            }
            return Ok(Self {
                base_url: emulator.base_url().to_owned(),
                credentials: Credentials::api_key(emulator.api_key()),
                emulator: Some(emulator),
            });
        };
        let base_url = url.unwrap_or_else(|| "https://api.kit.com".to_owned());
        Ok(Self { base_url, credentials: Credentials::api_key(key), emulator: None })
    }

    /// The URL before the operations' paths.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The local Kit, where it is one.
    pub fn emulator(&self) -> Option<&Emulator> {
        self.emulator.as_ref()
    }

    /// The API key.
    pub fn credentials(&self) -> Credentials {
        self.credentials.clone()
    }
}

/// A line for whoever listens: what was done is done, if nobody does.
pub fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Reads the environment.
///
/// # Errors
///
/// [`Error::Input`] where it is not UTF-8.
pub fn variable(name: &'static str) -> Result<Option<String>, Error> {
    let text =
        |value: OsString| value.into_string().map_err(|_| Error::input(name, "is not UTF-8"));
    env::var_os(name).map(text).transpose()
}

fn help() -> String {
    let mut help = HELP.to_owned();
    for name in Event::NAMES {
        help.push_str("  ");
        help.push_str(name);
        if let Err(Error::Input { field, .. }) = Event::named(name, None) {
            help.push_str(" requires ");
            help.push_str(field.trim_start_matches("event."));
        }
        help.push('\n');
    }
    help + ENVIRONMENT
}

/// Prints what went wrong, if something did. The exit code is 0 where nothing did, 2 for bad input, and 1 for any
/// other failure.
pub fn finish(outcome: Result<(), Failure>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    let is_bad_input = match error.downcast_ref::<Error>() {
        Some(Error::Input { .. }) => true,
        Some(error) if error.may_have_been_applied() => {
            eprintln!("It may have been done all the same: look before you try again.");
            false
        }
        Some(_) => false,
        None => error.is::<lexopt::Error>(),
    };
    if is_bad_input {
        eprintln!("See --help.");
        return ExitCode::from(2);
    }
    ExitCode::FAILURE
}
