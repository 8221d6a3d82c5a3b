use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use kit_ureq::custom_fields::ListCustomFields;
use kit_ureq::import::{ImportRow, everybody};
use serde_json::Value;

use crate::output::{Format, of_csv, say};
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
        let is_json = match &output {
            Some(file) => file.extension().is_some_and(|end| end == "ndjson" || end == "json"),
            None => kit.writer().format() == Format::Json && kit.global.json,
        };
        let out: Box<dyn std::io::Write> = match &output {
            Some(file) => {
                let created = std::fs::File::create(file);
                Box::new(created.map_err(|error| Failure::of_file(file, error))?)
            }
            None => Box::new(anstream::stdout().lock()),
        };
        let mut out = std::io::BufWriter::new(out);
        let limit = kit.global.limit.unwrap_or(usize::MAX);
        let rows = kit.client()?.items(everybody()).take(limit);
        let mut count = 0_u64;
        let rows = rows.map(|subscriber| subscriber.map(ImportRow::from)).inspect(|_| count += 1);
        if is_json {
            for row in rows {
                let row = serde_json::to_value(row?).unwrap_or(Value::Null);
                writeln!(out, "{row}")?;
            }
        } else {
            write_csv(&mut out, &keys, rows)?;
        }
        out.flush()?;
        if let Some(file) = output {
            say(&format!("Wrote {count} subscribers to {}.", file.display()));
        }
        Ok(())
    }
}

fn write_csv(
    out: &mut impl std::io::Write,
    keys: &BTreeSet<String>,
    rows: impl Iterator<Item = Result<ImportRow, kit_ureq::Error>>,
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
        writer.write_record(first.into_iter().chain(fields)).map_err(wrong)?;
    }
    Ok(writer.flush()?)
}
