//! All that a running emulator is, but for its sockets.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::Value;
use tokio::sync::watch;

use crate::api::Api;
use crate::changes;
use crate::control::{self, BeforeReset, Controlled, Hosts};
use crate::outbox::{Address, DeliveryFaults, Desk, Job, Moment, Outcome, Target};
use crate::page;
use crate::rows::World;
use crate::server::{self, Admission, Control, Faults, Listener, Recorder, Reply, Service};

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
    instance: String,
    before_reset: Mutex<Option<BeforeReset>>,
    /// The state that a reset goes back to.
    seed: Mutex<Option<Value>>,
    /// Counts the changes of the state, and some that may be.
    state_revision: AtomicU64,
    /// Counts the changes: of what is to be delivered, of what was, and of the clock.
    changes: watch::Sender<u64>,
    /// Held while the clock is moved: who moves it meanwhile moves it further, afterwards.
    pub(crate) advancing: tokio::sync::Mutex<()>,
}

impl LocalKit {
    pub(crate) fn new(api: Api, hosts: Hosts, listener: Option<Listener>) -> Self {
        Self {
            api,
            faults: Arc::default(),
            delivery_faults: DeliveryFaults::default(),
            recorder: Arc::new(Recorder::new(listener)),
            hosts,
            instance: uuid::Uuid::new_v4().to_string(),
            before_reset: Mutex::default(),
            seed: Mutex::default(),
            state_revision: AtomicU64::new(0),
            changes: watch::Sender::new(0),
            advancing: tokio::sync::Mutex::default(),
        }
    }
}

impl Service for LocalKit {
    fn answer(&self, request: &server::Request) -> Reply {
        let (reply, has_run) = self.api.answer(request);
        // Events may have happened, and something may be due later. A request that only reads changes nothing itself.
        if has_run || request.method() != Method::GET {
            Controlled::changed(self);
        } else {
            self.tell();
        }
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
        if let Some(reply) = page::answer(request) {
            return Some(Box::pin(std::future::ready(reply)));
        }
        let path = request.path().strip_prefix("/_kit/")?;
        Some(control::answer(self, path, request))
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

    fn before_reset(&self) -> MutexGuard<'_, Option<BeforeReset>> {
        self.before_reset.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seed(&self) -> MutexGuard<'_, Option<Value>> {
        self.seed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.state_revision.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }

    fn state_revision(&self) -> u64 {
        self.state_revision.load(Ordering::Relaxed)
    }

    fn instance(&self) -> &str {
        &self.instance
    }

    fn revision(&self) -> u64 {
        let (changes, requests) = (self.changes.borrow(), self.recorder.changes());
        changes.wrapping_add(*requests.borrow())
    }

    fn wait_for_change(
        &self,
        revision: u64,
        patience: Duration,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let (mut changes, mut requests) = (self.changes.subscribe(), self.recorder.changes());
            let another = async {
                while self.revision() == revision {
                    tokio::select! {
                        result = changes.changed() => if result.is_err() { return },
                        result = requests.changed() => if result.is_err() { return },
                    }
                }
            };
            // Without a change, there is an answer, too.
            let _ = tokio::time::timeout(patience, another).await;
        })
    }

    fn next_timer(&self) -> Option<Duration> {
        next_due(&self.api.world())
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
                let (has_run, is_settled) = {
                    let mut world = self.world();
                    (changes::run_due(&mut world), is_settled(&world))
                };
                if has_run {
                    self.changed();
                }
                if is_settled {
                    return;
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
        let mut has_changed = changes::run_due(&mut world);
        let mut job = None;
        for account in world.accounts.ids() {
            world.view(account);
            job = self.take_of(&mut world, &mut has_changed);
            if job.is_some() {
                break;
            }
        }
        let generation = generation(&world);
        drop(world);
        if has_changed {
            Controlled::changed(self);
        }
        let mut job = job?;
        // It is under way, which can be seen.
        self.tell();
        job.desk = generation;
        Some(job)
    }

    fn finish(&self, job: &Job, outcome: Outcome) {
        {
            let mut world = self.api.world();
            let moment = Moment { now: world.clock.now(), date: world.clock.unix_seconds() };
            if world.view(job.account) {
                world.tables.outbox.finish(job, outcome, moment);
            }
        }
        Controlled::changed(self);
    }

    fn generation(&self) -> u64 {
        generation(&self.api.world())
    }

    fn next_due(&self) -> Option<Duration> {
        let world = self.api.world();
        world.clock.real_time_until(next_due(&world)?)
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

impl LocalKit {
    fn tell(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// The next attempt of the account in view. Some may be given up: their targets are gone, and who waits for them is to
    /// be told.
    fn take_of(&self, world: &mut World, has_given_up: &mut bool) -> Option<Job> {
        let (now, date, account) = (world.clock.now(), world.clock.unix_seconds(), world.account());
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
        *has_given_up |= tables.outbox.completed() != before;
        let mut job = job?;
        job.account = account;
        Some(job)
    }
}

/// Changes where the outbox of any account was emptied.
fn generation(world: &World) -> u64 {
    world.all_tables().fold(0, |sum, tables| sum.wrapping_add(tables.outbox.generation()))
}

/// When the next delivery is due, or what is done by the clock.
fn next_due(world: &World) -> Option<Duration> {
    let outboxes = world.all_tables().filter_map(|tables| tables.outbox.next_due());
    outboxes.chain(changes::next_due(world)).min()
}

/// Whether no delivery is due or under way.
pub(crate) fn is_settled(world: &World) -> bool {
    let now = world.clock.now();
    world.all_tables().all(|tables| tables.outbox.is_settled(now))
}

/// Whether nothing is to be delivered or done, now or later.
pub(crate) fn is_idle(world: &World) -> bool {
    next_due(world).is_none() && is_settled(world)
}
