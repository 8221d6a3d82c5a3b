use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use kit_file_store::FileJournal;
use kit_ureq::account::GetAccount;
use kit_ureq::import::{Import, RowOutcome, RowReport, UnknownFields};
use serde::Serialize;

use crate::output::{plain, say};
use crate::rows::PeopleFile;
use crate::{Context, Failure};

/// Bring people over from a CSV or NDJSON file, with their custom fields and tags
///
/// Columns: email_address or email, first_name, state, tags (separated by commas), form (name or id); any other is a custom
/// field by its key or label, which is created if the account has none such. A column that begins with # is passed over. An
/// empty cell leaves what it is about as it is.
///
/// With an access token it sends bulk requests; with an API key, one for each part of each row. What it has done is kept in
/// FILE.journal until the end: --resume goes on after an interruption.
#[derive(Args, Debug)]
pub(crate) struct ImportPeople {
    #[command(flatten)]
    file: ImportFile,
    /// What becomes of columns for which the account has no custom field.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Unknown::Create)]
    unknown_fields: Unknown,
}

/// Unsubscribe the people of a CSV or NDJSON file, by their addresses
///
/// Only the column email_address or email counts.
#[derive(Args, Debug)]
pub(crate) struct UnsubscribePeople {
    #[command(flatten)]
    file: ImportFile,
}

#[derive(Args, Debug)]
struct ImportFile {
    /// The file.
    file: PathBuf,
    /// Read and check the file, and send nothing.
    #[arg(long)]
    dry_run: bool,
    /// Go on where an import of this file was interrupted.
    #[arg(long, conflicts_with = "dry_run")]
    resume: bool,
    /// Where to write the rows that were not done: a file that can be imported again. For people.csv, the default is
    /// people.failed.csv.
    #[arg(long, value_name = "FILE")]
    failures: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Unknown {
    /// A custom field is created
    Create,
    /// The cell is passed over
    Ignore,
    /// The row is refused
    Refuse,
}

impl ImportPeople {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        let unknown = match self.unknown_fields {
            Unknown::Create => UnknownFields::Create,
            Unknown::Ignore => UnknownFields::Ignore,
            Unknown::Refuse => UnknownFields::Refuse,
        };
        self.file.run(kit, Import::new().with_unknown_fields(unknown))
    }
}

impl UnsubscribePeople {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        if !self.file.dry_run && !self.file.resume {
            let count = PeopleFile::open(&self.file.file)?.rows()?.count();
            kit.confirm(&format!("Unsubscribe the people of {count} rows"))?;
        }
        self.file.run(kit, Import::unsubscribing())
    }
}

/// How many rows had which outcome.
#[derive(Default, Serialize)]
struct Summary {
    rows: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    refused: u64,
    not_attempted: u64,
    may_have_been_applied: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<PathBuf>,
}

impl Summary {
    fn add(&mut self, outcome: &RowOutcome) {
        self.rows += 1;
        *match outcome {
            RowOutcome::Created { .. } => &mut self.created,
            RowOutcome::Updated { .. } => &mut self.updated,
            RowOutcome::Unchanged { .. } => &mut self.unchanged,
            RowOutcome::Refused { .. } => &mut self.refused,
            RowOutcome::MayHaveBeenApplied { .. } => &mut self.may_have_been_applied,
            _ => &mut self.not_attempted,
        } += 1;
    }

    fn done(&self) -> u64 {
        self.created + self.updated + self.unchanged
    }
}

