//! The file that holds a session.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use kit_core::oauth::Record;
use kit_private_file::PrivateFile;
use zeroize::Zeroizing;

/// How long another process may hold the lock: it has to write a small file.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait before trying the lock again.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// How many bytes a session has at most.
const MAX_SIZE: u64 = 1024 * 1024;

pub(crate) struct SessionFile(PrivateFile);

impl SessionFile {
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        PrivateFile::at(path).map(Self)
    }

    /// The whole file. `None` where it does not exist.
    pub(crate) fn read_bytes(&self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let Some(file) = self.0.open()? else { return Ok(None) };
        // Wiped when it is dropped; as all of it fits, nothing of it stays behind where it grew.
        let size = file.metadata().map_err(|error| self.0.named(error))?.len().min(MAX_SIZE);
        let mut bytes =
            Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1));
        file.take(MAX_SIZE).read_to_end(&mut bytes).map_err(|error| self.0.named(error))?;
        Ok(Some(bytes))
    }

    pub(crate) fn read(&self) -> io::Result<Option<Record>> {
        let Some(json) = self.read_bytes()? else { return Ok(None) };
        serde_json::from_slice(&json).map(Some).map_err(|error| {
            // Its text may repeat a token.
            let (line, column) = (error.line(), error.column());
            let reason = format!(
                "is not a session, from line {line}, column {column} on: delete it, and authorize again"
            );
            self.0.named(io::Error::new(ErrorKind::InvalidData, reason))
        })
    }

    pub(crate) fn write(&self, record: &Record) -> io::Result<()> {
        // Without a buffer, no copy of the tokens stays in memory.
        self.0.replace(|file| Ok(serde_json::to_writer(file, record)?)).map(drop)
    }

    pub(crate) fn write_bytes(&self, bytes: &[u8]) -> io::Result<()> {
        self.0.replace(|file| file.write_all(bytes)).map(drop)
    }

    /// Deletes the file, if it is there.
    pub(crate) fn delete(&self) -> io::Result<()> {
        match std::fs::remove_file(self.0.path()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.0.named(error)),
            _ => Ok(()),
        }
    }

    /// Names the file in an error.
    pub(crate) fn named(&self, error: io::Error) -> io::Error {
        self.0.named(error)
    }

    /// Takes the lock, which is held until the file is dropped.
    pub(crate) fn lock(&self) -> io::Result<File> {
        let start = Instant::now();
        loop {
            match self.0.try_lock()? {
                Some(lock) => return Ok(lock),
                None if start.elapsed() < PATIENCE => std::thread::sleep(LOOK_AGAIN),
                None => {
                    let reason = "another process has had the lock for 5 seconds";
                    return Err(self.0.named(io::Error::new(ErrorKind::TimedOut, reason)));
                }
            }
        }
    }
}
