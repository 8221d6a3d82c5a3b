use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};

use serde_json::Value;

use super::columns::{cell, leaves, names, only, short, shown};
use super::{escaped, plain};

/// How many rows are looked at before a table is written, for its columns and their widths.
const LOOKED_AT: usize = 100;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// One document; of a list, a line for each item.
    Json,
    /// With a line of names.
    Csv,
}

/// Writes results.
pub(crate) struct Writer {
    format: Format,
    /// Whether a terminal would do what control characters say.
    is_terminal: bool,
    /// The only fields to write; empty for all.
    fields: Vec<String>,
}

impl Writer {
    pub(crate) fn new(format: Option<Format>, fields: Vec<String>) -> Self {
        let for_people = if io::stdout().is_terminal() { Format::Table } else { Format::Json };
        let is_terminal = io::stdout().is_terminal();
        Self { format: format.unwrap_or(for_people), is_terminal, fields }
    }

    /// Writes one value.
    pub(crate) fn value(&self, value: &Value) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let value = self.chosen(value);
        match self.format {
            Format::Json => writeln!(out, "{}", self.json(&format!("{value:#}")))?,
            Format::Csv => {
                let values = as_list(&value);
                let mut rows = Rows::new(&mut out, self.columns(values, names), self);
                rows.begin(values)?;
                rows.finish()?;
            }
            Format::Table => match &value {
                Value::Object(_) => {
                    let leaves = leaves(&value);
                    let width = leaves.iter().map(|(name, _)| name.chars().count()).max();
                    let width = width.unwrap_or_default();
                    for (name, leaf) in leaves {
                        let line = format!("{name:width$}  {}", cell(leaf).replace('\n', " "));
                        writeln!(out, "{}", plain(&line).trim_end())?;
                    }
                }
                other => {
                    for value in as_list(other) {
                        writeln!(out, "{}", plain(&cell(value)))?;
                    }
                }
            },
        }
        out.flush()
    }

    /// Writes a list, as its items come. Ends with the first error of an item, or of writing.
    pub(crate) fn list<E: From<io::Error>>(
        &self,
        mut items: impl Iterator<Item = Result<Value, E>>,
    ) -> Result<(), E> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        if self.format == Format::Json {
            for item in items {
                let item = match item {
                    Ok(item) => item,
                    Err(error) => {
                        out.flush()?;
                        return Err(error);
                    }
                };
                writeln!(out, "{}", self.json(&self.chosen(&item).to_string()))?;
            }
            return Ok(out.flush()?);
        }
        let mut first = Vec::new();
        let mut failure = None;
        for item in items.by_ref().take(LOOKED_AT) {
            match item {
                Ok(item) => first.push(self.chosen(&item)),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        let choose = if self.format == Format::Csv { names } else { shown };
        let mut rows = Rows::new(&mut out, self.columns(&first, choose), self);
        rows.begin(&first)?;
        while let (None, Some(item)) = (&failure, items.next()) {
            match item {
                Ok(item) => rows.row(&self.chosen(&item))?,
                Err(error) => failure = Some(error),
            }
        }
        rows.finish()?;
        out.flush()?;
        failure.map_or(Ok(()), Err)
    }

    /// JSON as a terminal may have it: what is no text is written as an escape.
    pub(crate) fn json<'a>(&self, json: &'a str) -> Cow<'a, str> {
        if self.is_terminal { escaped(json) } else { json.into() }
    }

    /// The text of a cell as a terminal may have it.
    pub(crate) fn cell(&self, text: String) -> String {
        if self.is_terminal { plain(&text).into_owned() } else { text }
    }

    fn chosen(&self, value: &Value) -> Value {
        match value {
            Value::Object(_) if !self.fields.is_empty() => only(value, &self.fields),
            Value::Array(values) => values.iter().map(|value| self.chosen(value)).collect(),
            other => other.clone(),
        }
    }

    fn columns(&self, values: &[Value], choose: fn(&[Value]) -> Vec<String>) -> Vec<String> {
        if self.fields.is_empty() { choose(values) } else { self.fields.clone() }
    }
}

fn as_list(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        other => std::slice::from_ref(other),
    }
}

/// Rows below their names.
enum Rows<'a, W: Write> {
    Csv { writer: Box<csv::Writer<&'a mut W>>, columns: Vec<String>, is_terminal: bool },
    Table { out: &'a mut W, columns: Vec<String>, widths: Option<Vec<usize>> },
}

impl<'a, W: Write> Rows<'a, W> {
    fn new(out: &'a mut W, columns: Vec<String>, by: &Writer) -> Self {
        match by.format {
            Format::Csv => {
                let writer = Box::new(csv::Writer::from_writer(out));
                Self::Csv { writer, columns, is_terminal: by.is_terminal }
            }
            _ => Self::Table { out, columns, widths: None },
        }
    }

    /// Writes the first rows, by which a table takes its widths, below the names.
    fn begin(&mut self, values: &[Value]) -> io::Result<()> {
        match self {
            Self::Csv { columns, .. } if columns.is_empty() => {}
            Self::Csv { writer, columns, .. } => writer.write_record(&*columns).map_err(of_csv)?,
            Self::Table { out, columns, widths } => {
                let width = |name: &String| {
                    let cells = values.iter().map(|value| short(named(value, name)));
                    let cells = cells.chain([name.clone()]);
                    cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
                };
                let widths = widths.insert(columns.iter().map(width).collect());
                if !values.is_empty() && !columns.is_empty() {
                    line(out, columns.iter().map(|name| name.to_uppercase()), widths)?;
                }
            }
        }
        values.iter().try_for_each(|value| self.row(value))
    }

    fn row(&mut self, value: &Value) -> io::Result<()> {
        match self {
            Self::Csv { writer, columns, is_terminal } => {
                let text = |value: &Value| {
                    let cell = cell(value);
                    if *is_terminal { plain(&cell).into_owned() } else { cell }
                };
                let cells: Vec<_> = if columns.is_empty() {
                    vec![text(value)]
                } else {
                    columns.iter().map(|name| text(named(value, name))).collect()
                };
                writer.write_record(cells).map_err(of_csv)?;
            }
            Self::Table { out, columns, .. } if columns.is_empty() => {
                writeln!(out, "{}", short(value))?;
            }
            Self::Table { out, columns, widths } => {
                let widths = widths.as_deref().unwrap_or_default();
                line(out, columns.iter().map(|name| short(named(value, name))), widths)?;
            }
        }
        Ok(())
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Csv { mut writer, .. } => writer.flush(),
            Self::Table { .. } => Ok(()),
        }
    }
}

/// The error of the stream itself, so that its kind is known.
pub(crate) fn of_csv(error: csv::Error) -> io::Error {
    let text = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other(text),
    }
}

fn named<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

fn line(
    out: &mut impl Write,
    cells: impl Iterator<Item = String>,
    widths: &[usize],
) -> io::Result<()> {
    let mut text = String::new();
    for (place, cell) in cells.enumerate() {
        let width = widths.get(place).copied().unwrap_or_default();
        let gap = if place == 0 { "" } else { "  " };
        // Writing to a string does not fail.
        let _ = write!(text, "{gap}{cell:width$}");
    }
    writeln!(out, "{}", text.trim_end())
}