impl ImportFile {
    fn run(self, kit: &Context, import: Import) -> Result<(), Failure> {
        let people = PeopleFile::open(&self.file)?;
        if self.dry_run {
            return check(kit, &people);
        }
        if kit.global.read_only {
            return Err(Failure::usage("--read-only keeps an import from being sent"));
        }
        let path = beside(&self.file, ".journal");
        if path.exists() && !self.resume {
            let message = format!("an import of {} was interrupted", self.file.display());
            let advice =
                format!("Say --resume to go on, or delete {} to begin again.", path.display());
            return Err(Failure::usage(message).advise(advice));
        }
        let failures_path = self.failures.clone().unwrap_or_else(|| failed(&self.file));
        refuse_to_overwrite(&failures_path, &self.file, self.resume)?;
        let journal = FileJournal::open(&path).map_err(|error| Failure::of_file(&path, error))?;
        // A journal of another account is not gone on with.
        let account = kit.send(&GetAccount::new())?.account.id;
        let import = import.with_label(format!("{} {account}", kit.profile().base_url));
        let mut failures = None;
        let mut summary = Summary::default();
        let bar = progress(people.rows()?.count());
        let mut ended = None;
        for report in kit.client()?.import(import, people.rows()?, journal) {
            match report {
                Ok(report) => {
                    bar.inc(1);
                    summary.add(&report.result.outcome);
                    tell(&bar, &report);
                    if !report.result.outcome.is_done() {
                        let of_file = |error| Failure::of_file(&failures_path, error);
                        if failures.is_none() {
                            failures = Some(people.failures(&failures_path)?);
                            summary.failures = Some(failures_path.clone());
                        }
                        failures
                            .as_mut()
                            .map_or(Ok(()), |file| file.add(&report))
                            .map_err(of_file)?;
                    }
                }
                Err(error) => ended = Some(error),
            }
        }
        bar.finish_and_clear();
        if let Some(failures) = failures {
            failures.finish().map_err(|error| Failure::of_file(&failures_path, error))?;
        }
        let written = kit.write(&summary);
        if let Some(error) = ended {
            let advice = format!("Say --resume to go on with {}.", self.file.display());
            return Err(Failure::from(error).advise(advice));
        }
        // The journal has nothing to go on with any more.
        for file in [&path, &beside(&path, ".lock")] {
            let _ = std::fs::remove_file(file);
        }
        let (done, rows) = (summary.done(), summary.rows);
        if done == rows {
            return written;
        }
        let message = format!("{done} of {rows} rows are done");
        let advice = format!(
            "{} has the others, and why: it can be imported again.",
            failures_path.display()
        );
        Err(Failure::partly(message).advise(advice))
    }
}

/// Keeps somebody's file: the one that is imported, and one that has the rows of another time.
fn refuse_to_overwrite(path: &Path, file: &Path, is_resumed: bool) -> Result<(), Failure> {
    let same = |path: &Path| std::fs::canonicalize(path).ok();
    if same(path).is_some() && same(path) == same(file) {
        let message = format!("{}: is the file that is imported", path.display());
        return Err(Failure::usage(message).advise("Say --failures with another one."));
    }
    if path.exists() && !is_resumed {
        let message = format!("{}: is there already", path.display());
        return Err(Failure::usage(message).advise("Move it, or say --failures with another one."));
    }
    Ok(())
}

/// Says why a row was not done, above the bar.
fn tell(bar: &ProgressBar, report: &RowReport) {
    let result = &report.result;
    let warnings = result.warnings.join("; ");
    let text = match result.outcome.is_done() {
        true if warnings.is_empty() => return,
        true => format!("Row {} ({}): {warnings}", report.number, report.row.email_address),
        false => {
            format!("Row {} ({}): {}", report.number, report.row.email_address, result.outcome)
        }
    };
    bar.suspend(|| say(&plain(&text).replace('\n', " ")));
}

fn progress(rows: usize) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(u64::try_from(rows).ok(), target);
    let style = "[{bar:30}] {pos} of {len} rows, {rate} a second, {eta} left";
    let style =
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style.with_key(
        "rate",
        |state: &ProgressState, text: &mut dyn std::fmt::Write| {
            let _ = write!(text, "{:.0}", state.per_sec());
        },
    ))
}

/// A file whose name is this one's, and more.
fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(more);
    name.into()
}

/// `people.csv` is `people.failed.csv`.
fn failed(path: &Path) -> PathBuf {
    match path.extension().and_then(|end| end.to_str()) {
        Some(end) => path.with_extension(format!("failed.{end}")),
        None => beside(path, ".failed"),
    }
}

/// Reads all rows, and says what can be said without asking Kit.
fn check(kit: &Context, people: &PeopleFile) -> Result<(), Failure> {
    let (mut rows, mut refused) = (0_u64, 0_u64);
    for (number, row) in (1_u64..).zip(people.rows()?) {
        rows += 1;
        if let Some(problem) = row.problem() {
            refused += 1;
            say(&plain(&format!("Row {number} ({}): {problem}", row.email_address)));
        }
    }
    kit.write(&serde_json::json!({"rows": rows, "refused": refused, "to_send": rows - refused}))?;
    if refused == 0 {
        Ok(())
    } else {
        Err(Failure::usage(format!("{refused} of {rows} rows are wrong")))
    }
}
