//! Sessions with an emulator.

use std::time::SystemTime;

use kit_core::oauth::{App, MemoryStore, Session, Tokens};
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
    let session = Session::new(app(emulator), MemoryStore::new());
    session.begin(&tokens(emulator), SystemTime::now()).expect("a session");
    session
}
