//! The command line of the examples that create a webhook, where Kit is, and what is printed.

use std::env;
use std::error::Error as StdError;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;

use kit_core::webhooks::{CreateWebhook, Event, Webhook};
use kit_core::{Credentials, Error, Kit};
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
  KIT_BASE_URL       where Kit is             [default: https://api.kit.com]
  NO_PROXY           set it to 127.0.0.1 for a local Kit, where the environment has a proxy";

/// An [`Error`] of the client's, or what else keeps a program from running.
pub type Failure = Box<dyn StdError>;

/// Where Kit is, and as whom to talk to it.
#[derive(Debug)]
pub struct Where {
    /// The URL before the operations' paths.
    pub base_url: String,
    /// The API key.
    pub credentials: Credentials,
    /// The local Kit, where it is one: it stops with this.
    _emulator: Option<Emulator>,
}

/// Reads the command line, lets `send` create the webhook, and prints what came of it.
///
/// The exit code is 0 when it was created, 2 for bad input, and 1 for any other failure.
pub fn run(send: impl FnOnce(&Where, &CreateWebhook) -> Result<Webhook, Failure>) -> ExitCode {
    let created = match parse(lexopt::Parser::from_env()) {
        Ok(Command::Help) => {
            say(help());
            return ExitCode::SUCCESS;
        }
        Ok(Command::Create(create)) => Where::find().and_then(|at| {
            say(format_args!("Creating a webhook for {} at {}", create.event(), at.base_url));
            send(&at, &create)
        }),
        Err(error) => Err(error),
    };
    match created {
        Ok(Webhook { id, account_id, event, target_url, .. }) => {
            say(format_args!("Created webhook {id} of account {account_id}:"));
            say(format_args!("  event       {event}\n  target URL  {target_url}"));
            ExitCode::SUCCESS
        }
        Err(error) => fail(&*error),
    }
}

/// A line for whoever listens: what was done is done, if nobody does.
pub fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

enum Command {
    Create(CreateWebhook),
    Help,
}

fn parse(mut arguments: lexopt::Parser) -> Result<Command, Failure> {
    let mut event = "subscriber.subscriber_activate".to_owned();
    let mut parameter = None;
    let mut target_url = "https://example.com/kit".to_owned();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("event") => event = arguments.value()?.string()?,
            Long("parameter") => parameter = Some(arguments.value()?.string()?),
            Long("target-url") => target_url = arguments.value()?.string()?,
            Short('h') | Long("help") => return Ok(Command::Help),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let event = Event::named(&event, parameter.as_deref())?;
    Ok(Command::Create(CreateWebhook::new(target_url, event)?))
}

impl Where {
    fn find() -> Result<Self, Failure> {
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
                _emulator: Some(emulator),
            });
        };
        let base_url = url.unwrap_or_else(|| "https://api.kit.com".to_owned());
        let credentials = Credentials::api_key(key);
        // One that cannot be used is not printed either: it may hold a password.
        Kit::new(credentials.clone()).with_base_url(&base_url)?;
        Ok(Self { base_url, credentials, _emulator: None })
    }
}

/// What the environment sets.
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

/// Prints the error. The exit code is 2 for bad input, and 1 for any other failure.
pub fn fail(error: &(dyn StdError + 'static)) -> ExitCode {
    eprintln!("error: {error}");
    match error.downcast_ref::<Error>() {
        Some(Error::Input { .. }) => {}
        None if error.is::<lexopt::Error>() => {}
        Some(error) if error.may_have_been_applied() => {
            eprintln!("It may have been done all the same: look before you try again.");
            return ExitCode::FAILURE;
        }
        _ => return ExitCode::FAILURE,
    }
    eprintln!("See --help.");
    ExitCode::from(2)
}
