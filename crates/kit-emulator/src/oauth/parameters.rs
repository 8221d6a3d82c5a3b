use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::server::Request;

/// The parameters of a request of OAuth, each given once (RFC 6749, section 3.1).
#[derive(Debug, Default)]
pub(super) struct Parameters(HashMap<String, String>);

impl Parameters {
    pub(super) fn of_query(query: &str) -> Result<Self, String> {
        let mut parameters = HashMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if parameters.insert(name.to_string(), value.into_owned()).is_some() {
                return Err(format!("{name} is given twice"));
            }
        }
        Ok(Self(parameters))
    }

    /// JSON or a form.
    pub(super) fn of_body(request: &Request) -> Result<Self, String> {
        let body = &request.body;
        match &*request.media_type() {
            "application/json" => Self::of_json(body),
            "application/x-www-form-urlencoded" => {
                Self::of_query(std::str::from_utf8(body).map_err(|error| error.to_string())?)
            }
            other => Err(format!("Content-Type {other:?} is neither JSON nor a form")),
        }
    }

    fn of_json(body: &[u8]) -> Result<Self, String> {
        let body: Map<String, Value> = serde_json::from_slice(body)
            .map_err(|error| format!("the body is not a JSON object: {error}"))?;
        let text = |(name, value)| match value {
            Value::String(text) => Ok((name, text)),
            _ => Err(format!("{name} is not a string")),
        };
        body.into_iter().map(text).collect::<Result<_, _>>().map(Self)
    }

    /// The value of a parameter. An empty one counts as missing (RFC 6749, section 3.1).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn require(&self, name: &str) -> Result<&str, String> {
        self.get(name).ok_or_else(|| format!("{name} is missing"))
    }
}
