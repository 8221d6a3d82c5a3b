use std::time::{Duration, SystemTime};

use super::super::{Entry, Pacer, Place, Reserve, ReserveStep};
use crate::budgets::{Budget, HELD, LEASE, LoadedBudget, SaveError};
use crate::time::{Clock, Time};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A store, the clock of all processes, and that of the engine, which shows another time.
struct World {
    clock: Clock,
    now: Duration,
    engine: Duration,
    budget: Option<Budget>,
    fails: bool,
}

/// One process.
struct Process {
    pacer: Pacer,
    reserve: Option<Box<Reserve>>,
}

impl Process {
    fn new(limit: u32, number: u64) -> Self {
        Self { pacer: Pacer::shared(limit, number), reserve: None }
    }
}

impl World {
    fn new() -> Self {
        Self {
            clock: Clock::new(),
            now: Duration::ZERO,
            engine: seconds(1_700_000_000),
            budget: None,
            fails: false,
        }
    }

    fn time(&self) -> Time {
        self.clock.time(self.now, SystemTime::UNIX_EPOCH)
    }

    fn pass(&mut self, duration: Duration) {
        self.now += duration;
        self.engine += duration;
    }

    fn load(&self) -> Result<LoadedBudget, crate::budgets::StoreError> {
        if self.fails {
            return Err("down".into());
        }
        // The budget is written, so that the text is read, too.
        let bytes = self.budget.as_ref().map(|budget| budget.to_bytes().unwrap());
        let budget = bytes.map(|bytes| Budget::from_bytes(&bytes).unwrap());
        Ok(LoadedBudget::new(budget, self.engine))
    }

    fn save(&mut self, budget: &Budget) -> Result<(), SaveError> {
        if self.fails {
            return Err("down".into());
        }
        if self.budget.as_ref().map(Budget::version) != budget.replaces() {
            return Err(SaveError::Conflict);
        }
        self.budget = Some(budget.clone());
        Ok(())
    }

    /// Runs the reserve until it waits, and returns for how long; `None` where it has ended.
    fn run(&mut self, process: &mut Process) -> Option<Duration> {
        let reserve = process.reserve.as_mut()?;
        loop {
            match reserve.next(self.time()) {
                ReserveStep::Load => reserve.loaded(self.load(), self.time()),
                ReserveStep::Save(budget) => reserve.saved(self.save(&budget), self.time()),
                ReserveStep::Wait { at_most, .. } => return Some(at_most),
                ReserveStep::Done => {
                    process.reserve = None;
                    return None;
                }
            }
        }
    }

    /// Lets seconds pass while a call waits: the process asks the store in each of them.
    fn wait(&mut self, process: &mut Process, seconds: u64) {
        let mut place = Place::new(process.pacer.clone());
        assert!(self.enter(process, &mut place).is_err());
        for _ in 0..seconds {
            self.pass(Duration::from_secs(1));
            self.run(process);
        }
    }

    /// Whether the request may be sent, after the store was asked, if it has to be.
    fn enter(&mut self, process: &mut Process, place: &mut Place) -> Result<(), Duration> {
        for _ in 0..3 {
            match place.enter(self.time()).unwrap() {
                Entry::Go => return Ok(()),
                Entry::Wait(wait) => return Err(wait),
                Entry::Reserve(reserve) => process.reserve = Some(reserve),
                Entry::Await { at_most, .. } => {
                    let wait = self.run(process).unwrap_or(at_most);
                    if wait > Duration::ZERO
                        && matches!(place.enter(self.time()).unwrap(), Entry::Go)
                    {
                        return Ok(());
                    }
                    return Err(at_most.min(wait));
                }
            }
        }
        panic!("the call comes to nothing");
    }

    /// How many requests the process can send now, up to `most`. They end at once.
    fn send(&mut self, process: &mut Process, most: u32) -> u32 {
        for sent in 0..most {
            let mut place = Place::new(process.pacer.clone());
            if self.enter(process, &mut place).is_err() {
                return sent;
            }
            place.leave(self.time());
        }
        most
    }
}

