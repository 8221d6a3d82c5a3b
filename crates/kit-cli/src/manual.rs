//! Completions and man pages: the knowledge that shells and `man` have of the program.

use std::io;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::{Failure, output};

/// Write completions for a shell
///
/// bash: `kit completions bash > ~/.local/share/bash-completion/completions/kit`
#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "kit", &mut text);
        Ok(io::Write::write_all(&mut io::stdout(), &text)?)
    }
}

/// Write the man pages into a folder
#[derive(Args, Debug)]
pub(crate) struct Man {
    /// The folder, such as ~/.local/share/man/man1.
    folder: PathBuf,
}

impl Man {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let of_folder = |error| Failure::of_file(&self.folder, error);
        std::fs::create_dir_all(&self.folder).map_err(of_folder)?;
        clap_mangen::generate_to(Arguments::command(), &self.folder).map_err(of_folder)?;
        output::say(&format!("The pages are in {}.", self.folder.display()));
        Ok(())
    }
}
