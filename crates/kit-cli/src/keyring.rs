//! The system's keyring: the Keychain of macOS, the Credential Manager of Windows, the Secret Service of others.
//!
//! With the feature `keyring` alone. It may ask the user, or never answer where nobody is logged in at a screen: so it has a
//! limit of time, and what cannot be kept in it is kept in a file. `KIT_NO_KEYRING` keeps it out.

#[cfg(feature = "keyring")]
pub(crate) use self::system::{forget, keep, read};
#[cfg(not(feature = "keyring"))]
pub(crate) use self::without::{forget, keep, read};

#[cfg(feature = "keyring")]
mod system {
    use std::io::IsTerminal as _;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, mpsc};
    use std::thread;
    use std::time::Duration;

    use keyring_core::{CredentialStore, Entry, Error};

    /// The name under which the keyring has what the program keeps.
    const SERVICE: &str = "kit";

    /// How long the keyring may take: it may ask somebody who sits at the terminal for a password.
    fn patience() -> Duration {
        Duration::from_secs(if std::io::stdin().is_terminal() { 60 } else { 5 })
    }

    /// Whether the environment keeps the keyring out.
    fn is_kept_out() -> bool {
        crate::profiles::variable("KIT_NO_KEYRING").is_some()
    }

    /// Keeps a secret.
    pub(crate) fn keep(name: &str, secret: &str) -> Result<(), String> {
        let secret = secret.to_owned();
        // Who answers too late is not taken at his word: the secret is elsewhere by then.
        let is_late = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_late);
        let kept = with_entry(name, move |entry| {
            entry.set_password(&secret)?;
            if seen.load(Ordering::SeqCst) { entry.delete_credential() } else { Ok(()) }
        });
        is_late.store(kept.is_err(), Ordering::SeqCst);
        kept
    }

    /// A secret that was kept.
    pub(crate) fn read(name: &str) -> Result<String, String> {
        with_entry(name, |entry| entry.get_password())
    }

    /// Forgets a secret.
    pub(crate) fn forget(name: &str) -> Result<(), String> {
        with_entry(name, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            deleted => deleted,
        })
    }

    fn with_entry<T: Send + 'static>(
        name: &str,
        use_it: impl FnOnce(Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, String> {
        if is_kept_out() {
            return Err("KIT_NO_KEYRING keeps it out".to_owned());
        }
        let name = name.to_owned();
        within(patience(), move || use_it(Entry::new_in_store(&store()?, SERVICE, &name)?))
    }

    /// Does something in a thread of its own, which is left behind if it takes too long.
    fn within<T: Send + 'static>(
        patience: Duration,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, String> {
        let (sender, done) = mpsc::channel();
        thread::spawn(move || sender.send(work()));
        match done.recv_timeout(patience) {
            // An error may hold a secret, but for its sentence.
            Ok(result) => result.map_err(|error| match error {
                Error::NoEntry => "it has no entry".to_owned(),
                Error::BadEncoding(_) | Error::BadDataFormat(..) => {
                    "its entry cannot be read".to_owned()
                }
                error => error.to_string(),
            }),
            Err(_) => Err(format!("it has not answered within {} s", patience.as_secs())),
        }
    }

    fn store() -> Result<Arc<CredentialStore>, Error> {
        #[cfg(target_os = "macos")]
        return Ok(apple_native_keyring_store::keychain::Store::new()?);
        #[cfg(windows)]
        return Ok(windows_native_keyring_store::Store::new()?);
        #[cfg(not(any(target_os = "macos", windows)))]
        return Ok(dbus_secret_service_keyring_store::Store::new()?);
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_keyring_that_does_not_answer_is_left() {
            let (never, waits) = mpsc::channel::<()>();
            let left = within(Duration::ZERO, move || Ok(waits.recv().is_ok()));
            assert_eq!(left, Err("it has not answered within 0 s".to_owned()));
            drop(never);
            let answers = within(patience(), || Ok(1));
            assert_eq!(answers, Ok(1));
            let secret =
                within(patience(), || Err::<(), _>(Error::BadEncoding(b"5ecret".to_vec())));
            assert_eq!(secret, Err("its entry cannot be read".to_owned()));
        }
    }
}

#[cfg(not(feature = "keyring"))]
mod without {
    const MISSING: &str = "this program is built without the feature keyring";

    pub(crate) fn keep(_: &str, _: &str) -> Result<(), String> {
        Err(MISSING.to_owned())
    }

    pub(crate) fn read(_: &str) -> Result<String, String> {
        Err(MISSING.to_owned())
    }

    pub(crate) fn forget(_: &str) -> Result<(), String> {
        Err(MISSING.to_owned())
    }
}
