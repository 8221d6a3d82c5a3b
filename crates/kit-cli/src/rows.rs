//! Files of people: CSV as programs write it, and JSON with a line for each person.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use kit_ureq::import::{ImportRow, RowReport};
use serde_json::{Map, Value, json};

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
    /// The rows that could not be read, as they stand in the file, by their numbers.
    raw: Raw,
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
    /// Whether both have the same.
    fn is_same(&self, other: &Self) -> bool {
        let folded =
            |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        match (self, other) {
            (Self::Field(one), Self::Field(another)) => folded(one) == folded(another),
            (one, another) => one == another,
        }
    }

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
    let mut reader = ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true);
    let mut reader = reader.from_reader(cell.as_bytes());
    let records: Vec<_> = reader.records().filter_map(Result::ok).collect();
    let names = records.iter().flatten().map(|name| name.trim().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

impl PeopleFile {
    /// Looks at the beginning of a file, and says how it is written.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let path = path.to_owned();
        let wrong = |problem: &str| Failure::usage(format!("{}: {problem}", path.display()));
        let metadata = std::fs::metadata(&path).map_err(|error| wrong(&error.to_string()))?;
        if !metadata.is_file() {
            // It is read more than once.
            return Err(wrong("is no regular file"));
        }
        let mut reader = beginning(&path).map_err(|error| wrong(&error.to_string()))?;
        let start = reader.fill_buf().map_err(|error| wrong(&error.to_string()))?.to_vec();
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            return Err(wrong("is written in UTF-16: save it as UTF-8"));
        }
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        let is_json = matches!(end, "ndjson" | "jsonl")
            || start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
        if is_json {
            return Ok(Self { path, kind: Kind::Json, raw: Rc::default() });
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
        for (place, column) in columns.iter().enumerate() {
            let is_twice = columns.iter().take(place).any(|other| other.is_same(column));
            if is_twice && *column != Column::Remark {
                let name = header.get(place).unwrap_or_default();
                return Err(wrong(&format!("line 1 has two columns for {name}")));
            }
        }
        if !columns.contains(&Column::EmailAddress) {
            return Err(wrong("line 1 has no column email_address or email"));
        }
        Ok(Self { path, kind: Kind::Csv { delimiter, columns, header }, raw: Rc::default() })
    }

    /// The rows. One that cannot be read has its place, and says why.
    pub(crate) fn rows(&self) -> Result<Box<dyn Iterator<Item = ImportRow>>, Failure> {
        let file = beginning(&self.path).map_err(|error| Failure::of_file(&self.path, error))?;
        Ok(match &self.kind {
            Kind::Json => {
                let raw = self.raw.clone();
                Box::new(JsonRows { file, line: 0, number: 0, raw, is_over: false })
            }
            Kind::Csv { delimiter, columns, .. } => {
                let mut reader = ReaderBuilder::new();
                let reader = reader.delimiter(*delimiter).flexible(true).from_reader(file);
                let (columns, raw) = (columns.clone(), self.raw.clone());
                let records = (1..).zip(reader.into_byte_records());
                Box::new(records.map(move |(number, record)| match record {
                    Ok(record) => csv_row(&columns, &record).unwrap_or_else(|reason| {
                        let cells = record.iter().map(String::from_utf8_lossy);
                        let cells = cells.map(Cow::into_owned).collect();
                        raw.borrow_mut().insert(number, cells);
                        ImportRow::unreadable(reason)
                    }),
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
            Kind::Json => FailuresFile::Json(file, self.raw.clone()),
            Kind::Csv { columns, header, .. } => {
                let mut writer = csv::Writer::from_writer(file);
                let names = header.iter().zip(columns);
                let names = names.filter(|(_, column)| **column != Column::Remark);
                let names = names.map(|(name, _)| name).chain([OUTCOME]);
                writer.write_record(names).map_err(|error| Failure::of_file(path, error))?;
                FailuresFile::Csv(Box::new(writer), columns.clone(), self.raw.clone())
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

fn csv_row(columns: &[Column], record: &ByteRecord) -> Result<ImportRow, String> {
    let line = record.position().map_or(0, csv::Position::line);
    if record.len() != columns.len() {
        let (count, expected) = (record.len(), columns.len());
        return Err(format!("line {line} has {count} cells, and not {expected}"));
    }
    let Ok(record) = StringRecord::from_byte_record(record.clone()) else {
        return Err(format!("line {line} is not written in UTF-8: save the file as UTF-8"));
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
    Ok(row)
}

struct JsonRows<R> {
    file: R,
    line: u64,
    /// The number of the last row.
    number: u64,
    raw: Raw,
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
                Ok(_) => {
                    self.number += 1;
                    let row = json_row(self.line, &text);
                    if row.email_address.is_empty() {
                        let text = String::from_utf8_lossy(&text).trim().to_owned();
                        self.raw.borrow_mut().insert(self.number, vec![text]);
                    }
                    return Some(row);
                }
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
    let mut object: Map<String, Value> = match serde_json::from_slice(text) {
        Ok(object) => object,
        Err(error) => return unreadable(error),
    };
    // What is no name of a row's is a custom field, as in CSV.
    let mut fields = Map::new();
    let names: Vec<String> = object.keys().cloned().collect();
    for name in names {
        let column = Column::named(&name);
        let is_ours = matches!(name.as_str(), "email_address" | "fields");
        match column {
            Column::EmailAddress if !is_ours => {
                let address = object.remove(&name).unwrap_or_default();
                object.entry("email_address").or_insert(address);
            }
            Column::Field(field) if !is_ours => {
                if let Some(value) = object.remove(&name) {
                    fields.insert(field, value);
                }
            }
            _ => {}
        }
    }
    match object.entry("fields").or_insert_with(|| Map::new().into()) {
        Value::Object(given) => given.extend(fields),
        _ => return ImportRow::unreadable(format!("line {line}: fields are no object")),
    }
    if let Some(Value::Object(fields)) = object.get_mut("fields") {
        fields.retain(|_, value| !value.is_null());
        for value in fields.values_mut().filter(|value| value.is_number() || value.is_boolean()) {
            *value = value.to_string().into();
        }
    }
    serde_json::from_value(object.into()).unwrap_or_else(unreadable)
}

/// The rows that could not be read.
type Raw = Rc<RefCell<BTreeMap<u64, Vec<String>>>>;

/// The rows that were not done, as the file had them, and why.
pub(crate) enum FailuresFile {
    Csv(Box<csv::Writer<io::BufWriter<File>>>, Vec<Column>, Raw),
    Json(io::BufWriter<File>, Raw),
}

impl FailuresFile {
    pub(crate) fn add(&mut self, report: &RowReport) -> io::Result<()> {
        let (row, outcome) = (&report.row, report.result.outcome.to_string());
        match self {
            Self::Json(file, raw) => {
                let mut value = json!(row);
                if let Some(object) = value.as_object_mut() {
                    object.remove("unreadable");
                    object.insert(OUTCOME.to_owned(), outcome.into());
                }
                // One that could not be read stays as it was.
                let raw = raw.borrow_mut().remove(&report.number).and_then(|mut raw| raw.pop());
                let value = raw.unwrap_or_else(|| value.to_string());
                io::Write::write_all(file, format!("{value}\n").as_bytes())
            }
            Self::Csv(writer, columns, raw) => {
                let columns_kept = columns.iter().filter(|column| **column != Column::Remark);
                let cells: Vec<String> = match raw.borrow_mut().remove(&report.number) {
                    // As many cells as there are columns, whatever the row had.
                    Some(raw) => {
                        let mut raw = raw.into_iter();
                        let cells =
                            columns.iter().map(|column| (column, raw.next().unwrap_or_default()));
                        let kept = cells.filter(|(column, _)| **column != Column::Remark);
                        kept.map(|(_, cell)| cell).collect()
                    }
                    None => columns_kept.map(|column| column.cell(row)).collect(),
                };
                writer.write_record(cells.into_iter().chain([outcome])).map_err(of_csv)
            }
        }
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Csv(mut writer, _, _) => writer.flush(),
            Self::Json(mut file, _) => io::Write::flush(&mut file),
        }
    }
}

impl Column {
    /// The content of a row.
    fn cell(&self, row: &ImportRow) -> String {
        match self {
            Self::EmailAddress => row.email_address.clone(),
            Self::FirstName => row.first_name.clone().unwrap_or_default(),
            Self::State => row.state.as_ref().map(ToString::to_string).unwrap_or_default(),
            Self::Tags => joined(&row.tags),
            Self::Form => row.form.clone().unwrap_or_default(),
            Self::Field(name) => row.fields.get(name).cloned().unwrap_or_default(),
            Self::Remark => String::new(),
        }
    }
}
