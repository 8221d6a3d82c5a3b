//! Why a command was not done, and what the program's exit code says of it.

use std::borrow::Cow;
use std::io;
use std::process::ExitCode;

use clap::error::ErrorKind;
use kit_ureq::{Error, SessionError};
use serde_json::json;

use crate::output::plain;

/// A failure for a reason that has no code of its own.
const FAILED: u8 = 1;
/// The arguments cannot be used; nothing was sent.
pub(crate) const USAGE: u8 = 2;
/// Kit has refused it.
const REFUSED: u8 = 3;
/// There are no credentials, or Kit does not take them.
const NOT_AUTHORIZED: u8 = 4;
/// The rate limit, or a fault of Kit's: it may succeed later.
const LATER: u8 = 5;
/// Some of it is done.
const PARTLY: u8 = 6;

/// Why a command was not done.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
    /// Advice: what to do next.
    advice: Option<Cow<'static, str>>,
    /// Whether nobody has answered.
    is_of_network: bool,
    /// Whether whoever has read the result has stopped.
    is_unread: bool,
}

impl Failure {
    fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), advice: None, is_of_network: false, is_unread: false }
    }

    /// The arguments, or a file that they name, cannot be used.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(USAGE, message)
    }

    /// The command line cannot be understood.
    pub(crate) fn of_arguments(error: &clap::Error, is_of_login: bool) -> Self {
        let kind = error.kind();
        if is_of_login && kind == ErrorKind::UnknownArgument {
            return Self::usage(
                "login takes no key and no token as an argument: others could see it",
            )
            .advise("Give it at the prompt, or by the standard input stream: kit login < key.txt");
        }
        if kind == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            return Self::usage("a command or an argument is missing")
                .advise("`kit help` has them all.");
        }
        let text = error.to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        // The sentence, and then what to do.
        match text.trim_end().split_once("\n\n") {
            Some((sentence, advice)) => Self::usage(sentence).advise(advice.to_owned()),
            None => Self::usage(text.trim_end()),
        }
    }

    /// There are no credentials.
    pub(crate) fn not_authorized(message: impl Into<String>) -> Self {
        Self::new(NOT_AUTHORIZED, message)
    }

    /// Some of it is done.
    pub(crate) fn partly(message: impl Into<String>) -> Self {
        Self::new(PARTLY, message)
    }

    /// A program on this machine, which may be there later.
    pub(crate) fn of_program(message: impl Into<String>) -> Self {
        Self { is_of_network: true, ..Self::new(FAILED, message) }
    }

    /// Whether it may succeed later.
    pub(crate) fn may_pass(&self) -> bool {
        self.code == LATER || self.is_of_network
    }

    /// Whether Kit has refused it.
    pub(crate) fn is_refusal(&self) -> bool {
        self.code == REFUSED
    }

    /// Something else.
    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::new(FAILED, message)
    }

    /// The same, with what to do next.
    pub(crate) fn advise(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// A file that cannot be read or written.
    pub(crate) fn of_file(path: &std::path::Path, error: impl std::fmt::Display) -> Self {
        let (path, error) = (path.display().to_string(), error.to_string());
        let is_named = error.contains(&path);
        Self::other(if is_named { error } else { format!("{path}: {error}") })
    }

    /// The sentence that says what is wrong.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// A file that the arguments name, and that cannot be used.
    pub(crate) fn of_argument(path: &std::path::Path, error: impl std::fmt::Display) -> Self {
        Self { code: USAGE, ..Self::of_file(path, error) }
    }

    /// The same, where Kit does not take an app, or the code that it has.
    pub(crate) fn of_app(self) -> Self {
        if matches!(self.code, REFUSED | NOT_AUTHORIZED) {
            let advice =
                "Look at --client-id, --redirect-uri and KIT_CLIENT_SECRET, and log in again.";
            Self { code: NOT_AUTHORIZED, ..self }.advise(advice)
        } else {
            self
        }
    }

    /// The same; but who reads a list may stop.
    pub(crate) fn of_list(result: Result<(), Self>) -> Result<(), Self> {
        result.or_else(|failure| if failure.is_unread { Ok(()) } else { Err(failure) })
    }

    /// Tells it on the standard error stream.
    pub(crate) fn tell(&self, is_json: bool) -> ExitCode {
        let text = if is_json {
            let error = json!({"code": self.code, "message": self.message, "advice": self.advice});
            json!({ "error": error }).to_string()
        } else {
            let advice = self.advice.as_deref().map(|advice| format!("\n{advice}"));
            plain(&format!("kit: {}{}", self.message, advice.unwrap_or_default())).into_owned()
        };
        crate::output::say(&text);
        ExitCode::from(self.code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let this = Self::new(code(&error), error.to_string());
        match &error {
            Error::Input { field: "credentials", .. } | Error::Session { .. } => {
                this.advise("Log in by `kit login`.")
            }
            Error::Api(api) if api.status() == 401 => {
                this.advise("Log in by `kit login`, or look at KIT_API_KEY and KIT_ACCESS_TOKEN.")
            }
            Error::Transport { .. } => {
                let this = Self { is_of_network: true, ..this };
                this.advise("`kit doctor` says what is in the way.")
            }
            _ => this,
        }
    }
}

fn code(error: &Error) -> u8 {
    match error {
        Error::Input { field: "credentials", .. } => NOT_AUTHORIZED,
        Error::Input { field: "journal", .. } => FAILED,
        Error::Input { .. } => USAGE,
        Error::Api(api) => match api.status().as_u16() {
            401 | 403 => NOT_AUTHORIZED,
            408 | 425 | 429 | 500.. => LATER,
            _ => REFUSED,
        },
        Error::Session { failure, .. } => {
            let is_rejected = matches!(failure, SessionError::Rejected);
            if failure.needs_authorization() || is_rejected { NOT_AUTHORIZED } else { LATER }
        }
        Error::Reply(_) | Error::Paced { .. } => LATER,
        _ => FAILED,
    }
}

/// An error of writing the result.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let is_unread = error.kind() == io::ErrorKind::BrokenPipe;
        Self { is_unread, ..Self::other(format!("the result cannot be written: {error}")) }
    }
}
