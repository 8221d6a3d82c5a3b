use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Field, Kind, Operation, Shape};

/// An operation as a line for each parameter and field: its place, such as `200 .tags[].id`, and what it is, such as
/// `integer?`.
#[derive(Debug, Default)]
pub struct Flat {
    /// The value at each place.
    pub kinds: BTreeMap<String, String>,
    live: BTreeSet<String>,
}

impl Flat {
    /// Whether the place, or what it is in, is known from the live service alone.
    pub(super) fn is_live(&self, place: &str) -> bool {
        self.live.iter().any(|live| {
            let rest = place.strip_prefix(live.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    pub(super) fn put(&mut self, place: &str, kind: impl Into<String>) {
        self.kinds.insert(place.to_owned(), kind.into());
    }

    fn fields(&mut self, before: &str, fields: &[Field], is_alternative: bool) {
        for field in fields {
            let place = format!("{before}.{}", field.name);
            if field.is_live {
                self.live.insert(place.clone());
            }
            self.shape(&place, &field.shape, field.is_optional || is_alternative);
        }
    }

    fn shape(&mut self, place: &str, shape: &Shape, is_optional: bool) {
        let mut place = place.to_owned();
        let mut kind = &shape.kind;
        let marks = marks(is_optional, shape.is_nullable);
        if let Kind::List(item) = kind {
            self.put(&place, format!("list{marks}"));
            place.push_str("[]");
            kind = item;
            while let Kind::List(item) = kind {
                place.push_str("[]");
                kind = item;
            }
            self.kind(&place, kind, "");
        } else {
            self.kind(&place, kind, &marks);
        }
    }

    fn kind(&mut self, place: &str, kind: &Kind, marks: &str) {
        self.put(place, format!("{}{marks}", name(kind)));
        // The keys of these are those of an account.
        if place.ends_with(".fields") {
            return;
        }
        match kind {
            Kind::Object(fields) => self.fields(place, fields, false),
            Kind::OneOf(all) => all.iter().for_each(|fields| self.fields(place, fields, true)),
            _ => {}
        }
    }
}

/// How an optional value, and one that may be null, is marked.
pub(super) fn marks(is_optional: bool, is_nullable: bool) -> String {
    let null = if is_nullable { "?" } else { "" };
    let optional = if is_optional { " (optional)" } else { "" };
    format!("{null}{optional}")
}

fn name(kind: &Kind) -> String {
    match kind {
        Kind::Text(texts) if texts.is_empty() => "string".into(),
        Kind::Text(texts) => of_texts(texts.iter().copied()),
        Kind::Integer => "integer".into(),
        Kind::Number => "number".into(),
        Kind::Boolean => "boolean".into(),
        Kind::Any => "anything".into(),
        Kind::Object(_) | Kind::OneOf(_) => "object".into(),
        Kind::List(_) => "list".into(),
    }
}

/// A text that is one of these.
pub(super) fn of_texts<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let texts: BTreeSet<_> = texts.collect();
    format!("string of {}", texts.into_iter().collect::<Vec<_>>().join("|"))
}

/// The lines of an operation of the facts.
pub fn flat(operation: &Operation) -> Flat {
    let mut flat = Flat::default();
    flat.put("credentials", if operation.is_oauth_only { "oauth" } else { "any" });
    for (of, parameters) in [("path", &operation.path_parameters), ("query", &operation.query)] {
        for parameter in parameters {
            let place = format!("{of} {}", parameter.name);
            if parameter.is_live {
                flat.live.insert(place.clone());
            }
            flat.shape(&place, &parameter.shape, parameter.is_optional);
        }
    }
    if let Some(fields) = &operation.body {
        flat.fields("body ", fields, false);
    }
    for (status, fields) in &operation.replies {
        flat.put(&status.to_string(), "reply");
        flat.fields(&format!("{status} "), fields.as_deref().unwrap_or_default(), false);
    }
    flat
}
