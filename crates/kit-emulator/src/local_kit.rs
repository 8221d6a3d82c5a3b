//! All that a running emulator is, but for its sockets.

use std::pin::Pin;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use http::StatusCode;
use tokio::sync::watch;

use crate::api::Api;
use crate::changes;
use crate::control::{self, Controlled, Hosts};
use crate::outbox::{Address, DeliveryFaults, Desk, Job, Moment, Outcome, Target};
use crate::rows::World;
use crate::server::{self, Admission, Control, Faults, Recorder, Reply, Service};

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// The same where there may be many items, of who is known: as much as Kit queues of bulk requests.
const MAX_BODY_OF_MANY: usize = 300_000_000;

/// The same of what controls the emulator: a state, at most.
const MAX_BODY_OF_CONTROL: usize = 128 * 1024 * 1024;

pub(crate) struct LocalKit {
    pub(crate) api: Api,
    pub(crate) faults: Arc<Faults>,
    pub(crate) delivery_faults: DeliveryFaults,
    pub(crate) recorder: Arc<Recorder>,
    hosts: Hosts,
    /// Counts the changes: of what is to be delivered, of what was, and of the clock.
    changes: watch::Sender<u64>,
    /// Held while the clock is moved: who moves it meanwhile moves it further, afterwards.
    pub(crate) advancing: tokio::sync::Mutex<()>,
}

impl LocalKit {
    pub(crate) fn new(api: Api, hosts: Hosts) -> Self {
        Self {
            api,
            faults: Arc::default(),
            delivery_faults: DeliveryFaults::default(),
            recorder: Arc::default(),
            hosts,
            changes: watch::Sender::new(0),
            advancing: tokio::sync::Mutex::default(),
        }
    }
}

impl Service for LocalKit {
    fn answer(&self, request: &server::Request) -> Reply {
        let reply = self.api.answer(request);
        // Events may have happened, and something may be due later.
        Controlled::changed(self);
        reply
    }

    fn failure(&self, request: &server::Request, status: StatusCode) -> Reply {
        Api::failure(request, status)
    }

    fn admission(&self, head: &http::Request<()>) -> Result<Admission, Reply> {
        let path = head.uri().path();
        if path.starts_with("/_kit/") {
            self.hosts.check(head.headers())?;
            return Ok(Admission { max_body: MAX_BODY_OF_CONTROL });
        }
        let has_many = path.starts_with("/v4/bulk/") && self.api.world().knows(head.headers());
        Ok(Admission { max_body: if has_many { MAX_BODY_OF_MANY } else { MAX_BODY } })
    }

    fn control<'a>(&'a self, request: &'a server::Request) -> Option<Control<'a>> {
        control::answer(self, request)
    }
}

impl Controlled for LocalKit {
    fn world(&self) -> MutexGuard<'_, World> {
        self.api.world()
    }

    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn delivery_faults(&self) -> &DeliveryFaults {
        &self.delivery_faults
    }

    fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn advance(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let _advancing = self.advancing.lock().await;
            let end = self.world().clock.now().saturating_add(duration);
            self.settle().await;
            loop {
                let is_at_end = {
                    let mut world = self.world();
                    let due = next_due(&world).filter(|due| *due <= end);
                    world.clock.advance_to(due.unwrap_or(end));
                    changes::run_due(&mut world);
                    due.is_none()
                };
                self.changed();
                if is_at_end {
                    break;
                }
                self.settle().await;
            }
        })
    }

    fn settle(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let mut changes = self.changes.subscribe();
            self.changed();
            loop {
                {
                    let mut world = self.world();
                    changes::run_due(&mut world);
                    if world.tables.outbox.is_settled(world.clock.now()) {
                        return;
                    }
                }
                if changes.changed().await.is_err() {
                    return;
                }
            }
        })
    }
}

impl Desk for LocalKit {
    fn take(&self) -> Option<Job> {
        let mut world = self.api.world();
        changes::run_due(&mut world);
        let (now, date) = (world.clock.now(), world.clock.unix_seconds());
        let tables = &mut world.tables;
        let (webhooks, endpoints) = (&tables.webhooks, &tables.endpoints);
        let callbacks = &tables.callbacks;
        let address = |target| match target {
            Target::Endpoint(id) => endpoints.get(id).map(|endpoint| endpoint.address(now)),
            Target::Webhook(id) => webhooks.get(id).map(|webhook| Address {
                url: webhook.target_url.clone(),
                secrets: Vec::new(),
                is_active: true,
            }),
            Target::Callback(number) => callbacks.url(number).map(|url| Address {
                url: url.to_owned(),
                secrets: Vec::new(),
                is_active: true,
            }),
        };
        let fault = |delivery: &_| self.delivery_faults.choose(delivery);
        let before = tables.outbox.completed();
        let job = tables.outbox.next(Moment { now, date }, address, fault);
        // Some may have been given up: their targets are gone. Who waits for them is told.
        let has_given_up = tables.outbox.completed() != before;
        drop(world);
        if has_given_up {
            Controlled::changed(self);
        }
        job
    }

    fn finish(&self, job: &Job, outcome: Outcome) {
        {
            let mut world = self.api.world();
            let moment = Moment { now: world.clock.now(), date: world.clock.unix_seconds() };
            world.tables.outbox.finish(job, outcome, moment);
        }
        Controlled::changed(self);
    }

    fn generation(&self) -> u64 {
        self.api.world().tables.outbox.generation()
    }

    fn next_due(&self) -> Option<Duration> {
        let world = self.api.world();
        world.clock.real_time_until(next_due(&world)?)
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

/// When the next delivery is due, or what is done by the clock.
fn next_due(world: &World) -> Option<Duration> {
    world.tables.outbox.next_due().into_iter().chain(changes::next_due(world)).min()
}
