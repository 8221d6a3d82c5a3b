use std::fmt;
use std::panic::resume_unwind;
use std::sync::Barrier;
use std::thread::ScopedJoinHandle;
use std::time::{Duration, SystemTime};

use kit_core::budgets::{AsyncBudgetStore, Budget, LoadedBudget, SaveError};
use kit_core::webhooks::ListWebhooks;
use kit_core::{Call, Clock, Credentials, Kit, Pacer, Reserve, ReserveStep, Step, Time};

use crate::Waited;

/// How many processes save at the same time.
const AT_ONCE: u64 = 8;

/// The laws of a store of budgets. Names that begin with `law ` have to be new to the store.
pub struct Budgets<'a, S> {
    /// The store.
    pub store: &'a S,
    /// How a thread waits for a future of the store. Several threads do so at once.
    pub wait: &'a (dyn Fn(Waited<'_>) + Sync),
}

impl<S: AsyncBudgetStore> Budgets<'_, S> {
    /// Holds the store to all laws.
    pub fn hold(&self) {
        self.wait(self.a_name_without_a_budget_has_none());
        self.wait(self.a_budget_is_kept_whole());
        self.wait(self.a_budget_replaces_the_version_that_it_was_made_from());
        self.wait(self.names_are_apart());
        self.one_of_several_concurrent_saves_succeeds();
        self.processes_get_the_whole_budget_and_no_more();
    }

    fn wait<'f>(&self, law: impl Future<Output = ()> + Send + 'f) {
        (self.wait)(Box::pin(law));
    }

    async fn load(&self, name: &str) -> LoadedBudget {
        let loaded = self.store.load_budget(name).await;
        loaded.unwrap_or_else(|error| panic!("load {name:?}: {error}"))
    }

    async fn save(&self, name: &str, budget: &Budget) {
        let saved = self.store.save_budget(name, budget).await;
        saved.unwrap_or_else(|error| panic!("save {name:?}: {error:?}"));
    }

    async fn refuse(&self, name: &str, budget: &Budget) {
        let saved = self.store.save_budget(name, budget).await;
        assert!(matches!(saved, Err(SaveError::Conflict)), "{name:?} is not a conflict: {saved:?}");
    }

    async fn a_name_without_a_budget_has_none(&self) {
        let (first, second) = (self.load("law nobody").await, self.load("law nobody").await);
        assert_eq!((first.budget, second.budget), (None, None));
        assert!(first.now <= second.now, "the engine's clock goes back");
        let of_2020 = Duration::from_secs(1_577_836_800);
        assert!(
            first.now > of_2020,
            "the engine's clock does not count from 1970: {:?}",
            first.now
        );
    }

    async fn a_budget_is_kept_whole(&self) {
        let first = after(self.load("law whole").await, 1);
        self.save("law whole", &first).await;
        for process in 2..20 {
            let next = after(self.load("law whole").await, process);
            self.save("law whole", &next).await;
            let loaded = self.load("law whole").await.budget.expect("the budget that was saved");
            assert_eq!(loaded.to_bytes().expect("bytes"), next.to_bytes().expect("bytes"));
            assert_eq!((loaded.version(), loaded.replaces()), (next.version(), None));
        }
    }

    async fn a_budget_replaces_the_version_that_it_was_made_from(&self) {
        let name = "law versions";
        let empty = self.load(name).await;
        let first = after(empty.clone(), 1);
        self.save(name, &first).await;
        self.refuse(name, &first).await;
        self.refuse(name, &after(empty, 2)).await;
        let held = self.load(name).await;
        let (second, instead) = (after(held.clone(), 1), after(held, 2));
        self.save(name, &second).await;
        self.refuse(name, &second).await;
        self.refuse(name, &instead).await;
        // A name without a budget has no version to replace.
        self.refuse("law versions nobody", &second).await;
        assert_eq!(self.load("law versions nobody").await.budget, None);
    }

    async fn names_are_apart(&self) {
        let names = ["law", "law ", "law A", "law a", "law '\"\\ \u{fc} \u{1f600}", "law {a}:"];
        for (process, name) in (1..).zip(names) {
            self.save(name, &after(self.load(name).await, process)).await;
        }
        for (process, name) in (1..).zip(names) {
            let budget = self.load(name).await.budget.expect("a budget");
            let bytes = budget.to_bytes().expect("bytes");
            let json = String::from_utf8_lossy(&bytes);
            assert!(json.contains(&format!("\"id\":{process},")), "{name:?}: {json}");
        }
    }

    /// Otherwise two processes are granted the same requests.
    fn one_of_several_concurrent_saves_succeeds(&self) {
        let name = "law at once";
        for round in 0..20 {
            let mut held = None;
            self.wait(async { held = Some(self.load(name).await) });
            let held = held.unwrap_or_else(|| panic!("the future was not waited for"));
            let barrier = Barrier::new(8);
            let attempt = |process| {
                let budget = after(held.clone(), process);
                let mut is_saved = false;
                barrier.wait();
                self.wait(async {
                    is_saved = match self.store.save_budget(name, &budget).await {
                        Ok(()) => true,
                        Err(SaveError::Conflict) => false,
                        Err(error) => panic!("save: {error:?}"),
                    };
                });
                usize::from(is_saved)
            };
            let saved: usize = at_once(attempt).into_iter().sum();
            assert_eq!(saved, 1, "round {round}: {saved} have saved");
        }
    }

    fn processes_get_the_whole_budget_and_no_more(&self) {
        let clock = Clock::new();
        let time = clock.time(Duration::ZERO, SystemTime::UNIX_EPOCH);
        let sent = at_once(|process| {
            let pacer = Pacer::shared(120, process);
            let mut reserve = None;
            let mut sent = 0;
            while self.sends(&pacer, &mut reserve, time) {
                sent += 1;
            }
            sent
        });
        assert_eq!(sent.iter().sum::<u32>(), 120, "{sent:?}");
    }

    /// Whether a call may be sent, after the store was asked, if it has to be.
    fn sends(&self, pacer: &Pacer, reserve: &mut Option<Box<Reserve>>, time: Time) -> bool {
        let kit = Kit::new(Credentials::api_key("key"));
        let mut call = Call::new(&kit, ListWebhooks::new(), 0).with_pacer(pacer);
        let mut is_asked = false;
        loop {
            match call.next(time) {
                Step::Send(_) => return true,
                Step::Reserve(begun) => *reserve = Some(begun),
                Step::AwaitShare { .. } if !is_asked => {
                    let reserve = reserve.as_mut().expect("a reserve");
                    self.wait(self.run(reserve, time));
                    is_asked = true;
                }
                // There is nothing now.
                Step::AwaitShare { .. } | Step::Wait(_) | Step::Done(_) => return false,
                step => panic!("{step:?}"),
            }
        }
    }

    /// Runs the reserve until it waits for longer than one that has saved at the same time as another.
    async fn run(&self, reserve: &mut Reserve, time: Time) {
        let name = "law processes";
        loop {
            match reserve.next(time) {
                ReserveStep::Load => reserve.loaded(self.store.load_budget(name).await, time),
                ReserveStep::Save(budget) => {
                    reserve.saved(self.store.save_budget(name, &budget).await, time);
                }
                ReserveStep::Wait { at_most, .. } if at_most < Duration::from_millis(100) => {}
                _ => return,
            }
        }
    }
}

