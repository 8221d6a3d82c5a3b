use super::*;

/// The budget of a credential, as its processes ask one after the other.
#[derive(Default)]
struct Shared {
    budget: Option<Budget>,
}

const START: u64 = 1_700_000_000;

/// A process that asks at a second, with nothing under way.
fn ask(process: u64, wants: u32) -> Ask {
    Ask { process, most: 100, wants, ..Ask::default() }
}

/// The same, after so many of its requests have ended so many seconds ago.
fn after(process: u64, wants: u32, ended: &[(u64, u32)]) -> Ask {
    let ended = ended.iter().map(|(ago, count)| (Duration::from_secs(*ago), *count)).collect();
    Ask { ended, ..ask(process, wants) }
}

impl Shared {
    fn answer(&mut self, seconds: u64, ask: &Ask) -> Share {
        self.answer_at(Duration::from_secs(START + seconds), ask)
    }

    fn answer_at(&mut self, now: Duration, ask: &Ask) -> Share {
        let (budget, share) = Budget::answer(self.budget.take(), ask, now);
        self.budget = Some(budget);
        share
    }

    fn granted(&mut self, seconds: u64, ask: &Ask) -> u32 {
        self.answer(seconds, ask).granted
    }

    /// The part of the JSON that is about a process.
    fn of(&self, process: u64) -> serde_json::Value {
        let bytes = self.budget.as_ref().unwrap().to_bytes().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let processes = json["processes"].as_array().unwrap();
        processes.iter().find(|held| held["id"] == process).unwrap().clone()
    }
}

#[test]
fn a_waiting_process_that_has_less_than_its_part_comes_first() {
    for (seconds, wanted, first) in [(61, 50, 50), (61, 10, 90), (61, 0, 100), (64, 50, 100)] {
        let mut shared = Shared::default();
        assert_eq!(shared.granted(0, &ask(1, 100)), 100);
        assert_eq!(shared.granted(1, &after(1, 0, &[(0, 100)])), 0);
        let share = shared.answer(1, &ask(2, wanted));
        assert_eq!(share.granted, 0);
        if wanted > 0 {
            assert_eq!(share.ask_again, Duration::from_secs(60));
        }
        // All of it is free again, and the second keeps its turn for two seconds.
        assert_eq!(shared.granted(seconds, &ask(1, 100)), first, "{seconds} {wanted}");
        assert_eq!(shared.granted(seconds, &ask(2, wanted)), wanted.min(100 - first));
    }
}

#[test]
fn a_process_that_has_its_part_does_not_come_first() {
    let mut shared = Shared::default();
    // Both have the half, and want more.
    assert_eq!(shared.granted(0, &ask(1, 50)), 50);
    assert_eq!(shared.granted(0, &ask(2, 90)), 50);
    assert_eq!(shared.granted(1, &after(2, 40, &[(0, 50)])), 0);
    assert_eq!(shared.granted(30, &after(1, 0, &[(29, 50)])), 0);
    // The half of the first is free: it gets what the second, with its own half, has to wait for.
    assert_eq!(shared.granted(61, &ask(1, 30)), 30);
    assert_eq!(shared.granted(61, &after(2, 40, &[(60, 50)])), 40);
}

/// Calls that are under way together are refused together.
#[test]
fn a_second_refusal_in_a_minute_changes_nothing() {
    let refused = |ago| {
        let retry_after = Duration::from_secs(5);
        Some(Refused { ago: Duration::from_secs(ago), retry_after })
    };
    let mut shared = Shared::default();
    for process in [1, 2] {
        let ask = Ask { refused: refused(1), ..ask(process, 0) };
        assert_eq!(shared.granted(1, &ask), 0);
    }
    assert_eq!(shared.granted(6, &ask(1, 100)), 50);
    assert_eq!(shared.granted(6, &ask(2, 100)), 0);
    // The budget doubles after a minute.
    assert_eq!(shared.granted(61, &ask(2, 100)), 50);
}

#[test]
fn a_process_waits_if_it_has_not_got_all() {
    let mut shared = Shared::default();
    shared.answer(0, &ask(1, 60));
    assert_eq!(shared.of(1)["unmet"], serde_json::Value::Null);
    assert_eq!(shared.of(1)["waits"], serde_json::Value::Null);
    let share = shared.answer(0, &ask(2, 60));
    assert_eq!((share.granted, shared.of(2)["unmet"].as_u64()), (40, Some(20)));
    let waits = u64::try_from(share.ask_again.as_millis()).unwrap() + GRACE;
    assert_eq!(shared.of(2)["waits"], waits);
}

