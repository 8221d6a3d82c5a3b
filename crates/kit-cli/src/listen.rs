use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::Args;
use kit_core::deliveries::{Delivery, Verifier};
use kit_private_file::PrivateFile;
use kit_ureq::sync::{Follow, FollowStep};
use kit_ureq::webhook_endpoints::{DeliveryRecord, GetWebhookEndpoint, SigningSecret};
use kit_ureq::{DeliveryId, WebhookEndpointId};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::output::{plain, say};
use crate::profiles::variable;
use crate::{Context, Failure};

/// How often a delivery is posted that the program answers with something else than 2xx.
const ATTEMPTS: u32 = 3;

/// How long the program on this machine may take for its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Post the deliveries of an endpoint to a program on this machine
///
/// It follows the endpoint's log at Kit, so that no tunnel is needed: the endpoint's URL may be one that nobody answers at.
/// New deliveries are fetched with their payload, and posted, signed anew by a secret of this machine: neither the original
/// bytes nor Kit's signature are in the log. It costs one request for each look at the log, and one for each delivery.
/// Legacy webhooks have no log.
///
/// A delivery that the program answers with something else than 2xx is posted three times. Where it has ended, the next one
/// goes on: the cursor is kept. Ctrl-C ends it.
#[derive(Args, Debug)]
pub(crate) struct Listen {
    /// The endpoint.
    endpoint: WebhookEndpointId,
    /// The URL on this machine.
    #[arg(long, value_name = "URL")]
    forward_to: String,
    /// Begin behind this delivery; 0 is the beginning of the log. Default: where the last one has ended, or now.
    #[arg(long, value_name = "ID")]
    since: Option<DeliveryId>,
    /// How many seconds to wait between two looks at the log.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    every: u64,
    /// Post what is new, and end.
    #[arg(long)]
    once: bool,
}

impl Listen {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        let profile = kit.profile();
        let uri: http::Uri = self.forward_to.parse().unwrap_or_default();
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none() {
            let message = format!("--forward-to {}: is no http or https URL", self.forward_to);
            return Err(Failure::usage(message));
        }
        // An endpoint of another Kit, or of another time, may have the same id.
        let endpoint = kit.send(&GetWebhookEndpoint::new(self.endpoint))?;
        let made = endpoint.created_at.map_or(0, kit_ureq::Timestamp::unix_seconds);
        let name = format!("{} {} {} {made}", profile.name, profile.base_url, self.endpoint);
        let cursor = Cursor::of(&kit.profiles.folder(), &name)?;
        let after = match self.since {
            Some(since) => Some(since),
            None => cursor.read()?,
        };
        let secret = variable("KIT_SIGNING_SECRET").unwrap_or_else(|| {
            let secret = format!("whsec_{}", uuid::Uuid::new_v4().simple());
            say(&format!("Deliveries are signed by the secret {secret}"));
            secret
        });
        let signer = Verifier::new([SigningSecret::new(&secret)])?;
        let mut relay = Relay::new(self.forward_to.clone(), signer);
        let mut follow = Follow::new(self.endpoint, after);
        let (mut state, mut written) = (State::Beginning, after);
        loop {
            match step(kit, &mut relay, &mut follow) {
                Ok(is_idle) => {
                    state = state.well(&self.forward_to);
                    if let Some(id) = follow.cursor().filter(|id| Some(*id) != written) {
                        cursor.write(id)?;
                        written = Some(id);
                    }
                    if is_idle && self.once {
                        return Ok(());
                    }
                    if is_idle {
                        std::thread::sleep(Duration::from_secs(self.every));
                        follow.again();
                    }
                }
                // No repetition heals it.
                Err(failure) if state == State::Beginning || !failure.may_pass() => {
                    return Err(failure);
                }
                // A program that answers is asked again; one that is not there is left alone.
                Err(failure) if self.once && relay.refused == 0 => return Err(failure),
                Err(failure) => {
                    state = state.ill(&failure);
                    std::thread::sleep(Duration::from_secs(self.every.max(1)));
                }
            }
        }
    }
}

