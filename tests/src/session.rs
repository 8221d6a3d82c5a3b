//! Sessions with an emulator.

use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use kit_core::Time;
use kit_core::oauth::{App, Record, RefreshStep, SaveError, Session, Store, StoreError, Tokens};
use kit_emulator::Emulator;

/// The app that the emulator knows, with its secret.
pub fn app(emulator: &Emulator) -> App {
    App::confidential(emulator.client_id(), emulator.client_secret())
}

/// Tokens as they come of an authorization.
pub fn tokens(emulator: &Emulator) -> Tokens {
    let issued = emulator.issue_tokens();
    Tokens::new(issued.access_token)
        .with_refresh_token(issued.refresh_token)
        .with_expires_in(issued.expires_in.as_secs())
}

/// A session that has just begun, in memory.
pub fn begin(emulator: &Emulator) -> Session {
    in_memory(app(emulator), &tokens(emulator))
}

/// A session that has just begun with these tokens, in memory.
pub fn in_memory(app: App, tokens: &Tokens) -> Session {
    let session = Session::in_memory(app);
    // Nothing has to be saved.
    drop(session.begin(tokens, now()).expect("a session"));
    session
}

/// The time by the clocks of this machine.
pub fn now() -> Time {
    Time::new(Instant::now(), SystemTime::now())
}

/// A store in memory, which sessions share as processes share a file.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Option<Record>>);

impl Store for Memory {
    fn load(&self) -> Result<Option<Record>, StoreError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().map(Record::version) != record.replaces() {
            return Err(SaveError::Conflict);
        }
        *held = Some(record.clone());
        Ok(())
    }
}

/// Keeps tokens in a store, as a session does that began then.
pub fn keep(store: &impl Store, app: &App, tokens: &Tokens, begun: SystemTime) {
    let time = Time::new(Instant::now(), begun);
    let session = Session::new(app.clone());
    let mut refresh = session.begin(tokens, time).expect("a session");
    loop {
        match refresh.next(time) {
            RefreshStep::Load => refresh.loaded(store.load(), time),
            RefreshStep::Save(record) => refresh.saved(store.save(&record), time),
            RefreshStep::Done(result) => return result.expect("saved"),
            step => panic!("{step:?}"),
        }
    }
}
