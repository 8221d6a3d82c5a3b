use serde_json::{Map, Value};

use super::{Reply, Request};
use crate::world::{flag, id, time};

/// The body of a request: an object whose fields are read one by one.
///
/// As the live service does, it takes an empty list for an empty object (which is how PHP writes one), ids as numbers
/// and as decimal texts, and `1` and `0` as booleans. Fields that nobody asks for are ignored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input {
    fields: Map<String, Value>,
    /// The prefix of the field names in messages: `event.`, for example, for an object inside another.
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
    pub(crate) fn read(request: &Request) -> Result<Self, Reply> {
        match request.json().map_err(Reply::unprocessable)? {
            Value::Object(body) => Ok(body.into()),
            Value::Array(list) if list.is_empty() => Ok(Self::default()),
            _ => Err(Reply::unprocessable("The body must be a JSON object")),
        }
    }

    /// The same, where the body may be missing.
    pub(crate) fn read_optional(request: &Request) -> Result<Self, Reply> {
        if request.body.is_empty() { Ok(Self::default()) } else { Self::read(request) }
    }

    /// An object inside another.
    pub(crate) fn of(value: &Value) -> Self {
        value.as_object().cloned().unwrap_or_default().into()
    }

    /// Whether the field is there, as null or anything else.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// The value, unless it is null.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.fields.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, Reply> {
        self.typed(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// # Errors
    ///
    /// 422 with Kit's message where the text is missing or blank.
    pub(crate) fn filled(&self, key: &str, message: &str) -> Result<String, Reply> {
        let text = self.text(key)?.map(|text| text.trim().to_owned());
        text.filter(|text| !text.is_empty()).ok_or_else(|| Reply::unprocessable(message))
    }

    /// A text, or the digits of a number: the seller's own ids are taken as both.
    pub(crate) fn text_or_number(&self, key: &str) -> Result<Option<String>, Reply> {
        self.typed(key, "a string", |value| match value {
            Value::Number(number) => Some(number.to_string()),
            value => value.as_str().map(str::to_owned),
        })
    }

    pub(crate) fn integer(&self, key: &str) -> Result<Option<u64>, Reply> {
        self.typed(key, "an integer", id)
    }

    pub(crate) fn number(&self, key: &str) -> Result<Option<f64>, Reply> {
        let finite =
            |text: &str| text.trim().parse().ok().filter(|number: &f64| number.is_finite());
        let number = |value: &Value| value.as_f64().or_else(|| finite(value.as_str()?));
        self.typed(key, "a number", number)
    }

    pub(crate) fn boolean(&self, key: &str) -> Result<Option<bool>, Reply> {
        self.typed(key, "a boolean", |value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => flag(&number.to_string()),
            Value::String(text) => flag(text),
            _ => None,
        })
    }

    pub(crate) fn list(&self, key: &str) -> Result<Option<Vec<Value>>, Reply> {
        self.typed(key, "a list", |value| value.as_array().cloned())
    }

    pub(crate) fn object(&self, key: &str) -> Result<Option<Self>, Reply> {
        let prefix = format!("{}{key}.", self.prefix);
        self.typed(key, "an object", |value| match value {
            Value::Object(object) => Some(Self { fields: object.clone(), prefix }),
            Value::Array(list) if list.is_empty() => Some(Self { prefix, ..Self::default() }),
            _ => None,
        })
    }

    /// A time, as ISO 8601; without a zone it is in UTC. As Kit writes it.
    pub(crate) fn time(&self, key: &str) -> Result<Option<String>, Reply> {
        self.typed(key, "a time (ISO 8601)", |value| time::parse(value.as_str()?).map(time::text))
    }

    /// The texts of a list.
    pub(crate) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, Reply> {
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

    pub(crate) fn entries(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.fields.iter()
    }
}
