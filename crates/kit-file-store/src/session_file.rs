//! The file that holds a session. Symbolic links to it have been followed.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kit_core::oauth::Record;
use zeroize::Zeroizing;

/// How long another process may hold the lock: it has to write a small file.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait before trying the lock again.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// How many bytes a session has at most.
const MAX_SIZE: u64 = 1024 * 1024;

/// How many links are followed at most, as Linux does.
const MAX_LINKS: usize = 40;

pub(crate) struct SessionFile {
    path: PathBuf,
}

impl SessionFile {
    /// Follows symbolic links, so that everybody locks and replaces the same file, and the link stays.
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        let mut real = path.to_owned();
        for _ in 0..MAX_LINKS {
            match fs::symlink_metadata(&real) {
                Ok(metadata) if metadata.is_symlink() => {
                    let target = fs::read_link(&real).map_err(naming(&real))?;
                    // A relative one starts from where the link is.
                    real = directory_of(&real).join(target);
                }
                // Whatever else is wrong shows when the file is used.
                _ => return Ok(Self { path: real }),
            }
        }
        let reason = "too many symbolic links, one behind the other";
        Err(naming(path)(io::Error::new(ErrorKind::InvalidInput, reason)))
    }

    pub(crate) fn read(&self) -> io::Result<Option<Record>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Better now than when there is something to save.
                let directory = directory_of(&self.path);
                fs::metadata(directory).map_err(naming(directory))?;
                return Ok(None);
            }
            Err(error) => return Err(naming(&self.path)(error)),
        };
        // Wiped when it is dropped; as all of it fits, nothing of it stays behind where it grew.
        let size = file.metadata().map_err(naming(&self.path))?.len().min(MAX_SIZE);
        let mut json =
            Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1));
        file.take(MAX_SIZE).read_to_end(&mut json).map_err(naming(&self.path))?;
        serde_json::from_slice(&json).map(Some).map_err(|error| {
            // Its text may repeat a token.
            let (line, column) = (error.line(), error.column());
            let reason = format!(
                "is not a session, from line {line}, column {column} on: delete it, and authorize again"
            );
            naming(&self.path)(io::Error::new(ErrorKind::InvalidData, reason))
        })
    }

    pub(crate) fn write(&self, record: &Record) -> io::Result<()> {
        let new = self.beside(".new");
        // Who was interrupted may have left it, with whatever mode.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(naming(&new)(error)),
            _ => {}
        }
        let file = private().create_new(true).open(&new).map_err(naming(&new))?;
        // Without a buffer, no copy of the tokens stays in memory.
        serde_json::to_writer(&file, record).map_err(|error| naming(&new)(error.into()))?;
        file.sync_all().map_err(naming(&new))?;
        fs::rename(&new, &self.path).map_err(naming(&self.path))?;
        self.sync_directory();
        Ok(())
    }

    /// The new name, too, is to outlast a crash. Where the file system or a permission prevents that, the
    /// session is saved all the same: a crash of the whole machine can bring the old one back.
    fn sync_directory(&self) {
        // On other systems a directory cannot be opened.
        if cfg!(unix) {
            let _ = File::open(directory_of(&self.path)).and_then(|directory| directory.sync_all());
        }
    }

    /// Takes the lock, which is held until the file is dropped.
    pub(crate) fn lock(&self) -> io::Result<File> {
        let path = self.beside(".lock");
        let lock = private().create(true).truncate(false).open(&path).map_err(naming(&path))?;
        let start = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::Error(error)) => return Err(naming(&path)(error)),
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                    std::thread::sleep(LOOK_AGAIN);
                }
                Err(TryLockError::WouldBlock) => {
                    let reason = "another process has had the lock for 5 seconds";
                    return Err(naming(&path)(io::Error::new(ErrorKind::TimedOut, reason)));
                }
            }
        }
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(suffix);
        name.into()
    }
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
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
fn naming(path: &Path) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
