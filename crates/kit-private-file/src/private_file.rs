use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// How many links are followed at most, as Linux does.
const MAX_LINKS: usize = 40;

/// A file that is replaced as a whole, and that only its owner may read (on Unix: mode 0600). Symbolic links to it have
/// been followed, so that everybody locks and replaces the same file, and the link stays.
///
/// Every error names the file.
#[derive(Clone, Debug)]
pub struct PrivateFile {
    path: PathBuf,
}

impl PrivateFile {
    /// The file at `path`, which need not exist yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] where there is something else than a regular file, such as a device or a directory;
    /// the system's error where a link cannot be followed.
    pub fn at(path: &Path) -> io::Result<Self> {
        let mut real = path.to_owned();
        for _ in 0..MAX_LINKS {
            match fs::symlink_metadata(&real) {
                Ok(metadata) if metadata.is_symlink() => {
                    let target = fs::read_link(&real).map_err(naming(&real))?;
                    // A relative one starts from where the link is.
                    real = directory_of(&real).join(target);
                }
                Ok(metadata) if !metadata.is_file() => {
                    let error = io::Error::new(ErrorKind::InvalidInput, "is no regular file");
                    return Err(naming(&real)(error));
                }
                // Whatever else is wrong shows when the file is used.
                _ => return Ok(Self { path: real }),
            }
        }
        let reason = "too many symbolic links, one behind the other";
        Err(naming(path)(io::Error::new(ErrorKind::InvalidInput, reason)))
    }

