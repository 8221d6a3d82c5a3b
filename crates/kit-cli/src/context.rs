use std::cell::OnceCell;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use kit_ureq::oauth::Session;
use kit_ureq::{Client, Endpoint, List};
use serde::Serialize;

use crate::Failure;
use crate::arguments::Global;
use crate::output::{Format, Writer, say};
use crate::profiles::{Profile, Profiles};

/// How long a wait is at least that is said.
const SAID: Duration = Duration::from_secs(2);

/// How long the program waits at its end for new tokens to be saved.
const SETTLED: Duration = Duration::from_secs(60);

/// How many items a page has at most.
const PAGE: usize = 1000;

/// How a command is done: as whom, and how its result is written.
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) profiles: Profiles,
    writer: Writer,
    client: OnceCell<Client>,
    /// The session of an app, if it is one.
    session: OnceCell<Session>,
}

/// New tokens are saved before the program ends: the old ones are spent.
impl Drop for Context {
    fn drop(&mut self) {
        if let Some(session) = self.session.get() {
            session.wait_until_settled(SETTLED);
        }
    }
}

impl Context {
    pub(crate) fn new(global: Global) -> Result<Self, Failure> {
        let profiles = Profiles::find(global.profile.clone())?;
        let format = if global.csv {
            Some(Format::Csv)
        } else {
            (global.json || !global.fields.is_empty() && !io::stdout().is_terminal())
                .then_some(Format::Json)
        };
        let writer = Writer::new(format, global.fields.clone());
        Ok(Self { global, profiles, writer, client: OnceCell::new(), session: OnceCell::new() })
    }

    /// The profile that the command line, the environment and the settings name.
    pub(crate) fn profile(&self) -> Profile {
        self.profiles.current()
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// The client of the profile.
    pub(crate) fn client(&self) -> Result<&Client, Failure> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let profile = self.profile();
        let builder = Client::builder().base_url(&profile.base_url).on_wait(|operation, wait| {
            if wait >= SAID {
                let seconds = wait.as_secs_f64().ceil();
                say(&format!(
                    "Waiting {seconds} s, by Kit's limit or after a failure: {operation}"
                ));
            }
        });
        let builder = builder.user_agent(concat!("kit-cli/", env!("CARGO_PKG_VERSION")));
        let client = match self.session_of_app(&profile) {
            Some(session) => builder.build(session)?,
            None => builder.build(profile.principal()?)?,
        };
        Ok(self.client.get_or_init(|| client))
    }

    /// The session of an app, if the profile has one. New tokens of it are saved before the program ends.
    pub(crate) fn session_of_app(&self, profile: &Profile) -> Option<&Session> {
        let session = profile.session_of_app()?;
        Some(self.session.get_or_init(|| session))
    }

    /// Sends an operation.
    pub(crate) fn send<E: Endpoint>(&self, operation: &E) -> Result<E::Reply, Failure> {
        self.may_send(operation)?;
        Ok(self.client()?.send(operation)?)
    }

    /// Sends an operation, and writes its reply.
    pub(crate) fn show<E: Endpoint<Reply: Serialize>>(&self, operation: &E) -> Result<(), Failure> {
        self.write(&self.send(operation)?)
    }

    /// Sends an operation that Kit answers nothing to.
    pub(crate) fn run<E: Endpoint<Reply = ()>>(&self, operation: &E) -> Result<(), Failure> {
        self.send(operation)
    }

    /// Sends a list, and writes its items, as many as were asked for.
    pub(crate) fn list<L: List<Item: Serialize>>(&self, list: L) -> Result<(), Failure> {
        self.may_send(&list)?;
        let limit = self.global.limit.unwrap_or(usize::MAX);
        let list = match self.global.limit {
            Some(limit) => list.per_page(u16::try_from(limit.clamp(1, PAGE)).unwrap_or(1))?,
            None => list,
        };
        let items = self.client()?.items(list).take(limit);
        Failure::of_list(self.writer.list(items.map(|item| json(&item?))))
    }

    /// Writes a result.
    pub(crate) fn write(&self, value: &impl Serialize) -> Result<(), Failure> {
        Ok(self.writer.value(&json(value)?)?)
    }

    /// Sends a bulk operation, and writes its reply. What Kit has refused of it is in the reply.
    pub(crate) fn show_bulk<E: Endpoint<Reply: Serialize>>(
        &self,
        operation: &E,
    ) -> Result<(), Failure> {
        let reply = json(&self.send(operation)?)?;
        self.write(&reply)?;
        let failures = reply.get("failures").and_then(serde_json::Value::as_array);
        match failures.map_or(0, Vec::len) {
            0 => Ok(()),
            count => Err(Failure::partly(format!("Kit has refused {count} items: see failures"))),
        }
    }

    /// Whether nothing keeps an operation from being sent.
    fn may_send<E: Endpoint>(&self, operation: &E) -> Result<(), Failure> {
        if self.global.read_only && !E::EFFECT.is_read() {
            let (method, path) = (E::METHOD, operation.path());
            let path = path.as_str();
            return Err(Failure::usage(format!(
                "--read-only keeps {method} {path} from being sent"
            )));
        }
        Ok(())
    }

    /// Asks before something that cannot be undone.
    pub(crate) fn confirm(&self, what: &str) -> Result<(), Failure> {
        if self.global.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            let message = format!("{what}: this cannot be undone");
            return Err(Failure::usage(message).advise("Say --yes to do it without being asked."));
        }
        let mut out = anstream::stderr();
        let _ = write!(out, "{what}? This cannot be undone. [y/N] ");
        let _ = out.flush();
        let mut answer = String::new();
        let read = io::stdin().read_line(&mut answer);
        read.map_err(|error| Failure::other(format!("the standard input stream: {error}")))?;
        if matches!(answer.trim(), "y" | "Y" | "yes") {
            return Ok(());
        }
        Err(Failure::other("nothing was done"))
    }
}

fn json(value: &impl Serialize) -> Result<serde_json::Value, Failure> {
    serde_json::to_value(value).map_err(|error| Failure::other(error.to_string()))
}
