use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kit_core::oauth::{ListedSessions, Record, SaveError, SessionStore, StoreError, StoredSession};
use kit_core::seal::{Seal, Unsealed};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::session_file::SessionFile;

/// How the name of a session's file ends.
const SUFFIX: &str = ".session";

/// The characters of a key that a file's name does not have as they are. Capitals are among them, since some systems do
/// not tell them from small letters.
const ENCODED: &AsciiSet = &with_capitals(NON_ALPHANUMERIC.remove(b'-').remove(b'_'));

const fn with_capitals(set: AsciiSet) -> AsciiSet {
    let (mut set, mut letter) = (set, b'A');
    while letter <= b'Z' {
        set = set.add(letter);
        letter += 1;
    }
    set
}

/// Keeps the sessions of many accounts in a folder, a file for each: for a program on one machine, without a database.
/// On Unix, only the owner of the files may read them (mode 0600).
///
/// What [`FileStore`](crate::FileStore) promises for its file holds for each of them. The name of a file is the key of
/// the session, in which all but `a-z 0-9 - _` is percent-encoded; a key whose file name the system finds too long is an
/// error. The folder has to exist. Lock files of deleted sessions stay. A session whose file cannot be understood, or
/// opened by the seal, is listed as one that needs authorization.
///
/// Without a [seal](Seal) the tokens are there to read, for the owner of the files and for their backups.
///
/// # Examples
///
/// ```no_run
/// use kit_file_store::FolderStore;
/// use kit_ureq::oauth::{App, Sessions};
///
/// let app = App::confidential("client-id", "client-secret");
/// let sessions = Sessions::new(app, FolderStore::new("sessions"));
/// ```
#[derive(Clone)]
pub struct FolderStore {
    folder: PathBuf,
    seal: Arc<dyn Seal>,
}

impl FolderStore {
    /// A store in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), seal: Arc::new(Unsealed) }
    }

    /// The same store, whose files are sealed.
    #[must_use]
    pub fn sealed(self, seal: impl Seal + 'static) -> Self {
        Self { seal: Arc::new(seal), ..self }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn file(&self, key: &str) -> io::Result<SessionFile> {
        // An empty key has a name, too, which no other key has.
        let name =
            if key.is_empty() { "%".into() } else { utf8_percent_encode(key, ENCODED).to_string() };
        SessionFile::at(&self.folder.join(name + SUFFIX))
    }

    fn read(&self, key: &str, file: &SessionFile) -> Result<Option<Record>, StoreError> {
        let Some(bytes) = file.read_bytes()? else { return Ok(None) };
        let record = Record::open(key, &bytes, &*self.seal);
        Ok(Some(record.map_err(|error| file.named(io::Error::new(ErrorKind::InvalidData, error)))?))
    }

    /// The keys of all sessions behind this one, in order.
    fn keys(&self, after: Option<&str>) -> io::Result<Vec<String>> {
        let mut keys = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let Some(name) = name.to_str().and_then(|name| name.strip_suffix(SUFFIX)) else {
                continue;
            };
            let key =
                if name == "%" { "".into() } else { percent_decode_str(name).decode_utf8_lossy() };
            if after.is_none_or(|after| *key > *after) {
                keys.push(key.into_owned());
            }
        }
        keys.sort_unstable();
        Ok(keys)
    }
}

impl SessionStore for FolderStore {
    fn load(&self, key: &str) -> Result<Option<Record>, StoreError> {
        self.read(key, &self.file(key)?)
    }

    fn save(&self, key: &str, record: &Record) -> Result<(), SaveError> {
        let file = self.file(key)?;
        let _lock = file.lock()?;
        let held = self.read(key, &file)?;
        if held.as_ref().map(Record::version) != record.replaces() {
            return Err(SaveError::Conflict);
        }
        Ok(file.write_bytes(&record.sealed(key, &*self.seal)?)?)
    }

    fn delete(&self, key: &str, version: u64) -> Result<bool, StoreError> {
        let file = self.file(key)?;
        let _lock = file.lock()?;
        let is_there = self.read(key, &file)?.is_some_and(|held| held.version() == version);
        if is_there {
            file.delete()?;
        }
        Ok(is_there)
    }

    fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let mut listed = Vec::new();
        for key in self.keys(after)? {
            if listed.len() >= limit {
                break;
            }
            let needs_authorization = match self.load(&key) {
                Ok(Some(record)) => record.needs_authorization(),
                Ok(None) => continue, // It has been deleted since.
                // One of them must not hide the others.
                Err(error) if is_unreadable(&error) => true,
                Err(error) => return Err(error),
            };
            if which.includes(needs_authorization) {
                listed.push(StoredSession::new(key, needs_authorization));
            }
        }
        Ok(listed)
    }
}

/// Whether the file was read, and holds no record that this program can open.
fn is_unreadable(error: &StoreError) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::InvalidData)
}

impl fmt::Debug for FolderStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FolderStore").field("folder", &self.folder).finish_non_exhaustive()
    }
}