/// Does one step. Returns whether there was nothing to do.
fn step(kit: &Context, relay: &mut Relay, follow: &mut Follow) -> Result<bool, Failure> {
    match follow.next() {
        FollowStep::List(list) => {
            follow.listed(&kit.client()?.send(&list)?);
            Ok(false)
        }
        FollowStep::Get(get) => {
            let line = match kit.client()?.send(&get).map_err(Failure::from) {
                Ok(record) => relay.post(&record)?,
                // The log does not have it any more.
                Err(failure) if failure.is_refusal() => json!({"answer": failure.message()}),
                Err(failure) => return Err(failure),
            };
            follow.got();
            kit.writer().list(std::iter::once(Ok::<_, Failure>(line)))?;
            Ok(false)
        }
        _ => Ok(true),
    }
}

/// The way to the program on this machine.
struct Relay {
    url: String,
    signer: Verifier,
    agent: ureq::Agent,
    /// How often the program has refused the delivery that it gets now.
    refused: u32,
}

impl Relay {
    fn new(url: String, signer: Verifier) -> Self {
        // The program is on this machine: past all proxies.
        let config = ureq::Agent::config_builder().proxy(None).max_redirects(0);
        let config = config.http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        Self { url, signer, agent: ureq::Agent::new_with_config(config), refused: 0 }
    }

    /// Posts a delivery, and says what the program has answered.
    fn post(&mut self, record: &DeliveryRecord) -> Result<Value, Failure> {
        let delivery = match Delivery::of_record(record) {
            Ok(delivery) => delivery,
            Err(error) => return Ok(json!({"delivery": record.id, "answer": error.to_string()})),
        };
        let payload = record.other.get("payload").unwrap_or(&Value::Null);
        let events = payload.get("events").unwrap_or(payload);
        let body = json!({"delivery_id": record.id, "events": events}).to_string();
        let request = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("x-kit-signature", self.signer.sign(body.as_bytes(), SystemTime::now()));
        let answered = request.send(body.as_bytes()).map_err(|error| {
            Failure::of_program(format!("{} does not answer: {error}", self.url))
        })?;
        let status = answered.status();
        if !status.is_success() && self.refused + 1 < ATTEMPTS {
            self.refused += 1;
            return Err(Failure::of_program(format!("{} answers {status}", self.url)));
        }
        self.refused = 0;
        let mut types = delivery.events.iter().map(|event| event.event_type.to_string());
        Ok(json!({
            "delivery": record.id,
            "type": types.next(),
            "events": delivery.events.len(),
            "answer": status.as_u16(),
        }))
    }
}

/// The knowledge of somebody who reads along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Beginning,
    Well,
    Ill,
}

impl State {
    fn well(self, url: &str) -> Self {
        match self {
            Self::Beginning => say(&format!("Ready: new deliveries are posted to {url}")),
            Self::Ill => say("It goes on."),
            Self::Well => {}
        }
        Self::Well
    }

    fn ill(self, failure: &Failure) -> Self {
        if self != Self::Ill {
            say(&plain(&format!("{}. It is tried again.", failure.message())));
        }
        Self::Ill
    }
}

/// The file with the last delivery that was posted.
struct Cursor(PrivateFile, PathBuf);

impl Cursor {
    fn of(folder: &Path, name: &str) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder).map_err(|error| Failure::of_file(folder, error))?;
        // A name is no path.
        let path = folder.join(format!("listen-{}", utf8_percent_encode(name, NON_ALPHANUMERIC)));
        let file = PrivateFile::at(&path).map_err(|error| Failure::of_file(&path, error))?;
        Ok(Self(file, path))
    }

    fn read(&self) -> Result<Option<DeliveryId>, Failure> {
        let text = match std::fs::read_to_string(&self.1) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::of_file(&self.1, error)),
        };
        let id = text.trim().parse();
        id.map(Some)
            .map_err(|_| Failure::of_file(&self.1, "is no number: delete it, or say --since"))
    }

    fn write(&self, id: DeliveryId) -> Result<(), Failure> {
        let written =
            self.0.replace(|file| std::io::Write::write_all(file, id.to_string().as_bytes()));
        written.map(drop).map_err(|error| Failure::of_file(&self.1, error))
    }
}
