use std::path::{Path, PathBuf};

use kit_core::oauth::{Record, SaveError, Store, StoreError};

use crate::session_file::SessionFile;

/// Keeps the tokens of a session in a file, as JSON, secrets included. On Unix, only the owner of the file
/// may read it (mode 0600).
///
/// Saving writes a new file to the disk, and then replaces the old one: after a crash, the file has the old
/// tokens or the new ones. Several processes on one machine can share the file. They take turns at saving by
/// a lock, a second file with `.lock` at the end of its name; saving fails where another process holds the
/// lock for 5 seconds. The directory of the file has to exist. Where the file is a symbolic link, the store
/// follows it and keeps it.
///
/// To end the session, revoke its tokens with [`RevokeToken`](kit_core::oauth::RevokeToken), then delete the
/// file. Deleting alone revokes nothing: Kit still accepts the tokens, and a process that has loaded them
/// uses them until it reads the file again: when Kit answers 401, or when the access token is about to
/// expire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// A store in the file at `path`. Saving creates the file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Store for FileStore {
    fn load(&self) -> Result<Option<Record>, StoreError> {
        Ok(SessionFile::at(&self.path)?.read()?)
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        let file = SessionFile::at(&self.path)?;
        let _lock = file.lock()?;
        let held = file.read()?;
        if held.as_ref().map(Record::version) != record.replaces() {
            return Err(SaveError::Conflict);
        }
        Ok(file.write(record)?)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::{Arc, Mutex};

    use kit_core::oauth::{App, Tokens};
    use kit_ureq::oauth::Session;
    use tempfile::TempDir;

    use super::*;

    fn store() -> (TempDir, FileStore) {
        let directory = TempDir::new().unwrap();
        let store = FileStore::new(directory.path().join("session.json"));
        (directory, store)
    }

    fn tokens(token: &str) -> Tokens {
        Tokens::new(token).with_refresh_token("5ecret-refresh")
    }

    /// As another process would.
    fn begin(store: &FileStore, token: &str) {
        let session = Session::new(App::public("id"), store.clone());
        session.begin(&tokens(token)).unwrap();
    }

    #[test]
    fn a_saved_record_is_loaded() {
        let (_directory, store) = store();
        assert_eq!(store.load().unwrap(), None);
        begin(&store, "first");
        begin(&store, "second");
        assert_eq!(store.load().unwrap().unwrap().tokens(), &tokens("second"));
    }

    #[test]
    fn only_what_was_read_is_replaced() {
        let (_directory, store) = store();
        begin(&store, "first");
        // A record that was read replaces nothing, and so fits if there is nothing.
        let first = store.load().unwrap().unwrap();
        assert!(matches!(store.save(&first), Err(SaveError::Conflict)));
        fs::remove_file(store.path()).unwrap();
        store.save(&first).unwrap();
        assert!(matches!(store.save(&first), Err(SaveError::Conflict)));
    }

    #[test]
    #[cfg(unix)]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

        let (directory, store) = store();
        // A file that somebody has left there opens no door.
        for suffix in ["", ".new"] {
            let path = directory.path().join(format!("session.json{suffix}"));
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        }
        fs::remove_file(store.path()).unwrap();
        begin(&store, "first");
        fs::set_permissions(store.path(), fs::Permissions::from_mode(0o644)).unwrap();
        begin(&store, "second");
        for entry in fs::read_dir(&directory).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", entry.path().display());
        }
    }

    #[test]
    fn nothing_is_left_beside_it_but_the_lock() {
        let (directory, store) = store();
        begin(&store, "first");
        let mut names: Vec<_> =
            fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["session.json", "session.json.lock"]);
    }

    /// Notes what each record that was saved has replaced.
    struct Noting {
        store: FileStore,
        replaced: Arc<Mutex<Vec<Option<u64>>>>,
    }

    impl Store for Noting {
        fn load(&self) -> Result<Option<Record>, StoreError> {
            self.store.load()
        }

        fn save(&self, record: &Record) -> Result<(), SaveError> {
            self.store.save(record)?;
            self.replaced.lock().unwrap().push(record.replaces());
            Ok(())
        }
    }

    #[test]
    fn one_of_several_concurrent_saves_wins() {
        const SAVERS: usize = 8;
        const SAVES: usize = 20;
        let (_directory, store) = store();
        let replaced = Arc::default();
        std::thread::scope(|scope| {
            for saver in 0..SAVERS {
                let (store, replaced) = (FileStore::new(store.path()), Arc::clone(&replaced));
                scope.spawn(move || {
                    let session = Session::new(App::public("id"), Noting { store, replaced });
                    let mut saved = 0;
                    while saved < SAVES {
                        // A saver gives up if others are too fast for it.
                        let token = tokens(&format!("{saver}-{saved}"));
                        saved += usize::from(session.begin(&token).is_ok());
                    }
                });
            }
        });
        let mut replaced = replaced.lock().unwrap().clone();
        assert_eq!(replaced.len(), SAVERS * SAVES);
        // Nothing was replaced twice.
        replaced.sort_unstable();
        replaced.dedup();
        assert_eq!(replaced.len(), SAVERS * SAVES);
    }

    #[test]
    fn a_file_without_a_session_is_named_and_not_shown() {
        let (_directory, store) = store();
        begin(&store, "5ecret-access");
        let json = fs::read_to_string(store.path()).unwrap();
        for bad in [
            "",
            "5ecret",
            &json[..json.len() / 2],
            &json.replace("\"version\":1", "\"version\":\"5ecret\""),
        ] {
            fs::write(store.path(), bad).unwrap();
            let record = store.load().map(drop).unwrap_err().to_string();
            let name = store.path().display().to_string();
            assert!(record.starts_with(&format!("{name}: is not a session, ")), "{record}");
            assert!(!record.contains("5ecret"), "{record}");
        }
    }

    #[test]
    fn a_directory_that_is_not_there_is_named() {
        let (directory, _) = store();
        let store = FileStore::new(directory.path().join("missing/session.json"));
        let session = Session::new(App::public("id"), store);
        let error = session.begin(&tokens("a")).unwrap_err().to_string();
        assert!(error.contains("/missing: "), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn a_link_is_followed_and_stays() {
        use std::os::unix::fs::symlink;

        let (directory, store) = store();
        let far = directory.path().join("far");
        fs::create_dir(&far).unwrap();
        // Over another link, both relative, to a file that is not there yet.
        let link = directory.path().join("link.json");
        symlink("far/link.json", &link).unwrap();
        symlink("../session.json", far.join("link.json")).unwrap();

        let linked = FileStore::new(&link);
        begin(&linked, "first");
        assert_eq!(store.load().unwrap().unwrap().tokens(), &tokens("first"));
        begin(&store, "second");
        assert_eq!(linked.load().unwrap().unwrap().tokens(), &tokens("second"));
        begin(&linked, "third");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        // Both took turns by the same lock.
        assert!(directory.path().join("session.json.lock").exists());
        assert_eq!(fs::read_dir(&far).unwrap().count(), 1);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 4);
    }

    #[test]
    #[cfg(unix)]
    fn links_in_a_circle_are_named() {
        let (_directory, store) = store();
        std::os::unix::fs::symlink(store.path(), store.path()).unwrap();
        let error = store.load().unwrap_err().to_string();
        assert!(error.ends_with("session.json: too many symbolic links, one behind the other"));
    }

    /// A directory that may be written and not be read cannot be synced. As root reads all, this test runs
    /// itself as somebody else then.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_directory_that_cannot_be_synced_keeps_a_session() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        use std::os::unix::process::CommandExt as _;
        use std::process::Command;

        const NAME: &str = "file_store::tests::a_directory_that_cannot_be_synced_keeps_a_session";
        const NOBODY: u32 = 65534;
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            // A copy: somebody else may not get to where this program lies.
            let directory = TempDir::new().unwrap();
            fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
            let program = directory.path().join("test");
            fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
            let mut command = Command::new(program);
            command.args(["--exact", NAME]).uid(NOBODY).gid(NOBODY).current_dir("/");
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.contains("1 passed"), "{said}");
            return;
        }
        let (directory, store) = store();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o300)).unwrap();
        assert!(fs::read_dir(&directory).is_err());
        begin(&store, "first");
        begin(&store, "second");
        assert_eq!(store.load().unwrap().unwrap().tokens(), &tokens("second"));
        // To be deleted, it has to be read.
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).unwrap();
    }
}
