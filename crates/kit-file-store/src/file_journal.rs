use std::fs::File;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use kit_core::import::{ImportJournal, JournalEntry};
use kit_core::oauth::StoreError;
use kit_private_file::PrivateFile;

/// Keeps in a file how far an import is, so that one that was killed goes on where it was. On Unix, only the owner of the
/// file may read it (mode 0600).
///
/// An entry is on the disk before the rows in it are reported. What a crash has left of the last line is cut off. The file
/// is locked, by a second file with `.lock` at the end of its name, until the journal is dropped: two imports that write
/// the same one are not what anybody wants. Delete it when the import has ended.
///
/// # Examples
///
/// ```no_run
/// use kit_file_store::FileJournal;
/// use kit_ureq::import::{Import, ImportRow};
/// use kit_ureq::{Client, Credentials};
///
/// # fn example(rows: Vec<ImportRow>) -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::new(Credentials::access_token("token"));
/// for report in client.import(Import::new(), rows, FileJournal::open("import.journal")?) {
///     let report = report?;
///     println!("{}: {}", report.number, report.result.outcome);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FileJournal {
    file: PrivateFile,
    /// What is left to be read.
    reader: Option<BufReader<File>>,
    /// How many bytes the lines have that were read.
    length: u64,
    /// The number of the last line.
    line: u64,
    end: Option<File>,
    _lock: File,
}

impl FileJournal {
    /// The journal in the file at `path`. The file need not exist yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WouldBlock`] where another import has it, and otherwise the system's error.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = PrivateFile::at(path.as_ref())?;
        let lock = file.try_lock()?.ok_or_else(|| {
            file.named(io::Error::new(ErrorKind::WouldBlock, "is in use by another import"))
        })?;
        let reader = file.open()?.map(BufReader::new);
        Ok(Self { file, reader, length: 0, line: 0, end: None, _lock: lock })
    }

    fn read(&mut self) -> io::Result<Option<JournalEntry>> {
        let Some(reader) = &mut self.reader else { return Ok(None) };
        let mut line = Vec::new();
        let length = reader.read_until(b'\n', &mut line)?;
        if line.pop() != Some(b'\n') {
            // The end, or what a crash has left of the last line.
            self.reader = None;
            return Ok(None);
        }
        self.line += 1;
        let entry = serde_json::from_slice(&line).map_err(|error| {
            let (line, column) = (self.line, error.column());
            let reason =
                format!("is no journal of an import, from line {line}, column {column} on");
            io::Error::new(ErrorKind::InvalidData, reason)
        })?;
        self.length += u64::try_from(length).unwrap_or_default();
        Ok(Some(entry))
    }

    fn append(&mut self, entry: &JournalEntry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let mut end = match self.end.take() {
            Some(end) => end,
            None => self.file.open_to_write()?,
        };
        // Nothing stands behind the last whole line.
        end.set_len(self.length)?;
        end.seek(SeekFrom::Start(self.length))?;
        end.write_all(&line)?;
        end.sync_data()?;
        self.length += u64::try_from(line.len()).unwrap_or_default();
        self.end = Some(end);
        Ok(())
    }
}

impl ImportJournal for FileJournal {
    fn next_entry(&mut self) -> Result<Option<JournalEntry>, StoreError> {
        Ok(self.read().map_err(|error| self.file.named(error))?)
    }

    fn add(&mut self, entry: &JournalEntry) -> Result<(), StoreError> {
        Ok(self.append(entry).map_err(|error| self.file.named(error))?)
    }
}