/// Runs `act` on as many threads as there are processes.
fn at_once<T: Send>(act: impl Fn(u64) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let act = &act;
        let threads: Vec<_> =
            (1..=AT_ONCE).map(|process| scope.spawn(move || act(process))).collect();
        let join = |thread: ScopedJoinHandle<'_, T>| match thread.join() {
            Ok(joined) => joined,
            Err(panic) => resume_unwind(panic),
        };
        threads.into_iter().map(join).collect()
    })
}

/// The budget after a process has asked for a share.
fn after(loaded: LoadedBudget, process: u64) -> Budget {
    let clock = Clock::new();
    let time = clock.time(Duration::ZERO, SystemTime::UNIX_EPOCH);
    let kit = Kit::new(Credentials::api_key("key"));
    let pacer = Pacer::shared(120, process);
    let mut call = Call::new(&kit, ListWebhooks::new(), process).with_pacer(&pacer);
    let Step::Reserve(mut reserve) = call.next(time) else { panic!("the call asks for no share") };
    assert!(matches!(reserve.next(time), ReserveStep::Load), "the reserve loads nothing");
    reserve.loaded(Ok(loaded), time);
    let ReserveStep::Save(budget) = reserve.next(time) else { panic!("nothing is saved") };
    budget
}

impl<S> fmt::Debug for Budgets<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budgets").finish_non_exhaustive()
    }
}