#[test]
fn one_process_gets_the_whole_budget() {
    let (mut world, mut process) = (World::new(), Process::new(120, 1));
    assert!(process.pacer.is_shared() && !Pacer::new(1).is_shared());
    assert_eq!(world.send(&mut process, 200), 120);
    world.pass(seconds(59));
    assert_eq!(world.send(&mut process, 1), 0);
    world.pass(seconds(1));
    assert_eq!(world.send(&mut process, 200), 120);
}

#[test]
fn two_processes_share_one_budget() {
    let mut world = World::new();
    let [mut one, mut other] = [1, 2].map(|number| Process::new(120, number));
    assert_eq!(world.send(&mut one, 50), 50);
    let left = world.send(&mut other, 200);
    // One may hold a share that it has not used.
    assert!((63..=70).contains(&left), "{left}");
    // The first gives back what it does not need when its lease is over, and the reserve ends.
    world.pass(LEASE);
    assert_eq!(world.run(&mut one), None);
    world.pass(seconds(1));
    assert_eq!(world.send(&mut other, 200), 70 - left);
}

#[test]
fn the_share_of_a_dead_process_comes_back() {
    let mut world = World::new();
    let [mut dead, mut other] = [1, 2].map(|number| Process::new(1600, number));
    let mut places: Vec<_> = (0..100).map(|_| Place::new(dead.pacer.clone())).collect();
    for place in &mut places {
        let _ = world.enter(&mut dead, place);
    }
    std::mem::forget((dead, places));
    let held = world.budget.as_ref().unwrap().counts();
    assert!((100..=200).contains(&held), "{held}");
    assert_eq!(world.send(&mut other, 2000), 1600 - held);
    world.pass(seconds(60));
    assert_eq!(world.send(&mut other, 2000), 1600 - held);
    world.pass(HELD.saturating_sub(seconds(60)));
    assert_eq!(world.send(&mut other, 2000), held);
}

#[test]
fn a_share_is_used_no_longer_than_its_lease() {
    for (passed, sends) in [(LEASE.saturating_sub(Duration::from_millis(1)), true), (LEASE, false)]
    {
        let (mut world, mut process) = (World::new(), Process::new(1600, 1));
        let mut places = [1, 2, 3].map(|_| Place::new(process.pacer.clone()));
        let [first, second, third] = &mut places;
        let Entry::Reserve(reserve) = first.enter(world.time()).unwrap() else { panic!() };
        process.reserve = Some(reserve);
        for place in [second, third] {
            assert!(matches!(place.enter(world.time()).unwrap(), Entry::Await { .. }));
        }
        // The engine takes its time: the lease is counted from the question.
        let reserve = process.reserve.as_mut().unwrap();
        assert!(matches!(reserve.next(world.time()), ReserveStep::Load));
        let loaded = world.load();
        world.pass(passed);
        let reserve = process.reserve.as_mut().unwrap();
        reserve.loaded(loaded, world.time());
        let ReserveStep::Save(budget) = reserve.next(world.time()) else { panic!() };
        let saved = world.save(&budget);
        reserve.saved(saved, world.time());
        let last = places.last_mut().unwrap().enter(world.time()).unwrap();
        assert_eq!(matches!(last, Entry::Go), sends);
    }
}

#[test]
fn while_the_store_fails_the_last_share_is_used_and_later_a_part() {
    for (count, part) in [(4, 100), (20, 80)] {
        let mut world = World::new();
        let mut processes: Vec<_> = (1..=count).map(|number| Process::new(1600, number)).collect();
        for _ in 0..2 {
            for process in &mut processes {
                assert_eq!(world.send(process, 20), 20);
            }
            world.pass(LEASE);
            for process in &mut processes {
                assert_eq!(world.run(process), None);
            }
        }
        let [first, second, ..] = &mut *processes else { panic!() };
        let before = world.send(first, 1);
        world.fails = true;
        let share = world.send(first, 500);
        assert!(before == 1 && share < 110, "{share}");
        assert_eq!(first.pacer.store_failure().unwrap().as_ref(), "down");
        world.wait(first, 94);
        assert_eq!(world.send(first, 1), 0, "others may have got all of it");
        world.wait(first, 1);
        assert_eq!(world.send(first, 1000), part);
        world.wait(first, 59);
        assert_eq!(world.send(first, 1000), 0);
        world.wait(first, 1);
        assert_eq!(world.send(first, 1000), part);
        // The store works again, and learns what was sent meanwhile. The others may have sent their parts, too.
        world.fails = false;
        world.pass(seconds(1));
        world.run(first);
        assert_eq!(first.pacer.store_failure(), None);
        assert_eq!(world.send(second, 2000), part);
        world.pass(seconds(60));
        assert_eq!(world.send(second, 2000), 1600);
    }
}

