//! Brings the people of a CSV file over, with their custom fields and a tag, and exports all subscribers.
//! `cargo run --example import_subscribers --features import -- --help`

use std::error::Error;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kit_emulator::Emulator;
use kit_examples::{Failure, finish, say, variable};
use kit_file_store::FileJournal;
use kit_ureq::import::{Import, ImportJournal, ImportRow, everybody};
use kit_ureq::{Client, Credentials};
use lexopt::prelude::{Long, Short, Value, ValueExt as _};

const HELP: &str = "\
Brings people over from a CSV file with the columns email_address and first_name; any other is a custom field, which
is created where the account has none such. Gives them a tag, and exports all subscribers.

Usage: import_subscribers [options] [FILE]

Options:
  --tag NAME       the tag                           [default: Imported]
  --journal FILE   go on where an import was killed that had this file
  --export FILE    where to write all subscribers to [default: nowhere]
  -h, --help       print this help

Without FILE, 2,000 people are made up.

KIT_ACCESS_TOKEN is an OAuth access token, KIT_API_KEY an API key, by which it takes longer; without either, a local
Kit is started and used. KIT_BASE_URL is the URL of Kit.
";

struct Options {
    file: Option<PathBuf>,
    tag: String,
    journal: Option<PathBuf>,
    export: Option<PathBuf>,
}

fn main() -> ExitCode {
    match parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => finish(run(&options)),
        Ok(None) => {
            // Nobody may listen.
            let _ = write!(io::stdout(), "{HELP}");
            ExitCode::SUCCESS
        }
        Err(error) => finish(Err(error.into())),
    }
}

fn parse(mut arguments: lexopt::Parser) -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options { file: None, tag: "Imported".into(), journal: None, export: None };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("tag") => options.tag = arguments.value()?.string()?,
            Long("journal") => options.journal = Some(arguments.value()?.into()),
            Long("export") => options.export = Some(arguments.value()?.into()),
            Value(file) if options.file.is_none() => options.file = Some(file.into()),
            Short('h') | Long("help") => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(options))
}

fn run(options: &Options) -> Result<(), Failure> {
    let rows: Box<dyn Iterator<Item = ImportRow>> = match &options.file {
        Some(file) => Box::new(read(file)?),
        None => Box::new((1..=2000).map(|number| {
            let row = ImportRow::new(format!("person-{number}@example.com"));
            row.with_first_name(format!("Person {number}")).with_field("Number", number.to_string())
        })),
    };
    let rows = rows.map(|row| row.with_tag(&options.tag));
    // The local Kit stops with this.
    let (client, _local) = connect()?;
    match &options.journal {
        Some(journal) => import(&client, rows, FileJournal::open(journal)?)?,
        None => import(&client, rows, ())?,
    }
    if let Some(file) = &options.export {
        let count = export(&client, file)?;
        say(format_args!("Exported {count} subscribers to {}.", file.display()));
    }
    Ok(())
}

fn import(
    client: &Client,
    rows: impl Iterator<Item = ImportRow>,
    journal: impl ImportJournal,
) -> Result<(), Failure> {
    let (mut done, mut count) = (0, 0);
    for report in client.import(Import::new(), rows, journal) {
        let report = report?;
        count += 1;
        done += usize::from(report.result.outcome.is_done());
        if !report.result.outcome.is_done() {
            say(format_args!(
                "No. {} ({}): {}",
                report.number, report.row.email_address, report.result.outcome
            ));
        }
    }
    say(format_args!("Brought over {done} of {count} people."));
    if done == count { Ok(()) } else { Err("not everybody was brought over".into()) }
}

/// Kit, or a local one.
fn connect() -> Result<(Client, Option<Emulator>), Failure> {
    let token = variable("KIT_ACCESS_TOKEN")?.map(Credentials::access_token);
    let key = variable("KIT_API_KEY")?.map(Credentials::api_key);
    if let Some(credentials) = token.or(key) {
        let url = variable("KIT_BASE_URL")?.unwrap_or_else(|| "https://api.kit.com".to_owned());
        return Ok((Client::builder().base_url(url).build(credentials)?, None));
    }
    let emulator = Emulator::start()?;
    say(
        "Neither KIT_ACCESS_TOKEN nor KIT_API_KEY is set: this is a local Kit, which is gone afterwards.",
    );
    let credentials = Credentials::access_token(emulator.access_token());
    let client = Client::builder().base_url(emulator.base_url()).build(credentials)?;
    Ok((client, Some(emulator)))
}

/// The rows of a file. One that cannot be read is reported in its place.
fn read(file: &Path) -> Result<impl Iterator<Item = ImportRow> + use<>, Failure> {
    let wrong = |error: &dyn Error| format!("{}: {error}", file.display());
    let mut reader = csv::Reader::from_path(file).map_err(|error| wrong(&error))?;
    let headers = reader.headers().map_err(|error| wrong(&error))?.clone();
    if !headers.iter().any(|header| header.trim() == "email_address") {
        return Err(format!("{}: no column email_address", file.display()).into());
    }
    Ok(reader.into_records().map(move |record| match record {
        Ok(record) => row(&headers, &record),
        Err(error) => ImportRow::unreadable(error.to_string()),
    }))
}

fn row(headers: &csv::StringRecord, record: &csv::StringRecord) -> ImportRow {
    let cells = headers.iter().zip(record).map(|(header, cell)| (header.trim(), cell.trim()));
    cells.filter(|(_, cell)| !cell.is_empty()).fold(
        ImportRow::default(),
        |mut row, (header, cell)| {
            match header {
                "email_address" => cell.clone_into(&mut row.email_address),
                "first_name" => row.first_name = Some(cell.to_owned()),
                field => return row.with_field(field, cell),
            }
            row
        },
    )
}

fn export(client: &Client, file: &PathBuf) -> Result<usize, Failure> {
    let mut writer = csv::Writer::from_writer(File::create(file)?);
    writer.write_record(["email_address", "first_name", "state", "tags"])?;
    let mut count = 0;
    for subscriber in client.items(everybody()) {
        let row = ImportRow::from(subscriber?);
        let state = row.state.map(|state| state.to_string()).unwrap_or_default();
        let tags = row.tags.join(",");
        writer.write_record([
            row.email_address,
            row.first_name.unwrap_or_default(),
            state,
            tags,
        ])?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}
