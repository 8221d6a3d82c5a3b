use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kit_core::oauth::{Record, SaveError, Store, StoreError};

/// How long another process may hold the lock: it has to write a small file.
const PATIENCE: Duration = Duration::from_secs(5);

/// After how long it is looked again whether the lock is free.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// A session in a file, as JSON, secrets included: only its owner may read it (mode 0600, on Unix).
///
/// It is replaced as a whole, and written through to the disk first: after a crash there is the old
/// session or the new one. Several processes on one machine can share it; beside it lies a file with
/// `.lock` behind its name, by which they take turns: who has to wait for 5 seconds gives up with an
/// error. The directory has to exist.
///
/// To end a session for all who share it, delete the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// In the file of this name. It is made when something is saved.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The name of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file beside it.
    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(suffix);
        name.into()
    }

    fn directory(&self) -> &Path {
        match self.path.parent() {
            Some(directory) if !directory.as_os_str().is_empty() => directory,
            _ => Path::new("."),
        }
    }

    /// Held until it is dropped.
    fn lock(&self) -> io::Result<File> {
        let path = self.beside(".lock");
        let lock = private().create(true).truncate(false).open(&path).map_err(at(&path))?;
        let start = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::Error(error)) => return Err(at(&path)(error)),
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                    std::thread::sleep(LOOK_AGAIN);
                }
                Err(TryLockError::WouldBlock) => {
                    let reason = "another process has had the lock for 5 seconds";
                    return Err(at(&path)(io::Error::new(ErrorKind::TimedOut, reason)));
                }
            }
        }
    }

    fn read(&self) -> io::Result<Option<Record>> {
        let json = match fs::read(&self.path) {
            Ok(json) => json,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Better now than when there is something to save.
                fs::read_dir(self.directory()).map_err(at(self.directory()))?;
                return Ok(None);
            }
            Err(error) => return Err(at(&self.path)(error)),
        };
        serde_json::from_slice(&json).map(Some).map_err(|error| {
            // Its text may repeat a token.
            let (line, column) = (error.line(), error.column());
            let reason = format!(
                "is not a session, from line {line}, column {column} on: delete it, and authorize again"
            );
            at(&self.path)(io::Error::new(ErrorKind::InvalidData, reason))
        })
    }

    fn write(&self, record: &Record) -> io::Result<()> {
        let json = serde_json::to_vec(record)?;
        let new = self.beside(".new");
        // Who was interrupted may have left it, with whatever mode.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(at(&new)(error)),
            _ => {}
        }
        let mut file = private().create_new(true).open(&new).map_err(at(&new))?;
        file.write_all(&json).and_then(|()| file.sync_all()).map_err(at(&new))?;
        fs::rename(&new, &self.path).map_err(at(&self.path))?;
        self.sync_directory()
    }

    /// The new name, too, is to outlast a crash.
    #[cfg(unix)]
    fn sync_directory(&self) -> io::Result<()> {
        let directory = self.directory();
        File::open(directory).and_then(|file| file.sync_all()).map_err(at(directory))
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "on Unix it can fail")]
    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Store for FileStore {
    fn load(&self) -> Result<Option<Record>, StoreError> {
        Ok(self.read()?)
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        let _lock = self.lock()?;
        let held = self.read()?;
        if held.as_ref().map(Record::version) != record.replaces() {
            return Err(SaveError::Conflict);
        }
        Ok(self.write(record)?)
    }
}

/// For writing, and readable by the owner alone.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Names the file in an error.
fn at(path: &Path) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::SystemTime;

    use kit_core::oauth::{App, Session, Tokens};
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
        session.begin(&tokens(token), SystemTime::now()).unwrap();
    }

    #[test]
    fn what_is_saved_is_loaded() {
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
        // What was read again replaces nothing, and so fits where there is nothing.
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
        // What somebody has left there opens no door.
        for suffix in ["", ".new"] {
            let path = store.beside(suffix);
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
    fn of_those_who_save_at_the_same_time_one_wins() {
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
                        // It gives up where others are too fast for it.
                        let token = tokens(&format!("{saver}-{saved}"));
                        saved += usize::from(session.begin(&token, SystemTime::now()).is_ok());
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
    fn what_is_no_session_is_named_and_not_shown() {
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
        let error = session.begin(&tokens("a"), SystemTime::now()).unwrap_err().to_string();
        assert!(error.contains("/missing: "), "{error}");
    }
}