#[test]
fn a_process_that_has_never_reached_the_store_uses_a_sixteenth() {
    let (mut world, mut process) = (World::new(), Process::new(1600, 1));
    world.fails = true;
    assert_eq!(world.send(&mut process, 1), 0);
    world.wait(&mut process, 95);
    assert_eq!(world.send(&mut process, 1000), 100);
    // Long after the last request, there is nothing to report, and nobody asks any more.
    world.pass(seconds(60));
    assert_eq!(world.run(&mut process), None);
    // The store may have worked meanwhile, and others may have got all of it.
    assert_eq!(world.send(&mut process, 1), 0);
    world.wait(&mut process, 95);
    assert_eq!(world.send(&mut process, 1000), 100);
}

#[test]
fn a_429_stops_all_processes() {
    let mut world = World::new();
    let [mut one, mut other] = [1, 2].map(|number| Process::new(120, number));
    let mut place = Place::new(one.pacer.clone());
    world.enter(&mut one, &mut place).unwrap();
    place.leave(world.time());
    place.limited(Some(seconds(20)), world.time());
    drop(place);
    assert_eq!(world.send(&mut one, 1), 0);
    world.run(&mut one);
    let mut place = Place::new(other.pacer.clone());
    let wait = world.enter(&mut other, &mut place).unwrap_err();
    assert_eq!(wait, seconds(20));
    drop(place);
    world.pass(seconds(20));
    let sent = world.send(&mut other, 200) + world.send(&mut one, 200);
    assert_eq!(sent, 59, "half of it, and one counts already");
    world.pass(seconds(60));
    let sent = world.send(&mut other, 200) + world.send(&mut one, 200);
    assert!((119..=120).contains(&sent), "{sent}");
}

#[test]
fn a_dropped_reserve_leaves_its_place_to_another() {
    let (mut world, mut process) = (World::new(), Process::new(120, 1));
    let mut place = Place::new(process.pacer.clone());
    for _ in 0..3 {
        let Entry::Reserve(reserve) = place.enter(world.time()).unwrap() else { panic!() };
        assert!(matches!(place.enter(world.time()).unwrap(), Entry::Await { .. }));
        drop(reserve);
    }
    let Entry::Reserve(undriven) = place.enter(world.time()).unwrap() else { panic!() };
    world.pass(seconds(59));
    assert!(matches!(place.enter(world.time()).unwrap(), Entry::Await { .. }));
    world.pass(seconds(1));
    assert_eq!(world.enter(&mut process, &mut place), Ok(()));
    // The first reserve comes back, and finds another in its place.
    let mut undriven = undriven;
    assert!(matches!(undriven.next(world.time()), ReserveStep::Done));
}

#[test]
fn a_process_that_saves_at_the_same_time_asks_again() {
    let mut world = World::new();
    let [mut one, mut other] = [1, 2].map(|number| Process::new(120, number));
    let mut place = Place::new(one.pacer.clone());
    let Entry::Reserve(mut reserve) = place.enter(world.time()).unwrap() else { panic!() };
    for _ in 0..3 {
        let step = reserve.next(world.time());
        if let ReserveStep::Wait { at_most, .. } = step {
            assert!(at_most > Duration::ZERO && at_most < seconds(1));
            world.pass(at_most);
            assert!(matches!(reserve.next(world.time()), ReserveStep::Load));
        }
        reserve.loaded(world.load(), world.time());
        assert_eq!(world.send(&mut other, 1), 1);
        world.pass(LEASE);
        world.run(&mut other);
        let ReserveStep::Save(budget) = reserve.next(world.time()) else { panic!() };
        let saved = world.save(&budget);
        assert!(matches!(saved, Err(SaveError::Conflict)));
        reserve.saved(saved, world.time());
    }
    one.reserve = Some(reserve);
    let wait = world.run(&mut one).unwrap();
    world.pass(wait);
    world.run(&mut one);
    assert!(matches!(place.enter(world.time()).unwrap(), Entry::Go));
}

