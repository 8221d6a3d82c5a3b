use std::collections::BTreeMap;

use super::{Field, Kind, Operation, Shape};

/// A line: how far it is from the left, and what it says.
type Line = (usize, &'static str);

pub(super) fn operations(text: &'static str) -> Vec<Operation> {
    text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()).map(operation).collect()
}

fn operation(paragraph: &'static str) -> Operation {
    let mut lines = paragraph.lines().filter(|line| !line.trim().is_empty());
    let head: Vec<_> = lines.next().expect("a method").split(' ').collect();
    let [method, path, credentials] = *head else { panic!("{paragraph}") };
    let lines: Vec<Line> =
        lines.map(|line| (line.len() - line.trim_start().len(), line.trim())).collect();
    let mut operation = Operation {
        method,
        path,
        is_oauth_only: credentials == "oauth",
        path_parameters: Vec::new(),
        query: Vec::new(),
        body: None,
        replies: BTreeMap::new(),
    };
    let mut rest = &lines[..];
    while let [(2, line), below @ ..] = rest {
        let end = below.iter().position(|(indent, _)| *indent <= 2).unwrap_or(below.len());
        let (inside, after) = below.split_at(end);
        rest = after;
        if let Some(parameter) = line.strip_prefix("path ") {
            operation.path_parameters.push(field(parameter, &[]));
        } else if let Some(parameter) = line.strip_prefix("query ") {
            operation.query.push(field(parameter, &[]));
        } else if line.starts_with("body ") {
            operation.body = Some(body(inside));
        } else {
            let (status, _) = line.split_once(' ').unwrap_or((line, ""));
            let status: u16 = status.parse().expect("a status");
            if status < 300 {
                operation.replies.insert(status, (!inside.is_empty()).then(|| fields(inside)));
            }
        }
    }
    assert!(rest.is_empty(), "{rest:?} of {method} {path}");
    operation
}

/// The fields of all alternatives, which are optional then.
fn body(lines: &[Line]) -> Vec<Field> {
    match object(lines) {
        Kind::Object(fields) => fields,
        Kind::OneOf(alternatives) => alternatives.into_iter().flatten().collect(),
        kind => panic!("{kind:?}"),
    }
}

fn object(lines: &[Line]) -> Kind {
    let alternatives = lines.iter().filter(|(_, line)| *line == "| one of:").count();
    let Some(indent) = lines.first().map(|(indent, _)| *indent) else {
        return Kind::Object(Vec::new());
    };
    if lines[0].1 != "| one of:" || alternatives == 0 {
        return Kind::Object(fields(lines));
    }
    let parts = lines.split(|line| *line == (indent, "| one of:")).skip(1);
    Kind::OneOf(parts.map(fields).collect())
}

fn fields(lines: &[Line]) -> Vec<Field> {
    let mut found: Vec<Field> = Vec::new();
    let mut rest = lines;
    while let [(indent, line), below @ ..] = rest {
        let end = below.iter().position(|(other, _)| other <= indent).unwrap_or(below.len());
        let (inside, after) = below.split_at(end);
        found.push(field(line, inside));
        rest = after;
    }
    found
}

fn field(line: &'static str, inside: &[Line]) -> Field {
    let (line, is_live) = match line.strip_suffix(" [live]") {
        Some(line) => (line, true),
        None => (line, false),
    };
    let (name, kind) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
    let (name, is_optional) = match name.strip_suffix(" (optional)") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let (kind, _) = kind.split_once(" default=").unwrap_or((kind, ""));
    let (kind, is_nullable) = match kind.strip_suffix('?') {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    Field { name, is_optional, is_live, shape: Shape { kind: kind_of(kind, inside), is_nullable } }
}

fn kind_of(text: &'static str, inside: &[Line]) -> Kind {
    if let Some(item) = text.strip_prefix("array of ") {
        let item = item.trim_end_matches('?');
        return Kind::List(Box::new(kind_of(item, inside)));
    }
    let (name, values) = text.split_once(" {").unwrap_or((text, ""));
    let values = values.trim_end_matches('}').split(", ").filter(|value| !value.is_empty());
    match name {
        "string" | "string(date)" | "string(date-time)" => Kind::Text(values.collect()),
        "integer" => Kind::Integer,
        "number" | "number(float)" => Kind::Number,
        "boolean" => Kind::Boolean,
        "any" => Kind::Any,
        "object" => object(inside),
        other => panic!("{other:?} is no type"),
    }
}
