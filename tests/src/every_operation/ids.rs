use std::collections::BTreeMap;
use std::fmt;

use kit_core::Error;
use serde_json::{Map, Value, json};

use super::Send;
use crate::facts::{self, Operation};
use crate::operations::{AnyOperation, Arguments, build};

/// The ids that operations need: given, found, or made by a call that nobody is told of.
pub struct Ids<'a> {
    send: &'a Send<'a>,
    known: BTreeMap<String, u64>,
    /// Makes names that nobody has used.
    run: String,
    count: u64,
}

impl fmt::Debug for Ids<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ids").field("known", &self.known).finish_non_exhaustive()
    }
}

impl<'a> Ids<'a> {
    /// With those that are given, such as `tag`. `run` makes the names of this run its own.
    pub fn new(send: &'a Send<'a>, given: BTreeMap<String, u64>, run: impl Into<String>) -> Self {
        Self { send, known: given, run: run.into(), count: 0 }
    }

    pub(super) fn send(
        &self,
        operation: &Operation,
        built: &dyn AnyOperation,
    ) -> Result<(u16, Value), Error> {
        (self.send)(operation, built)
    }

    /// A name that nobody has used.
    pub(super) fn name(&mut self) -> String {
        self.count += 1;
        format!("every-operation-{}-{}", self.run, self.count)
    }

    /// A position that no email of a sequence has: it is behind all of them.
    pub(super) fn position(&mut self) -> u64 {
        self.count += 1;
        1000 + self.count
    }

    /// An email address that nobody has used.
    pub(super) fn email_address(&mut self) -> String {
        format!("{}@example.com", self.name())
    }

    /// The id of something of this kind, such as `tag`.
    ///
    /// # Errors
    ///
    /// The advice what to make at Kit, if there is none.
    pub(super) fn of(&mut self, kind: &str) -> Result<u64, String> {
        if let Some(id) = self.known.get(kind) {
            return Ok(*id);
        }
        let id = self.find_or_make(kind)?;
        self.known.insert(kind.to_owned(), id);
        Ok(id)
    }

    /// Something of this kind that may be deleted.
    ///
    /// # Errors
    ///
    /// The advice what to make at Kit, if there is none.
    pub(super) fn of_new(&mut self, kind: &str) -> Result<u64, String> {
        self.find_or_make(kind)
    }

    fn find_or_make(&mut self, kind: &str) -> Result<u64, String> {
        let name = self.name();
        let list = |path: &'static str| ("GET", path, json!({}), json!({}));
        let make = |path: &'static str, body: Value| ("POST", path, json!({}), body);
        let (method, path, parameters, body) = match kind {
            "tag" => make("/v4/tags", json!({"name": name})),
            "custom_field" => make("/v4/custom_fields", json!({"label": name})),
            "subscriber" => make("/v4/subscribers", json!({"email_address": self.email_address()})),
            "sequence" => make("/v4/sequences", json!({"name": name})),
            "sequence_email" => {
                let sequence = self.of("sequence")?;
                let body = json!({"subject": name, "delay_value": 1, "delay_unit": "days"});
                (
                    "POST",
                    "/v4/sequences/{sequence_id}/emails",
                    json!({"sequence_id": sequence}),
                    body,
                )
            }
            "snippet" | "inline_snippet" => make(
                "/v4/snippets",
                json!({"name": name, "snippet_type": "inline", "content": "x"}),
            ),
            "broadcast" => make(
                "/v4/broadcasts",
                json!({"subject": name, "content": "", "published_at": "2023-01-27T11:43:55Z",
                    "preview_text": "", "description": "", "public": false, "subscriber_filter": []}),
            ),
            "purchase" => make("/v4/purchases", self.purchase()),
            "webhook" => make(
                "/v4/webhooks",
                json!({"target_url": "https://example.com/kit", "event": {"name": "purchase.purchase_create"}}),
            ),
            "webhook_endpoint" => make(
                "/v4/webhook_endpoints",
                json!({"url": format!("https://example.com/{name}"), "events": ["tag.created"]}),
            ),
            "form" => list("/v4/forms"),
            "post" => list("/v4/posts"),
            "segment" => list("/v4/segments"),
            "email_template" => list("/v4/email_templates"),
            "delivery" => {
                // The endpoint is told of a tag.
                let endpoint = self.of("webhook_endpoint")?;
                self.of_new("tag")?;
                ("GET", "/v4/webhook_endpoints/{id}/deliveries", json!({"id": endpoint}), json!({}))
            }
            other => return Err(format!("nobody knows a {other}")),
        };
        let body = if method == "GET" { Value::Null } else { body };
        let reply = self.call(method, path, &parameters, body)?;
        // The template is one that broadcasts may have.
        let is_usable = |row: &&Value| row["category"] != "Starting point";
        let mut lists = reply.as_object().into_iter().flat_map(Map::values);
        let first = lists.find_map(|list| list.as_array()?.iter().find(is_usable));
        let row = if method == "GET" { first.unwrap_or(&Value::Null) } else { &reply };
        let row = row.get("subscriber").unwrap_or(row);
        let id = row.get("id").and_then(Value::as_u64);
        id.ok_or_else(|| format!("there is none: give --id {kind}=ID"))
    }

    /// A call that nobody is told of.
    pub(super) fn call(
        &self,
        method: &str,
        path: &'static str,
        parameters: &Value,
        body: Value,
    ) -> Result<Value, String> {
        let operation = facts::operation(method, path);
        let path = parameters.as_object().cloned().unwrap_or_default();
        let arguments = Arguments { path, query: Map::new(), body };
        let built = build(operation, &arguments);
        let reply = built.and_then(|built| self.send(operation, &*built));
        reply.map(|(_, reply)| reply).map_err(|error| error.to_string())
    }

    /// A purchase that nobody has made.
    pub(super) fn purchase(&mut self) -> Value {
        let (transaction, email_address) = (self.name(), self.email_address());
        json!({"purchase": {
            "email_address": email_address, "transaction_id": transaction, "status": "paid",
            "subtotal": 20.5, "tax": 1.25, "shipping": 2, "discount": 0.75, "total": 23.0,
            "currency": "USD", "transaction_time": "2023-01-27T11:43:55Z",
            "products": [{"name": "Book", "pid": "book-1", "lid": "line-1", "quantity": 1,
                "unit_price": 20.5, "sku": "B-1"}],
        }})
    }
}