/// The engine may have saved what it could not say.
#[test]
fn a_lost_reply_costs_nothing() {
    let (mut world, mut process) = (World::new(), Process::new(120, 1));
    let mut place = Place::new(process.pacer.clone());
    let Entry::Reserve(mut reserve) = place.enter(world.time()).unwrap() else { panic!() };
    assert!(matches!(reserve.next(world.time()), ReserveStep::Load));
    reserve.loaded(world.load(), world.time());
    let ReserveStep::Save(budget) = reserve.next(world.time()) else { panic!() };
    world.save(&budget).unwrap();
    reserve.saved(Err("cut off".into()), world.time());
    process.reserve = Some(reserve);
    world.run(&mut process);
    assert!(matches!(place.enter(world.time()).unwrap(), Entry::Go));
    place.leave(world.time());
    assert_eq!(process.pacer.store_failure(), None);
    assert_eq!(world.send(&mut process, 200), 119);
}

#[test]
fn a_step_whose_outcome_is_not_told_is_a_failure() {
    let (world, process) = (World::new(), Process::new(120, 1));
    let mut place = Place::new(process.pacer.clone());
    let Entry::Reserve(mut reserve) = place.enter(world.time()).unwrap() else { panic!() };
    assert!(matches!(reserve.next(world.time()), ReserveStep::Load));
    assert!(matches!(reserve.next(world.time()), ReserveStep::Load));
    assert!(matches!(reserve.next(world.time()), ReserveStep::Wait { .. }));
    let failure = process.pacer.store_failure().unwrap();
    assert_eq!(failure.as_ref(), "nothing was told of its outcome");
}

#[test]
fn a_request_under_way_for_long_is_not_forgotten() {
    let mut world = World::new();
    let [mut one, mut other] = [1, 2].map(|number| Process::new(16, number));
    let mut place = Place::new(one.pacer.clone());
    world.enter(&mut one, &mut place).unwrap();
    for _ in 0..20 {
        world.pass(seconds(10));
        world.run(&mut one).unwrap();
        assert_eq!(world.budget.as_ref().unwrap().counts(), 1);
    }
    assert_eq!(world.send(&mut other, 20), 15);
    place.leave(world.time());
    assert_eq!(world.run(&mut one), None, "there is nothing to give back");
    world.pass(HELD);
    assert_eq!(world.send(&mut other, 20), 1, "others may have sent while the store failed");
    world.pass(seconds(3));
    assert_eq!(world.send(&mut other, 20), 15);
}

#[test]
fn another_clock_ends_a_reserve_and_no_call() {
    let (mut world, mut process) = (World::new(), Process::new(120, 1));
    let mut place = Place::new(process.pacer.clone());
    let Entry::Reserve(mut reserve) = place.enter(world.time()).unwrap() else { panic!() };
    let other = Clock::new().time(Duration::ZERO, SystemTime::UNIX_EPOCH);
    assert!(matches!(reserve.next(other), ReserveStep::Done));
    drop(reserve);
    assert_eq!(world.enter(&mut process, &mut place), Ok(()));
}

#[test]
fn a_pacer_whose_reserve_runs_is_not_at_rest() {
    let (mut world, mut process) = (World::new(), Process::new(120, 1));
    assert_eq!(world.send(&mut process, 1), 1);
    world.pass(seconds(70));
    let is_at_rest = |world: &World, pacer: Pacer| pacer.is_at_rest(world.time());
    let reserve = process.reserve.take();
    let pacer = std::mem::replace(&mut process.pacer, Pacer::new(1));
    assert!(!pacer.is_at_rest(world.time()));
    drop(reserve);
    assert!(is_at_rest(&world, pacer));
}