    /// Opens the file to read it. `None` where it does not exist.
    ///
    /// # Errors
    ///
    /// The system's; also where the directory of the file does not exist.
    pub fn open(&self) -> io::Result<Option<File>> {
        match File::open(&self.path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Better now than when there is something to save.
                let directory = directory_of(&self.path);
                fs::metadata(directory).map_err(naming(directory))?;
                Ok(None)
            }
            Err(error) => Err(self.named(error)),
        }
    }

    /// Puts a new file in place of this one, once `write` has written all of it and it is on the disk: after a crash
    /// there is the old file or the new one. Returns the new file, open for writing at its end.
    ///
    /// # Errors
    ///
    /// The system's, and those of `write`. The old file is there then.
    pub fn replace(&self, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<File> {
        let new = self.beside(".new");
        // An interrupted process may have left the file, with whatever mode, or somebody a link.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(naming(&new)(error)),
            _ => {}
        }
        let mut file = private().create_new(true).open(&new).map_err(naming(&new))?;
        write(&mut file).and_then(|()| file.sync_all()).map_err(naming(&new))?;
        fs::rename(&new, &self.path).map_err(naming(&self.path))?;
        self.sync_directory();
        Ok(file)
    }

    /// The new name, too, is to outlast a crash. Where the file system or a permission prevents that, the file is
    /// replaced all the same: a crash of the whole machine can bring the old one back.
    fn sync_directory(&self) {
        // On other systems a directory cannot be opened.
        if cfg!(unix) {
            let _ = File::open(directory_of(&self.path)).and_then(|directory| directory.sync_all());
        }
    }

    /// Opens a file beside this one, with `suffix` at the end of its name, to append to it.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn append_beside(&self, suffix: &str) -> io::Result<File> {
        let beside = Self::at(&self.beside(suffix))?;
        private().append(true).create(true).open(&beside.path).map_err(naming(&beside.path))
    }

    /// Opens the file to write at any place of it. It is made if it is not there, and its name outlasts a crash.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn open_to_write(&self) -> io::Result<File> {
        let opened = private().create(true).truncate(false).open(&self.path);
        let file = opened.map_err(naming(&self.path))?;
        self.sync_directory();
        Ok(file)
    }

    /// Takes the lock of the file, which is a second file with `.lock` at the end of its name, and holds it until the
    /// value is dropped. `None` where somebody else holds it: another process, or another value of this one.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn try_lock(&self) -> io::Result<Option<File>> {
        let path = self.beside(".lock");
        let lock = private().create(true).truncate(false).open(&path).map_err(naming(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(naming(&path)(error)),
        }
    }

    /// Names the file in an error.
    pub fn named(&self, error: io::Error) -> io::Error {
        naming(&self.path)(error)
    }

    /// The path of the file itself, behind all links.
    pub fn path(&self) -> &Path {
        &self.path
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file() -> (tempfile::TempDir, PrivateFile) {
        let directory = tempfile::tempdir().unwrap();
        let file = PrivateFile::at(&directory.path().join("state")).unwrap();
        (directory, file)
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_or_not_at_all() {
        let (_directory, file) = file();
        assert!(file.open().unwrap().is_none());
        let mut end = file.replace(|file| file.write_all(b"first")).unwrap();
        let read = || fs::read_to_string(file.path()).unwrap();
        assert_eq!(read(), "first");
        end.write_all(b" and more").unwrap();
        assert_eq!(read(), "first and more");
        let broken = file.replace(|file| {
            file.write_all(b"second")?;
            Err(io::Error::other("the disk is full"))
        });
        let error = broken.unwrap_err().to_string();
        assert!(error.ends_with("state.new: the disk is full"), "{error}");
        assert_eq!(read(), "first and more");
        assert!(file.open().unwrap().is_some());
    }

    #[test]
    fn one_has_the_lock_at_a_time() {
        let (_directory, file) = file();
        let lock = file.try_lock().unwrap();
        assert!(lock.is_some() && file.try_lock().unwrap().is_none());
        drop(lock);
        assert!(file.try_lock().unwrap().is_some());
    }

    #[test]
    fn a_path_that_is_no_regular_file_is_named_and_left_alone() {
        let (directory, _) = file();
        for path in [directory.path(), Path::new("/dev/null")] {
            let error = PrivateFile::at(path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(error.to_string(), format!("{}: is no regular file", path.display()));
        }
        let lost = PrivateFile::at(&directory.path().join("missing/state")).unwrap();
        assert!(lost.open().unwrap_err().to_string().contains("/missing: "));
        assert!(lost.try_lock().unwrap_err().to_string().contains("/missing/state.lock: "));
        assert!(lost.replace(|_| Ok(())).unwrap_err().to_string().contains("state.new: "));
    }

    #[test]
    #[cfg(unix)]
    fn a_file_that_lies_there_opens_no_door() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let (directory, file) = file();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let new = directory.path().join("state.new");
        fs::write(&new, "").unwrap();
        fs::set_permissions(&new, fs::Permissions::from_mode(0o666)).unwrap();
        file.replace(|file| file.write_all(b"a")).unwrap();
        assert_eq!(mode(file.path()), 0o600);
        // A link in its place would have the secrets written elsewhere.
        let elsewhere = directory.path().join("elsewhere");
        fs::write(&elsewhere, "").unwrap();
        symlink(&elsewhere, &new).unwrap();
        file.replace(|file| file.write_all(b"b")).unwrap();
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "");
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "b");
        assert!(file.append_beside(".old").unwrap().write_all(b"c").is_ok());
        assert_eq!(mode(&directory.path().join("state.old")), 0o600);
    }

    #[test]
    #[cfg(unix)]
    fn links_are_followed_and_stay() {
        use std::os::unix::fs::symlink;

        let (directory, file) = file();
        let link = directory.path().join("link");
        // Both relative, to a file that is not there yet.
        symlink("second", &link).unwrap();
        symlink("state", directory.path().join("second")).unwrap();
        let linked = PrivateFile::at(&link).unwrap();
        assert_eq!(linked.path(), file.path());
        linked.replace(|file| file.write_all(b"a")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let _lock = file.try_lock().unwrap().unwrap();
        assert!(linked.try_lock().unwrap().is_none());
        symlink("circle", directory.path().join("circle")).unwrap();
        let error = PrivateFile::at(&directory.path().join("circle")).unwrap_err().to_string();
        assert!(
            error.ends_with("circle: too many symbolic links, one behind the other"),
            "{error}"
        );
    }
}
