use std::fmt;

use http::Method;
use serde_json::{Map, Value};

use super::{Auth, Endpoint};
use crate::Error;
use crate::error::Effect;
use crate::wire::{Body, Path, Query, ReadError, Reply};

/// An operation with parameters that this version does not know: made by [`Endpoint::with_query`] and
/// [`Endpoint::with_body`].
#[derive(Clone, PartialEq)]
pub struct Extended<E> {
    endpoint: E,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

impl<E> Extended<E> {
    pub(super) fn new(endpoint: E) -> Self {
        Self { endpoint, query: Vec::new(), body: None }
    }

    /// Adds another parameter to the query.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a number or a text, as it comes")]
    pub fn with_query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Merges more fields into the JSON body.
    #[must_use]
    pub fn with_body(mut self, fields: Value) -> Self {
        match &mut self.body {
            Some(body) => merge(body, fields),
            body => *body = Some(fields),
        }
        self
    }

    /// The operation without the added parameters.
    pub fn endpoint(&self) -> &E {
        &self.endpoint
    }

    pub(crate) fn endpoint_mut(&mut self) -> &mut E {
        &mut self.endpoint
    }
}

impl<E: Endpoint> Endpoint for Extended<E> {
    const METHOD: Method = E::METHOD;
    const PATH: &'static str = E::PATH;
    const EFFECT: Effect = E::EFFECT;
    const AUTH: Auth = E::AUTH;
    const HAS_SECRET_REPLY: bool = E::HAS_SECRET_REPLY;
    type Reply = E::Reply;

    fn check(&self) -> Result<(), Error> {
        self.endpoint.check()
    }

    fn path(&self) -> Path {
        self.endpoint.path()
    }

    fn query(&self, query: &mut Query) {
        self.endpoint.query(query);
        for (name, value) in &self.query {
            query.pair(name, value);
        }
    }

    fn body(&self) -> Result<Body, Error> {
        let body = self.endpoint.body()?;
        let Some(fields) = &self.body else { return Ok(body) };
        if !fields.is_object() {
            return Err(Error::input("body", "is extended by a value that is not a JSON object"));
        }
        let mut json = match body.media_type() {
            None => Value::Object(Map::new()),
            Some(Body::JSON) => serde_json::from_slice(body.bytes())
                .map_err(|error| Error::input("body", error.to_string()))?,
            Some(_) => {
                return Err(Error::input("body", "is not JSON, and cannot be extended by fields"));
            }
        };
        merge(&mut json, fields.clone());
        Body::json(&json)
    }

    fn secrets(&self) -> Vec<&str> {
        let mut secrets = self.endpoint.secrets();
        secrets.extend(self.query.iter().map(|(_, value)| value.as_str()));
        self.body.iter().for_each(|body| texts(body, &mut secrets));
        secrets
    }

    fn reply(&self, reply: Reply<'_>) -> Result<E::Reply, ReadError> {
        self.endpoint.reply(reply)
    }
}

/// Shows the names of the added parameters, but not their values, which may be secrets.
impl<E: fmt::Debug> fmt::Debug for Extended<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query: Vec<_> = self.query.iter().map(|(name, _)| name).collect();
        let body = self.body.as_ref().and_then(Value::as_object);
        let body: Vec<_> = body.into_iter().flat_map(Map::keys).collect();
        f.debug_struct("Extended")
            .field("endpoint", &self.endpoint)
            .field("query", &query)
            .field("body", &body)
            .finish()
    }
}

/// The texts in a value. What is in them is not known: they may be secrets.
fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

/// Merges objects, and replaces any other value.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixtures::{create, json as body_of, kit};
    use crate::webhooks::{DeleteWebhook, ListWebhooks};

    #[test]
    fn parameters_are_added_to_those_that_are_there() {
        let list = ListWebhooks::new().with_query("a b", "c&d").with_query("e", 1);
        let request = kit().request(&list).unwrap();
        assert_eq!(request.uri().query(), Some("a%20b=c%26d&e=1"));
        assert_eq!(list.endpoint(), &ListWebhooks::new());
    }

    #[test]
    fn fields_are_merged_into_the_body() {
        let extended =
            create().with_body(json!({"event": {"name": "x.y", "city_id": 7}, "a": [1]}));
        let body = body_of(&kit().request(&extended.with_body(json!({"b": null}))).unwrap());
        assert_eq!(body["event"]["name"], "x.y");
        assert_eq!(body["event"]["city_id"], 7);
        assert!(body["event"].get("tag_id").is_some(), "what is there stays");
        assert_eq!((&body["a"], body.get("b")), (&json!([1]), Some(&Value::Null)));
        assert_eq!(body["target_url"], "https://example.com/kit");
    }

    #[test]
    fn an_operation_without_a_body_gets_one() {
        let delete = DeleteWebhook::new(9.into()).with_body(json!({"really": true}));
        let request = kit().request(&delete).unwrap();
        assert_eq!(body_of(&request), json!({"really": true}));
        assert_eq!(request.headers()["content-type"], "application/json");
    }

    #[test]
    fn fields_that_cannot_be_merged_are_an_error() {
        let error = kit().request(&create().with_body(json!([1]))).unwrap_err();
        assert_eq!(error.to_string(), "body: is extended by a value that is not a JSON object");
    }

    #[test]
    fn values_are_not_shown() {
        let extended = create().with_query("token", "5ecret").with_body(json!({"key": "5ecret"}));
        let text = format!("{extended:?}");
        assert!(
            !text.contains("5ecret") && text.contains("token") && text.contains("key"),
            "{text}"
        );
    }
}
