use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use kit_private_file::PrivateFile;
use kit_ureq::List;
use kit_ureq::sync::{Plan, Scope, SyncReport, Synced, Synchronize};
use kit_ureq::webhook_endpoints::{
    CreateWebhookEndpoint, EndpointWithSecret, EventType, ListWebhookEndpoints, WebhookEndpoint,
};
use kit_ureq::webhooks::{CreateWebhook, Event, ListWebhooks, Webhook};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::output::{plain, say};
use crate::profiles::line_of;
use crate::{Context, Failure};

const EXAMPLE: &str = r#"The file:
  scope = "wanted"                 # or "all", or the beginning of the URLs that are yours

  [[endpoint]]
  url = "https://example.com/kit"
  events = ["subscriber.created"]
  name = "Mine"                    # and description, if you like

  [[webhook]]
  target_url = "https://example.com/legacy"
  event = "subscriber.tag_add"
  parameter = "44"                 # of events that need one"#;

/// Bring webhooks and endpoints in step with a TOML file
///
/// It shows what it would do, and does it after a yes, or with --yes. Duplicates are deleted; what is not in the file stays,
/// unless `scope` says otherwise. The secrets of new endpoints are in the result, or in the file that --secrets names: Kit
/// shows them once.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLE)]
pub(crate) struct Sync {
    /// The file.
    file: PathBuf,
    /// Show what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// A file for the secrets of new endpoints, which only you may read. It must not be there yet.
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
}

/// What is wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    scope: Option<String>,
    #[serde(default, rename = "endpoint")]
    endpoints: Vec<WantedEndpoint>,
    #[serde(default, rename = "webhook")]
    webhooks: Vec<WantedWebhook>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedEndpoint {
    url: String,
    events: Vec<String>,
    name: Option<String>,
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedWebhook {
    target_url: String,
    event: String,
    parameter: Option<String>,
}

impl Wanted {
    fn scope(&self) -> Scope {
        match self.scope.as_deref() {
            None | Some("wanted") => Scope::Wanted,
            Some("all") => Scope::All,
            Some(prefix) => Scope::UrlPrefix(prefix.to_owned()),
        }
    }

    fn endpoints(&self) -> Result<Vec<CreateWebhookEndpoint>, Failure> {
        let create = |wanted: &WantedEndpoint| {
            let events = wanted.events.iter().map(|event| EventType::from(event.as_str()));
            let mut create = CreateWebhookEndpoint::new(&wanted.url, events)?;
            if let Some(name) = &wanted.name {
                create = create.with_name(name);
            }
            if let Some(description) = &wanted.description {
                create = create.with_description(description);
            }
            Ok(create)
        };
        self.endpoints.iter().map(create).collect()
    }

    fn webhooks(&self) -> Result<Vec<CreateWebhook>, Failure> {
        let create = |wanted: &WantedWebhook| {
            let event = Event::named(&wanted.event, wanted.parameter.as_deref())?;
            Ok(CreateWebhook::new(&wanted.target_url, event)?)
        };
        self.webhooks.iter().map(create).collect()
    }
}

impl Sync {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        let wanted = read(&self.file)?;
        let (endpoints, webhooks) = (wanted.endpoints()?, wanted.webhooks()?);
        let shown = shown(kit, &endpoints, &webhooks, &wanted)?;
        if shown.is_empty() {
            say("Nothing is to be done.");
        } else {
            say(plain(&shown).trim_end());
        }
        if self.dry_run || shown.is_empty() {
            let lines: Vec<_> = shown.lines().collect();
            return kit.write(&json!({ "plan": lines }));
        }
        if kit.global.read_only {
            return Err(Failure::usage("--read-only keeps it from being done"));
        }
        kit.confirm("Do this")?;
        if self::shown(kit, &endpoints, &webhooks, &wanted)? != shown {
            return Err(Failure::other("it has changed meanwhile").advise("Look again."));
        }
        // Before a secret is there that could not be kept.
        let mut secrets = self.secrets.as_deref().map(secrets_file).transpose()?;
        let done =
            kit.client()?.sync(Synchronize::<WebhookEndpoint>::new(endpoints, wanted.scope())?);
        let (report, failure) = told(done);
        let mut failed = failure.map(Failure::from);
        let all: Vec<_> = report.created.iter().map(|created| with_secret(created, true)).collect();
        let mut is_kept = false;
        if let (Some((path, file)), false) = (&mut secrets, all.is_empty()) {
            let text = format!("{:#}\n", Value::from(all));
            let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
            is_kept = written.is_ok();
            // Otherwise they are in the result.
            failed = failed.or(written.err().map(|error| Failure::of_file(path, error)));
        }
        let created = report.created.iter().map(|created| with_secret(created, !is_kept));
        let created: Vec<_> = created.collect();
        let mut result = json!({ "endpoints": numbers(&report, &created) });
        if failed.is_none() {
            let done = kit.client()?.sync(Synchronize::<Webhook>::new(webhooks, wanted.scope())?);
            let (report, failure) = told(done);
            let created = report.created.iter().map(|webhook| json!({"id": webhook.id}));
            let numbers = numbers(&report, &created.collect::<Vec<_>>());
            if let Some(object) = result.as_object_mut() {
                object.insert("webhooks".to_owned(), numbers);
            }
            failed = failure.map(Failure::from);
        }
        let written = kit.write(&result);
        failed.map_or(written, Err)
    }
}

