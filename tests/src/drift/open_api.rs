//! Reading an `OpenAPI` document (3.0 or 3.1), as far as Kit's go.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::flat::{Flat, marks, of_texts};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// How deep schemas are followed: one may contain itself.
const DEEPEST: usize = 12;

/// The operations of a document, by their names.
pub(super) fn operations(document: &Value) -> Result<BTreeMap<String, Flat>, String> {
    let paths = document.get("paths").and_then(Value::as_object);
    let paths = paths.ok_or("this is no OpenAPI document: it has no `paths`")?;
    let mut found = BTreeMap::new();
    let document = Document(document);
    for (path, item) in paths {
        let shared = list(item, "parameters");
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            let name = format!("{} {path}", method.to_uppercase());
            found.insert(name, document.operation(operation, shared));
        }
    }
    Ok(found)
}

struct Document<'a>(&'a Value);

impl<'a> Document<'a> {
    fn operation(&self, operation: &'a Value, shared: &'a [Value]) -> Flat {
        let mut flat = Flat::default();
        flat.put("credentials", self.credentials(operation));
        for parameter in shared.iter().chain(list(operation, "parameters")) {
            let parameter = self.resolved(parameter);
            let (Some(of @ ("path" | "query")), Some(name)) =
                (text(parameter, "in"), text(parameter, "name"))
            else {
                continue;
            };
            let is_optional = of == "query" && parameter["required"] != true;
            let schema = parameter.get("schema").unwrap_or(&Value::Null);
            self.value(&mut flat, &format!("{of} {name}"), schema, is_optional, 0);
        }
        if let Some(schema) = self.schema_of(&operation["requestBody"]) {
            self.fields(&mut flat, "body ", schema, false, 0);
        }
        let responses = operation["responses"].as_object().into_iter().flatten();
        for (status, response) in responses.filter(|(status, _)| status.starts_with('2')) {
            flat.put(status, "reply");
            if let Some(schema) = self.schema_of(response) {
                self.fields(&mut flat, &format!("{status} "), schema, false, 0);
            }
        }
        flat
    }

    /// OAuth alone, unless a key is named, too.
    fn credentials(&self, operation: &Value) -> &'static str {
        let security = operation.get("security").or_else(|| self.0.get("security"));
        let names = security.and_then(Value::as_array).into_iter().flatten();
        let mut names = names.filter_map(Value::as_object).flat_map(Map::keys).peekable();
        let has_any = names.peek().is_none();
        let is_key = |name: &String| name.to_ascii_lowercase().contains("key");
        if has_any || names.any(is_key) { "any" } else { "oauth" }
    }

    /// The schema of the JSON of a body or a response.
    fn schema_of(&self, message: &'a Value) -> Option<&'a Value> {
        let content = self.resolved(message).get("content")?.as_object()?;
        let json = content.iter().find(|(media_type, _)| media_type.contains("json"))?;
        json.1.get("schema")
    }

    fn resolved(&self, mut value: &'a Value) -> &'a Value {
        for _ in 0..DEEPEST {
            let Some(reference) = text(value, "$ref") else { break };
            let pointed = reference.strip_prefix('#').and_then(|path| self.0.pointer(path));
            value = pointed.unwrap_or(&Value::Null);
        }
        value
    }

    /// The fields of an object, those of its parts included.
    fn fields(
        &self,
        flat: &mut Flat,
        place: &str,
        schema: &'a Value,
        is_alternative: bool,
        depth: usize,
    ) {
        let schema = self.resolved(schema);
        if depth > DEEPEST {
            return;
        }
        let required: Vec<_> = list(schema, "required").iter().filter_map(Value::as_str).collect();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let is_optional = is_alternative || !required.contains(&name.as_str());
            self.value(flat, &format!("{place}.{name}"), field, is_optional, depth + 1);
        }
        for part in list(schema, "allOf") {
            self.fields(flat, place, part, is_alternative, depth + 1);
        }
        for part in list(schema, "oneOf").iter().chain(list(schema, "anyOf")) {
            self.fields(flat, place, part, true, depth + 1);
        }
    }

    fn value(
        &self,
        flat: &mut Flat,
        place: &str,
        schema: &'a Value,
        is_optional: bool,
        depth: usize,
    ) {
        let (kind, is_nullable) = self.kind(schema);
        let mut place = place.to_owned();
        flat.put(&place, format!("{kind}{}", marks(is_optional, is_nullable)));
        let mut schema = self.resolved(schema);
        let mut is_list = kind == "list";
        while is_list {
            place.push_str("[]");
            schema = self.resolved(schema.get("items").unwrap_or(&Value::Null));
            let (kind, _) = self.kind(schema);
            is_list = kind == "list";
            if !is_list {
                flat.put(&place, kind);
            }
        }
        // The keys of these are those of an account.
        if !place.ends_with(".fields") {
            self.fields(flat, &place, schema, false, depth + 1);
        }
    }

    /// The shape of a value, and whether the value may be null.
    fn kind(&self, schema: &'a Value) -> (String, bool) {
        let schema = self.resolved(schema);
        let mut is_nullable = schema["nullable"] == true;
        let types: Vec<&str> = match &schema["type"] {
            Value::String(name) => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        is_nullable |= types.contains(&"null");
        let parts = list(schema, "oneOf").iter().chain(list(schema, "anyOf"));
        let (nulls, parts): (Vec<_>, Vec<_>) =
            parts.partition(|part| self.resolved(part)["type"] == "null");
        is_nullable |= !nulls.is_empty();
        let texts = list(schema, "enum").iter().filter_map(Value::as_str);
        let kind = match types.iter().find(|name| **name != "null") {
            Some(&"string") if texts.clone().next().is_some() => of_texts(texts),
            Some(&"array") => "list".into(),
            Some(name) => (*name).into(),
            None if schema.get("properties").is_some() || schema.get("allOf").is_some() => {
                "object".into()
            }
            None => match parts.first() {
                Some(part) => {
                    let (kind, is_null) = self.kind(part);
                    is_nullable |= is_null;
                    kind
                }
                None => "anything".into(),
            },
        };
        (kind, is_nullable)
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
