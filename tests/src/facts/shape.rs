use serde_json::{Map, Value};

/// A parameter, or a field of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whether it may be missing.
    pub is_optional: bool,
    /// Whether the live service was seen to differ from the documents here.
    pub is_live: bool,
    /// The shape of the value.
    pub shape: Shape,
}

/// The shape of a value.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The shape of the value if it is not null.
    pub kind: Kind,
    /// Whether it may be null.
    pub is_nullable: bool,
}

/// The shape of a value that is not null.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A text; one of these, where there are any.
    Text(Vec<&'static str>),
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// Nobody knows.
    Any,
    /// An object with these fields; with any, where none are named.
    Object(Vec<Field>),
    /// An object with the fields of one of these.
    OneOf(Vec<Vec<Field>>),
    /// A list.
    List(Box<Kind>),
}

/// The first part of an object that is not as documented.
///
/// # Errors
///
/// The path of the field, and what is wrong with it.
pub fn check(fields: &[Field], value: &Value) -> Result<(), String> {
    check_object(fields, value, "")
}

fn check_object(fields: &[Field], value: &Value, path: &str) -> Result<(), String> {
    let Value::Object(object) = value else { return Err(format!("{path} is no object")) };
    for field in fields {
        let path = format!("{path}.{}", field.name);
        match object.get(field.name) {
            None if field.is_optional => {}
            None => return Err(format!("{path} is missing")),
            Some(value) => check_value(field, value, &path)?,
        }
    }
    Ok(())
}

fn check_value(field: &Field, value: &Value, path: &str) -> Result<(), String> {
    if value.is_null() {
        let is_fine = field.shape.is_nullable;
        return if is_fine { Ok(()) } else { Err(format!("{path} is null")) };
    }
    check_kind(&field.shape.kind, value, path)
}

fn check_kind(kind: &Kind, value: &Value, path: &str) -> Result<(), String> {
    let is_fine = match kind {
        Kind::Any => true,
        Kind::Text(values) => {
            value.as_str().is_some_and(|text| values.is_empty() || values.contains(&text))
        }
        Kind::Integer => value.is_i64() || value.is_u64(),
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Object(fields) => return check_object(fields, value, path),
        Kind::OneOf(alternatives) => {
            alternatives.iter().any(|fields| check_object(fields, value, path).is_ok())
        }
        Kind::List(kind) => {
            let Value::Array(items) = value else { return Err(format!("{path} is no list")) };
            for (index, item) in items.iter().enumerate() {
                check_kind(kind, item, &format!("{path}[{index}]"))?;
            }
            true
        }
    };
    if is_fine { Ok(()) } else { Err(format!("{path} is {value}, and not {kind:?}")) }
}

/// The value with those fields alone that are documented.
#[must_use]
pub fn documented(fields: &[Field], value: &Value) -> Value {
    let Value::Object(object) = value else { return value.clone() };
    let known = fields.iter().filter_map(|field| {
        let value = object.get(field.name)?;
        // Its keys are not those of a schema, but of an account.
        let is_custom = field.name == "fields";
        let value =
            if is_custom { value.clone() } else { documented_kind(&field.shape.kind, value) };
        Some((field.name.to_owned(), value))
    });
    Value::Object(known.collect::<Map<_, _>>())
}

fn documented_kind(kind: &Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Object(fields), _) if !fields.is_empty() => documented(fields, value),
        (Kind::List(kind), Value::Array(items)) => {
            items.iter().map(|item| documented_kind(kind, item)).collect()
        }
        _ => value.clone(),
    }
}

/// The paths of what is in an object beyond what is documented.
pub fn undocumented(fields: &[Field], value: &Value, path: &str) -> Vec<String> {
    let Value::Object(object) = value else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in object {
        let path = format!("{path}.{name}");
        match fields.iter().find(|field| field.name == name) {
            None => found.push(path),
            Some(field) => undocumented_kind(&field.shape.kind, value, &path, &mut found),
        }
    }
    found
}

fn undocumented_kind(kind: &Kind, value: &Value, path: &str, found: &mut Vec<String>) {
    match (kind, value) {
        (Kind::Object(fields), _) if !fields.is_empty() && !path.ends_with(".fields") => {
            found.extend(undocumented(fields, value, path));
        }
        (Kind::List(kind), Value::Array(items)) => {
            for item in items {
                undocumented_kind(kind, item, path, found);
            }
        }
        _ => {}
    }
}
