//! Keeps the sessions of accounts sealed by XChaCha20-Poly1305, with keys that can be changed.
//! `cargo run --example sealed_sessions --features seal`
//!
//! The sessions are of a local Kit, in a folder that is deleted at the end. With `kit-postgres` and `kit-redis` the seal is
//! the same: `Tables::sealed`, `Keys::sealed`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use kit_core::seal::{Seal, SealError};
use kit_emulator::Emulator;
use kit_examples::{Failure, say};
use kit_file_store::FolderStore;
use kit_ureq::account::GetAccount;
use kit_ureq::oauth::{App, Sessions, Tokens};
use kit_ureq::{Client, Credentials};

/// How long the random number is that each sealed text has in front of it, behind the number of the key.
const NONCE: usize = 24;

/// The keys by their numbers: the last one seals, and all of them open. Keep them where the sessions are not, such as in
/// the environment or with a service for keys.
struct Keyring(BTreeMap<u8, XChaCha20Poly1305>);

impl Keyring {
    fn of(keys: &[(u8, [u8; 32])]) -> Self {
        Self(
            keys.iter()
                .map(|(number, key)| (*number, XChaCha20Poly1305::new(key.into())))
                .collect(),
        )
    }
}

impl Seal for Keyring {
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let (number, key) = self.0.last_key_value().ok_or("there is no key")?;
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce)?;
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed =
            key.encrypt(&XNonce::from(nonce), payload).map_err(|_| "it cannot be sealed")?;
        Ok([&[*number], nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (number, rest) = sealed.split_first().ok_or("it is empty")?;
        let (nonce, text) = rest.split_first_chunk::<NONCE>().ok_or("it is too short")?;
        let key = self
            .0
            .get(number)
            .ok_or_else(|| format!("it is sealed by key {number}, which is not known"))?;
        let payload = Payload { msg: text, aad: place.as_bytes() };
        let plain = key.decrypt(&XNonce::from(*nonce), payload);
        Ok(plain.map_err(|_| "it was changed, or is of another place")?)
    }
}

fn main() -> ExitCode {
    kit_examples::finish(run())
}

fn run() -> Result<(), Failure> {
    let kit = Emulator::start()?;
    let client = Client::builder().base_url(kit.base_url()).build(Credentials::none())?;
    let app = App::confidential(kit.client_id(), kit.client_secret());
    let folder = tempfile::tempdir()?;
    let (mut old, mut new) = ([0; 32], [0; 32]);
    getrandom::fill(&mut old)?;
    getrandom::fill(&mut new)?;

    let sealed_by = |keys: &[(u8, [u8; 32])]| {
        Sessions::new(app.clone(), FolderStore::new(folder.path()).sealed(Keyring::of(keys)))
    };
    let names = |sessions: &Sessions| -> Result<String, Failure> {
        let account = client.with_principal(sessions.get("account-9")).send(&GetAccount::new())?;
        Ok(account.account.name)
    };

    // As after `ExchangeCode`.
    let issued = kit.issue_tokens();
    let tokens = Tokens::new(issued.access_token.clone()).with_refresh_token(issued.refresh_token);
    sealed_by(&[(1, old)]).get("account-9").begin(&tokens)?;
    let written = std::fs::read(folder.path().join("account-9.session"))?;
    let shown = written
        .windows(issued.access_token.len())
        .any(|part| part == issued.access_token.as_bytes());
    say(format_args!("The file shows the token: {shown}"));

    // A second key: whatever is saved from now on is sealed by it.
    let both = sealed_by(&[(1, old), (2, new)]);
    say(format_args!("With both keys, the account is {}", names(&both)?));
    both.get("account-9").begin(&tokens)?;

    // Once everything was saved again, the old key is not needed any more.
    say(format_args!("With the new key alone, it is {}", names(&sealed_by(&[(2, new)]))?));
    let error = names(&sealed_by(&[(1, old)])).map_err(|error| error.to_string());
    say(format_args!("With the old key alone: {}", error.err().unwrap_or_default()));
    Ok(())
}
