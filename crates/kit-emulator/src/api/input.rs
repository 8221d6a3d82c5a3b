use http::StatusCode;
use serde_json::{Map, Value};

use super::call::Call;
use crate::server::Reply;
use crate::world::{Page, Row, Table, digits, flag, time};

/// The body of a request: an object whose fields are read one by one.
///
/// As the live service does, it takes an empty list for an empty object (which is how PHP writes one), ids as numbers
/// and as decimal texts, and `1` and `0` as booleans. Fields that nobody asks for are ignored.
#[derive(Clone, Debug, Default)]
pub(super) struct Input {
    fields: Map<String, Value>,
    /// What its fields are named by in messages: of an object inside another, `event.`, say.
    prefix: String,
}

impl From<Map<String, Value>> for Input {
    fn from(fields: Map<String, Value>) -> Self {
        Self { fields, prefix: String::new() }
    }
}

impl Input {
    /// # Errors
    ///
    /// 422 where the body is no JSON object.
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Reply> {
        match call.request.json().map_err(Reply::unprocessable)? {
            Value::Object(body) => Ok(body.into()),
            Value::Array(list) if list.is_empty() => Ok(Self::default()),
            _ => Err(Reply::unprocessable("The body must be a JSON object")),
        }
    }

    /// The same, where the body may be missing.
    pub(super) fn read_optional(call: &Call<'_>) -> Result<Self, Reply> {
        if call.request.body.is_empty() { Ok(Self::default()) } else { Self::read(call) }
    }

    /// An object inside another.
    pub(super) fn of(value: &Value) -> Self {
        value.as_object().cloned().unwrap_or_default().into()
    }

    /// Whether the field is there, as null or anything else.
    pub(super) fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// The value, unless it is null.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.fields.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<String>, Reply> {
        self.typed(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// # Errors
    ///
    /// 422 with Kit's message where the text is missing or blank.
    pub(super) fn filled(&self, key: &str, message: &str) -> Result<String, Reply> {
        let text = self.text(key)?.map(|text| text.trim().to_owned());
        text.filter(|text| !text.is_empty()).ok_or_else(|| Reply::unprocessable(message))
    }

    /// A text, or the digits of a number: the seller's own ids are taken as both.
    pub(super) fn text_or_number(&self, key: &str) -> Result<Option<String>, Reply> {
        self.typed(key, "a string", |value| match value {
            Value::Number(number) => Some(number.to_string()),
            value => value.as_str().map(str::to_owned),
        })
    }

    pub(super) fn integer(&self, key: &str) -> Result<Option<u64>, Reply> {
        self.typed(key, "an integer", id)
    }

    pub(super) fn number(&self, key: &str) -> Result<Option<f64>, Reply> {
        let finite =
            |text: &str| text.trim().parse().ok().filter(|number: &f64| number.is_finite());
        let number = |value: &Value| value.as_f64().or_else(|| finite(value.as_str()?));
        self.typed(key, "a number", number)
    }

    pub(super) fn boolean(&self, key: &str) -> Result<Option<bool>, Reply> {
        self.typed(key, "a boolean", |value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => flag(&number.to_string()),
            Value::String(text) => flag(text),
            _ => None,
        })
    }

    pub(super) fn list(&self, key: &str) -> Result<Option<Vec<Value>>, Reply> {
        self.typed(key, "a list", |value| value.as_array().cloned())
    }

    pub(super) fn object(&self, key: &str) -> Result<Option<Self>, Reply> {
        let prefix = format!("{}{key}.", self.prefix);
        self.typed(key, "an object", |value| match value {
            Value::Object(object) => Some(Self { fields: object.clone(), prefix }),
            Value::Array(list) if list.is_empty() => Some(Self { prefix, ..Self::default() }),
            _ => None,
        })
    }

    /// A time, as ISO 8601; without a zone it is in UTC. As Kit writes it.
    pub(super) fn time(&self, key: &str) -> Result<Option<String>, Reply> {
        self.typed(key, "a time (ISO 8601)", |value| time::parse(value.as_str()?).map(time::text))
    }

    /// The texts of a list.
    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, Reply> {
        let texts = |value: &Value| {
            let items = value.as_array()?.iter();
            items.map(|item| item.as_str().map(str::to_owned)).collect()
        };
        self.typed(key, "a list of strings", texts)
    }

    fn typed<T>(
        &self,
        key: &str,
        kind: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Reply> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let wrong = || Reply::unprocessable(format!("`{}{key}` must be {kind}", self.prefix));
        read(value).map(Some).ok_or_else(wrong)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.fields.iter()
    }
}

/// An id: a number, or its decimal digits.
pub(super) fn id(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| digits(value.as_str()?))
}

/// The ids of a list.
pub(super) fn ids(value: &Value) -> Vec<u64> {
    value.as_array().into_iter().flatten().filter_map(id).collect()
}

/// A page of a table, from the newest row to the oldest, as a reply.
pub(super) fn page<'t, R: Row>(
    call: &Call<'_>,
    name: &str,
    table: &'t Table<R>,
    is_asked_for: impl Fn(&R) -> bool,
    to_json: impl FnMut(&'t R) -> Value,
) -> Result<Reply, Reply> {
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let (rows, pagination) = page.of(table, is_asked_for);
    Ok(listed(name, rows.into_iter().map(to_json).collect(), pagination))
}

/// The same of rows that are in no table, in the order of their ids.
pub(super) fn page_of_rows<R: Row>(
    call: &Call<'_>,
    name: &str,
    rows: impl Iterator<Item = R>,
    to_json: impl FnMut(R) -> Value,
) -> Result<Reply, Reply> {
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let (rows, pagination) = page.of_rows(rows);
    Ok(listed(name, rows.into_iter().map(to_json).collect(), pagination))
}

/// A list with its position.
pub(super) fn listed(name: &str, rows: Value, pagination: Value) -> Reply {
    let mut body = Map::new();
    body.insert(name.into(), rows);
    body.insert("pagination".into(), pagination);
    Reply::json(StatusCode::OK, body.into())
}

/// Every row.
pub(super) fn all<R>(_: &R) -> bool {
    true
}

pub(super) fn ok(name: &str, value: Value) -> Reply {
    Reply::json(StatusCode::OK, Value::Object(Map::from_iter([(name.to_owned(), value)])))
}

pub(super) fn created(name: &str, value: Value) -> Reply {
    Reply::json(StatusCode::CREATED, Value::Object(Map::from_iter([(name.to_owned(), value)])))
}

/// What was there already, or is new.
pub(super) fn upserted(name: &str, value: Value, is_new: bool) -> Reply {
    if is_new { created(name, value) } else { ok(name, value) }
}

pub(super) fn no_content() -> Reply {
    Reply::empty(StatusCode::NO_CONTENT)
}

/// The table has no room.
pub(super) fn full(_: crate::world::Full) -> Reply {
    Reply::unprocessable("This Kit holds no more of them: delete some")
}
