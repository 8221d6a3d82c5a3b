//! Files of people: CSV as programs write it, and JSON with a line for each person.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use kit_ureq::import::{ImportRow, RowReport};
use serde_json::json;

use crate::Failure;
use crate::output::of_csv;

/// A column that begins so is passed over: it is a remark.
const REMARK: char = '#';

/// The column of a file of failures that says why.
const OUTCOME: &str = "#outcome";

/// What a column that begins so holds is a custom field, whatever its name.
const FIELD: &str = "fields.";

/// How long a line of JSON may be, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// A file of people.
pub(crate) struct PeopleFile {
    path: PathBuf,
    kind: Kind,
}

/// How a file is written.
#[derive(Clone)]
enum Kind {
    Csv { delimiter: u8, columns: Vec<Column>, header: StringRecord },
    Json,
}

/// What a column has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    EmailAddress,
    FirstName,
    State,
    Tags,
    Form,
    Field(String),
    Remark,
}

impl Column {
    fn named(name: &str) -> Self {
        let name = name.trim();
        if let Some(field) = name.strip_prefix(FIELD) {
            return Self::Field(field.to_owned());
        }
        match name.to_lowercase().replace([' ', '-'], "_").as_str() {
            "email_address" | "email" | "e_mail" => Self::EmailAddress,
            "first_name" => Self::FirstName,
            "state" => Self::State,
            "tags" => Self::Tags,
            "form" => Self::Form,
            "" => Self::Remark,
            _ if name.starts_with(REMARK) => Self::Remark,
            _ => Self::Field(name.to_owned()),
        }
    }
}

/// The name of a custom field's column.
pub(crate) fn column_of_field(key: &str) -> String {
    let is_taken = Column::named(key) != Column::Field(key.to_owned());
    if is_taken { format!("{FIELD}{key}") } else { key.to_owned() }
}

/// Names as one cell, separated by commas. One with a comma is in quotes.
pub(crate) fn joined(names: &[String]) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    if names.is_empty() || writer.write_record(names).is_err() {
        return String::new();
    }
    let text = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&text).trim_end().to_owned()
}

/// The names of a cell.
fn separated(cell: &str) -> Vec<String> {
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(cell.as_bytes());
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

impl PeopleFile {
    /// Looks at the beginning of a file, and says how it is written.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let path = path.to_owned();
        let wrong = |problem: &str| Failure::usage(format!("{}: {problem}", path.display()));
        let mut reader = beginning(&path).map_err(|error| wrong(&error.to_string()))?;
        let start = reader.fill_buf().map_err(|error| wrong(&error.to_string()))?.to_vec();
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            return Err(wrong("is written in UTF-16: save it as UTF-8"));
        }
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        let is_json = matches!(end, "ndjson" | "jsonl")
            || start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
        if is_json {
            return Ok(Self { path, kind: Kind::Json });
        }
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).map_err(|error| wrong(&error.to_string()))?;
        let Ok(line) = std::str::from_utf8(&line) else {
            return Err(wrong("line 1 is not written in UTF-8: save the file as UTF-8"));
        };
        let count = |delimiter: char| line.matches(delimiter).count();
        let delimiter = [';', '\t'].into_iter().find(|other| count(*other) > count(','));
        let delimiter =
            delimiter.map_or(b',', |delimiter| if delimiter == ';' { b';' } else { b'\t' });
        let mut header = ReaderBuilder::new();
        let mut header =
            header.has_headers(false).delimiter(delimiter).from_reader(line.as_bytes());
        let header = header.records().next().and_then(Result::ok).unwrap_or_default();
        let columns: Vec<_> = header.iter().map(Column::named).collect();
        for name in
            [Column::EmailAddress, Column::FirstName, Column::State, Column::Tags, Column::Form]
        {
            if columns.iter().filter(|column| **column == name).count() > 1 {
                return Err(wrong(&format!("line 1 has two columns for {name:?}")));
            }
        }
        if !columns.contains(&Column::EmailAddress) {
            return Err(wrong("line 1 has no column email_address or email"));
        }
        Ok(Self { path, kind: Kind::Csv { delimiter, columns, header } })
    }

    /// The rows. One that cannot be read has its place, and says why.
    pub(crate) fn rows(&self) -> Result<Box<dyn Iterator<Item = ImportRow>>, Failure> {
        let file = beginning(&self.path).map_err(|error| Failure::of_file(&self.path, error))?;
        Ok(match &self.kind {
            Kind::Json => Box::new(JsonRows { file, line: 0, is_over: false }),
            Kind::Csv { delimiter, columns, .. } => {
                let mut reader = ReaderBuilder::new();
                let reader = reader.delimiter(*delimiter).flexible(true).from_reader(file);
                let columns = columns.clone();
                Box::new(reader.into_byte_records().map(move |record| match record {
                    Ok(record) => csv_row(&columns, &record),
                    Err(error) => ImportRow::unreadable(error.to_string()),
                }))
            }
        })
    }

    /// Where the rows are written that were not done.
    pub(crate) fn failures(&self, path: &Path) -> Result<FailuresFile, Failure> {
        let file = File::create(path).map_err(|error| Failure::of_file(path, error))?;
        let file = io::BufWriter::new(file);
        Ok(match &self.kind {
            Kind::Json => FailuresFile::Json(file),
            Kind::Csv { columns, header, .. } => {
                let mut writer = csv::Writer::from_writer(file);
                let names = header.iter().zip(columns);
                let names = names.filter(|(_, column)| **column != Column::Remark);
                let names = names.map(|(name, _)| name).chain([OUTCOME]);
                writer.write_record(names).map_err(|error| Failure::of_file(path, error))?;
                FailuresFile::Csv(Box::new(writer), columns.clone())
            }
        })
    }
}