fn read(file: &Path) -> Result<Wanted, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::of_argument(file, error))?;
    toml::from_str(&text).map_err(|error| {
        let (line, message) = (line_of(&error, &text), error.message());
        Failure::usage(format!("{}: line {line}: {message}", file.display()))
    })
}

/// The plan, a line for each step.
fn shown(
    kit: &Context,
    endpoints: &[CreateWebhookEndpoint],
    webhooks: &[CreateWebhook],
    wanted: &Wanted,
) -> Result<String, Failure> {
    let endpoints = plan::<WebhookEndpoint>(kit, endpoints, wanted, ListWebhookEndpoints::new())?;
    let webhooks = plan::<Webhook>(kit, webhooks, wanted, ListWebhooks::new())?;
    Ok(format!("{}{}", named("endpoint", &endpoints), named("webhook", &webhooks)))
}

fn plan<T: Synced>(
    kit: &Context,
    wanted: &[T::Create],
    file: &Wanted,
    list: impl List<Item = T>,
) -> Result<Plan<T>, Failure> {
    let existing = kit.client()?.items(list).collect::<Result<Vec<_>, _>>()?;
    Ok(Plan::new(wanted.iter().cloned(), existing, &file.scope())?)
}

fn named<T: Synced>(what: &str, plan: &Plan<T>) -> String {
    let lines = plan.to_string();
    lines.lines().flat_map(|line| [what, ": ", line, "\n"]).collect()
}

fn told<T: Synced>(
    done: Result<SyncReport<T>, kit_ureq::sync::SyncError<T>>,
) -> (SyncReport<T>, Option<kit_ureq::Error>) {
    match done {
        Ok(report) => (report, None),
        Err(error) => (*error.done, Some(error.error)),
    }
}

fn with_secret(created: &EndpointWithSecret, is_shown: bool) -> Value {
    let mut value = json!({"id": created.endpoint.id, "url": created.endpoint.url});
    if let (Some(object), true) = (value.as_object_mut(), is_shown) {
        object.insert("secret".to_owned(), created.secret.secret().into());
    }
    value
}

fn numbers<T: Synced>(report: &SyncReport<T>, created: &[Value]) -> Value {
    json!({
        "created": created,
        "updated": report.updated.len(),
        "deleted": report.deleted.len(),
        "kept": report.kept.len(),
        "without_secret": report.without_secret.iter().map(Synced::id).collect::<Vec<_>>(),
    })
}

/// A new file that only its owner may read.
fn secrets_file(path: &Path) -> Result<(PathBuf, std::fs::File), Failure> {
    if path.exists() {
        return Err(Failure::usage(format!("{}: is there already", path.display())));
    }
    let made = PrivateFile::at(path).and_then(|file| file.append_beside(""));
    let file = made.map_err(|error| Failure::of_argument(path, error))?;
    Ok((path.to_owned(), file))
}
