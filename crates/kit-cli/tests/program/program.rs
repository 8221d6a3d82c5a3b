use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kit_emulator::Emulator;
use tempfile::TempDir;

/// The program, with a local Kit and a home of its own.
pub(crate) struct Program {
    pub(crate) emulator: Emulator,
    home: TempDir,
}

/// What the program has written, and how it has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// The result, as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

impl Program {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        Self { emulator: Emulator::start().expect("a local Kit"), home }
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// A file in the home, with this text.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// The program without anything that says where Kit is, or as whom.
    pub(crate) fn bare(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kit"));
        command.env_clear().env("HOME", self.home()).current_dir(self.home());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        // Nothing is kept in the keyring of who runs the tests.
        command.env("KIT_NO_KEYRING", "1");
        command
    }

    /// The program, as somebody with an access token.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare();
        command.env("KIT_BASE_URL", self.emulator.base_url());
        command.env("KIT_ACCESS_TOKEN", self.emulator.access_token()).args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments), "")
    }
}

/// Runs a command with this on its standard input stream.
pub(crate) fn ended(mut command: Command, input: &str) -> Ended {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    let mut stdin = child.stdin.take().expect("a pipe");
    // It may have ended before it reads.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the program");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}
