//! One process of an app: the core's machines for one account, and the tasks that run them.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use kit_core::oauth::{App, Refresh, Session};
use kit_core::webhooks::DeleteWebhook;
use kit_core::{Call, Credentials, Kit, Pacer, Reserve};

/// A process from its start to its end: which of the account's processes, and how often it was started before.
pub type Life = (usize, u32);

/// A task, and the number of its turn, which is another each time that it runs.
pub type Turn = (usize, u64);

pub struct Process {
    pub life: Life,
    pub is_alive: bool,
    pub paused_until: Duration,
    /// How far ahead its clock is, in seconds.
    pub skew: i64,
    pub session: Session,
    pub kit: Kit,
    pub pacer: Pacer,
    tasks: Vec<Option<Task>>,
    free: Vec<usize>,
    turns: u64,
    woken: Woken,
}

/// The tasks that were woken.
pub type Woken = Arc<Mutex<Vec<(Life, Turn)>>>;

pub struct Task {
    pub work: Work,
    turn: u64,
    awaited: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

pub enum Work {
    Call(Box<Call<DeleteWebhook>>),
    Refresh(Box<Refresh>),
    Reserve(Box<Reserve>),
}

struct WakeTask {
    woken: Woken,
    life: Life,
    turn: Turn,
}

impl Wake for WakeTask {
    fn wake(self: Arc<Self>) {
        self.woken.lock().expect("the lock").push((self.life, self.turn));
    }
}

impl Process {
    pub fn start(life: Life, skew: i64, limit: u32, random: u64, woken: Woken) -> Self {
        let session = Session::new(App::confidential("id", "secret"));
        let kit = Kit::new(Credentials::session(&session));
        let pacer = Pacer::shared(limit, random);
        let (tasks, free) = (Vec::new(), Vec::new());
        let paused_until = Duration::ZERO;
        Self {
            life,
            is_alive: true,
            paused_until,
            skew,
            session,
            kit,
            pacer,
            tasks,
            free,
            turns: 0,
            woken,
        }
    }

    /// Ends it, and whatever it does. Returns how many calls.
    pub fn kill(&mut self) -> usize {
        self.is_alive = false;
        let is_call = |task: &&Task| matches!(task.work, Work::Call(_));
        let calls = self.tasks.iter().flatten().filter(is_call).count();
        self.tasks.clear();
        self.free.clear();
        calls
    }

    pub fn begin(&mut self, work: Work) -> Turn {
        self.turns += 1;
        let task = Some(Task { work, turn: self.turns, awaited: None });
        let index = self.free.pop().unwrap_or(self.tasks.len());
        if index == self.tasks.len() {
            self.tasks.push(task);
        } else {
            self.tasks[index] = task;
        }
        (index, self.turns)
    }

    /// The task, unless it has run since, or has ended.
    pub fn task(&mut self, (index, turn): Turn) -> Option<&mut Task> {
        self.tasks.get_mut(index)?.as_mut().filter(|task| task.turn == turn)
    }

    /// The task runs: whatever was to wake it before does so no more.
    pub fn run(&mut self, index: usize) -> Turn {
        self.turns += 1;
        if let Some(task) = &mut self.tasks[index] {
            task.turn = self.turns;
            task.awaited = None;
        }
        (index, self.turns)
    }

    pub fn is_idle(&self) -> bool {
        self.tasks.iter().all(Option::is_none)
    }

    pub fn end(&mut self, index: usize) {
        self.tasks[index] = None;
        self.free.push(index);
    }

    /// Whether the future is not ready: then it wakes the task.
    pub fn awaits(
        &mut self,
        turn: Turn,
        future: impl Future<Output = ()> + Send + 'static,
    ) -> bool {
        let (woken, life) = (self.woken.clone(), self.life);
        let waker = Waker::from(Arc::new(WakeTask { woken, life, turn }));
        let mut future: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(future);
        let is_pending = future.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Pending;
        let task = self.task(turn).expect("the task that runs");
        task.awaited = is_pending.then_some(future);
        is_pending
    }
}
