use std::process::Command;
use std::sync::LazyLock;
use std::time::Instant;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The command that has failed.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

/// Announces a step, with the seconds since the first one.
pub(crate) fn title(title: &str) {
    println!("\n== {title} ({} s)", START.elapsed().as_secs());
}

/// A command of `cargo`, whose arguments have no blanks.
pub(crate) fn cargo(arguments: &str) -> Step {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    Step::new(&program, arguments.split_whitespace())
}

/// A script of this folder, run at the root of the repository.
pub(crate) fn script(name: &str) -> Step {
    Step::new("bash", [&*format!("xtask/{name}")])
}

pub(crate) struct Step {
    command: Command,
    text: String,
}

impl Step {
    fn new<'a>(program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        let arguments: Vec<_> = arguments.into_iter().collect();
        let mut command = Command::new(program);
        command.args(&arguments).current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        Self { command, text: format!("{program} {}", arguments.join(" ")) }
    }

    /// Sets a variable of the environment.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// # Errors
    ///
    /// The command, if it cannot be run or does not succeed.
    pub(crate) fn run(mut self) -> Result<(), Failed> {
        match self.command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(Failed(self.text)),
            Err(error) => Err(Failed(format!("{}: {error}", self.text))),
        }
    }
}