/// The file behind its byte order mark.
fn beginning(path: &Path) -> io::Result<BufReader<File>> {
    let mut reader = BufReader::with_capacity(64 * 1024, File::open(path)?);
    if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    }
    Ok(reader)
}

fn csv_row(columns: &[Column], record: &ByteRecord) -> ImportRow {
    let line = record.position().map_or(0, csv::Position::line);
    if record.len() != columns.len() {
        let (count, expected) = (record.len(), columns.len());
        return ImportRow::unreadable(format!("line {line} has {count} cells, and not {expected}"));
    }
    let Ok(record) = StringRecord::from_byte_record(record.clone()) else {
        let reason = format!("line {line} is not written in UTF-8: save the file as UTF-8");
        return ImportRow::unreadable(reason);
    };
    let mut row = ImportRow::default();
    for (column, cell) in columns.iter().zip(&record) {
        let cell = cell.trim();
        if cell.is_empty() {
            continue; // What a row does not say stays as it is.
        }
        match column {
            Column::EmailAddress => cell.clone_into(&mut row.email_address),
            Column::FirstName => row.first_name = Some(cell.to_owned()),
            Column::State => row.state = Some(cell.to_lowercase().into()),
            Column::Tags => row.tags = separated(cell),
            Column::Form => row.form = Some(cell.to_owned()),
            Column::Field(name) => {
                row.fields.insert(name.clone(), cell.to_owned());
            }
            Column::Remark => {}
        }
    }
    row
}

struct JsonRows<R> {
    file: R,
    line: u64,
    is_over: bool,
}

impl<R: BufRead> Iterator for JsonRows<R> {
    type Item = ImportRow;

    fn next(&mut self) -> Option<ImportRow> {
        while !self.is_over {
            self.line += 1;
            let mut text = Vec::new();
            let read = self.file.by_ref().take(LONGEST).read_until(b'\n', &mut text);
            match read {
                Ok(0) => self.is_over = true,
                Ok(_) if text.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => return Some(json_row(self.line, &text)),
                Err(error) => {
                    self.is_over = true;
                    return Some(ImportRow::unreadable(format!("line {}: {error}", self.line)));
                }
            }
        }
        None
    }
}

fn json_row(line: u64, text: &[u8]) -> ImportRow {
    let unreadable = |error: serde_json::Error| {
        let column = error.column();
        let reason = match error.classify() {
            serde_json::error::Category::Data => error.to_string(),
            _ => "is no JSON".to_owned(),
        };
        ImportRow::unreadable(format!("line {line}, column {column}: {reason}"))
    };
    let row: Result<ImportRow, _> = serde_json::from_slice(text).map_err(unreadable);
    row.unwrap_or_else(|unreadable| unreadable)
}

/// The rows that were not done, as the file had them, and why.
pub(crate) enum FailuresFile {
    Csv(Box<csv::Writer<io::BufWriter<File>>>, Vec<Column>),
    Json(io::BufWriter<File>),
}

impl FailuresFile {
    pub(crate) fn add(&mut self, report: &RowReport) -> io::Result<()> {
        let (row, outcome) = (&report.row, report.result.outcome.to_string());
        match self {
            Self::Json(file) => {
                let mut value = json!(row);
                if let Some(object) = value.as_object_mut() {
                    object.insert(OUTCOME.to_owned(), outcome.into());
                }
                io::Write::write_all(file, format!("{value}\n").as_bytes())
            }
            Self::Csv(writer, columns) => {
                let columns = columns.iter().filter(|column| **column != Column::Remark);
                let cells = columns.map(|column| match column {
                    Column::EmailAddress => row.email_address.clone(),
                    Column::FirstName => row.first_name.clone().unwrap_or_default(),
                    Column::State => {
                        row.state.as_ref().map(ToString::to_string).unwrap_or_default()
                    }
                    Column::Tags => joined(&row.tags),
                    Column::Form => row.form.clone().unwrap_or_default(),
                    Column::Field(name) => row.fields.get(name).cloned().unwrap_or_default(),
                    Column::Remark => String::new(),
                });
                writer.write_record(cells.chain([outcome])).map_err(of_csv)
            }
        }
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Csv(mut writer, _) => writer.flush(),
            Self::Json(mut file) => io::Write::flush(&mut file),
        }
    }
}
