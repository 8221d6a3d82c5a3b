use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use kit_private_file::PrivateFile;
use kit_ureq::custom_fields::ListCustomFields;
use kit_ureq::import::{ImportRow, everybody};

use crate::output::{Writer, of_csv, say};
use crate::rows::{column_of_field, joined};
use crate::{Context, Failure};

/// Write everything of one kind to a file
#[derive(Args, Debug)]
pub(crate) struct Export {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// All subscribers with their custom fields and tags: a file that `kit import` takes back
    Subscribers {
        /// The file. Default: the standard output stream.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

impl Export {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        let What::Subscribers { output } = self.what;
        // The columns have to be known before the first row.
        let keys = kit.client()?.items(ListCustomFields::new());
        let keys =
            keys.map(|field| field.map(|field| field.key)).collect::<Result<BTreeSet<_>, _>>()?;
        let is_of_json = |file: &PathBuf| {
            file.extension().is_some_and(|end| end == "ndjson" || end == "jsonl" || end == "json")
        };
        let is_json = kit.global.json || output.as_ref().is_some_and(is_of_json);
        let Some(path) = output else {
            let mut out = io::BufWriter::new(io::stdout().lock());
            return Failure::of_list(write(kit, &mut out, is_json, &keys).map(drop));
        };
        let file = PrivateFile::at(&path).map_err(|error| Failure::of_argument(&path, error))?;
        let mut done = Ok(0);
        // What was there stays until all of it is written.
        let written = file.replace(|file| {
            done = write(kit, &mut io::BufWriter::new(file), is_json, &keys);
            if done.is_ok() { Ok(()) } else { Err(io::Error::other("no export")) }
        });
        let count = done?;
        written.map_err(|error| Failure::of_file(&path, error))?;
        say(&format!("Wrote {count} subscribers to {}.", path.display()));
        Ok(())
    }
}

/// Writes all subscribers, and returns how many there are.
fn write(
    kit: &Context,
    out: &mut impl Write,
    is_json: bool,
    keys: &BTreeSet<String>,
) -> Result<u64, Failure> {
    let limit = kit.global.limit.unwrap_or(usize::MAX);
    let rows = kit.client()?.items(everybody()).take(limit);
    let mut count = 0_u64;
    let rows = rows.map(|subscriber| subscriber.map(ImportRow::from)).inspect(|_| count += 1);
    if is_json {
        for row in rows {
            let row = serde_json::to_string(&row?).map_err(io::Error::from)?;
            writeln!(out, "{}", kit.writer().json(&row))?;
        }
    } else {
        write_csv(out, keys, rows, kit.writer())?;
    }
    out.flush()?;
    Ok(count)
}

fn write_csv(
    out: &mut impl Write,
    keys: &BTreeSet<String>,
    rows: impl Iterator<Item = Result<ImportRow, kit_ureq::Error>>,
    by: &Writer,
) -> Result<(), Failure> {
    let wrong = |error: csv::Error| Failure::from(of_csv(error));
    let mut writer = csv::Writer::from_writer(out);
    let names = ["email_address", "first_name", "state", "tags"];
    let fields = keys.iter().map(|key| column_of_field(key));
    let header = names.into_iter().map(str::to_owned).chain(fields);
    writer.write_record(header).map_err(wrong)?;
    for row in rows {
        let row = row?;
        let state = row.state.map(|state| state.to_string()).unwrap_or_default();
        let tags = joined(&row.tags);
        let first = [row.email_address, row.first_name.unwrap_or_default(), state, tags];
        let fields = keys.iter().map(|key| row.fields.get(key).cloned().unwrap_or_default());
        let cells = first.into_iter().chain(fields).map(|cell| by.cell(cell));
        writer.write_record(cells).map_err(wrong)?;
    }
    Ok(writer.flush()?)
}