#[test]
fn the_next_room_is_when_something_changes() {
    let wait = |asks: &[(u64, Ask)]| {
        let mut shared = Shared::default();
        let answers: Vec<_> = asks.iter().map(|(at, ask)| shared.answer(*at, ask)).collect();
        let last = answers.last().unwrap();
        assert_eq!(last.granted, 0, "{asks:?}");
        u64::try_from(last.ask_again.as_millis()).unwrap()
    };
    let under_way = |process, count| Ask { in_flight: count, ..ask(process, 0) };
    // A share that may not be used up comes back when its lease is over.
    assert_eq!(wait(&[(0, ask(1, 100)), (2, ask(2, 1))]), 3100);
    // Requests under way have to end; if their process has died, they count for 95 seconds.
    assert_eq!(wait(&[(0, under_way(1, 100)), (40, ask(2, 1))]), 55_000);
    assert_eq!(wait(&[(0, under_way(1, 100)), (1, ask(2, 1))]), 60_000);
    // Requests that have ended count for a minute, those of others and its own.
    assert_eq!(wait(&[(0, after(1, 0, &[(20, 100)])), (1, ask(2, 1))]), 39_000);
    assert_eq!(wait(&[(0, after(1, 1, &[(50, 1), (20, 99)]))]), 10_000);
    // Another that waits has its turn, until it has missed it.
    let asks = [
        (0, after(1, 0, &[(59, 50), (0, 50)])),
        (0, ask(2, 50)),
        (2, after(3, 0, &[(0, 50)])),
        (2, ask(4, 1)),
    ];
    assert_eq!(wait(&asks), 1000);
}

#[test]
fn parts_are_presumed_while_the_store_may_have_failed() {
    let known = |shared: &mut Shared| {
        for process in 1..=4 {
            shared.answer(0, &ask(process, 0));
        }
    };
    // Nobody was cut off: others have a moment to say that they were.
    let mut shared = Shared::default();
    known(&mut shared);
    assert_eq!(shared.granted(95, &ask(1, 100)), 100 - 15 * 6, "all parts but its own");
    assert_eq!(shared.of(2)["presumed"], 6);
    let mut shared = Shared::default();
    known(&mut shared);
    assert_eq!(shared.granted(95, &ask(1, 10)), 10);
    let late = Duration::from_millis((START + 95) * 1000 + MOMENT);
    assert_eq!(shared.answer_at(late, &ask(2, 100)).granted, 90);

    // A moment earlier there is no failure of that length.
    let mut shared = Shared::default();
    known(&mut shared);
    assert_eq!(shared.granted(94, &ask(1, 100)), 100);

    // One was cut off: what the others have sent counts for a minute, unless they report.
    let mut shared = Shared::default();
    known(&mut shared);
    let cut_off = |process, wants| Ask { was_cut_off: true, ..ask(process, wants) };
    assert_eq!(shared.granted(95, &cut_off(1, 10)), 10);
    assert_eq!(shared.granted(100, &cut_off(2, 6)), 6, "its own part");
    assert_eq!(shared.granted(159, &ask(3, 6)), 6);
    assert_eq!(shared.granted(160, &ask(4, 100)), 78);
    let mut shared = Shared::default();
    known(&mut shared);
    assert_eq!(shared.granted(95, &cut_off(1, 10)), 10);
    assert_eq!(shared.granted(120, &ask(2, 100)), 6, "the others have not reported");

    // A process that was alone, and asks again after a while, gets everything.
    let mut shared = Shared::default();
    shared.answer(0, &ask(1, 0));
    assert_eq!(shared.granted(95, &ask(1, 100)), 100);
    // Requests that are not presumed are not prolonged.
    assert_eq!(shared.granted(100, &cut_off(2, 100)), 0);
    assert_eq!(shared.of(1)["held"], 100);
}

/// Also where others ask so seldom that each of them presumes what it may have sent.
#[test]
fn a_process_is_remembered_for_an_hour() {
    for step in [50, 100, 600] {
        let mut shared = Shared::default();
        shared.answer(0, &ask(1, 0));
        let mut seconds = 0;
        loop {
            seconds += step;
            let processes = shared.answer(seconds, &ask(2, 0)).processes;
            assert_eq!(processes, if seconds < 3600 { 2 } else { 1 }, "{seconds}");
            if seconds > 4000 {
                break;
            }
        }
    }
}
