use std::io::Read as _;
use std::path::PathBuf;

use clap::Args;
use http::Method;
use kit_ureq::wire::{Body, Path, Query, ReadError, Reply};
use kit_ureq::{Effect, Endpoint, Error};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::operations::pair;
use crate::{Context, Failure};

/// Send any request
///
/// For what no other command sends. The reply is written as it is. A GET is sent again after a failure, anything else only
/// where Kit has certainly not applied it.
#[derive(Args, Debug)]
pub(crate) struct Api {
    /// GET, POST, PUT, PATCH or DELETE.
    method: String,
    /// The path with its query, such as /v4/tags?per_page=10.
    path: String,
    /// A field of the body, or of the query of a GET. The value is JSON, and otherwise text; can be repeated.
    #[arg(short = 'f', long = "field", value_name = "NAME=VALUE", value_parser = pair)]
    fields: Vec<(String, String)>,
    /// A file with the body as JSON; - is the standard input stream.
    #[arg(long, value_name = "FILE", conflicts_with = "fields")]
    input: Option<PathBuf>,
}

impl Api {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        if !self.path.starts_with('/') {
            return Err(Failure::usage(format!(
                "{}: a path begins with /, such as /v4/account",
                self.path
            )));
        }
        let method = self.method.to_uppercase();
        let is_get = method == "GET";
        let body = match &self.input {
            Some(file) => Some(read(file)?),
            None if is_get || self.fields.is_empty() => None,
            None => Some(Value::Object(self.fields.iter().map(field).collect::<Map<_, _>>())),
        };
        let query = if is_get { self.fields } else { Vec::new() };
        let request = Request { path: self.path, query, body };
        if method == "DELETE" {
            kit.confirm(&format!("DELETE {}", request.path))?;
        }
        match method.as_str() {
            "GET" => kit.show(&Raw::<Get>(request, Get)),
            "POST" => kit.show(&Raw::<Post>(request, Post)),
            "PUT" => kit.show(&Raw::<Put>(request, Put)),
            "PATCH" => kit.show(&Raw::<Patch>(request, Patch)),
            "DELETE" => kit.show(&Raw::<Delete>(request, Delete)),
            other => {
                let message = format!("{other}: is not GET, POST, PUT, PATCH or DELETE");
                Err(Failure::usage(message))
            }
        }
    }
}

/// Posts a body to a path.
pub(crate) fn post(kit: &Context, path: &str, body: Value) -> Result<Value, Failure> {
    let request = Request { path: path.to_owned(), query: Vec::new(), body: Some(body) };
    kit.send(&Raw(request, Post))
}

fn field((name, value): &(String, String)) -> (String, Value) {
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.clone().into());
    (name.clone(), value)
}

/// The text of a file, or of the standard input stream.
pub(crate) fn text(file: &std::path::Path) -> Result<String, Failure> {
    let text = if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    text.map_err(|error| Failure::of_argument(file, error))
}

/// JSON of a file.
pub(crate) fn read(file: &std::path::Path) -> Result<Value, Failure> {
    serde_json::from_str(&text(file)?)
        .map_err(|error| Failure::usage(format!("{}: is no JSON: {error}", file.display())))
}

#[derive(Clone, Debug)]
struct Request {
    path: String,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

/// A request of this method.
#[derive(Clone, Debug)]
struct Raw<M>(Request, M);

trait Verb {
    const METHOD: Method;
    const EFFECT: Effect;
}

macro_rules! verbs {
    ($($name:ident: $method:ident, $effect:ident;)+) => {$(
        #[derive(Clone, Debug)]
        struct $name;

        impl Verb for $name {
            const METHOD: Method = Method::$method;
            const EFFECT: Effect = Effect::$effect;
        }
    )+};
}

verbs! {
    Get: GET, Reads;
    Post: POST, Creates;
    Put: PUT, Creates;
    Patch: PATCH, Creates;
    Delete: DELETE, Creates;
}

impl<M: Verb> Endpoint for Raw<M> {
    const METHOD: Method = M::METHOD;
    const PATH: &'static str = "/";
    const EFFECT: Effect = M::EFFECT;
    type Reply = Value;

    fn path(&self) -> Path {
        let path = self.0.path.split_once('?').map_or(&*self.0.path, |(path, _)| path);
        Path::from(path.to_owned())
    }

    fn query(&self, query: &mut Query) {
        let given = self.0.path.split_once('?').map_or("", |(_, query)| query);
        for pair in given.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // The query is encoded when it is written.
            let [name, value] =
                [name, value].map(|text| percent_decode_str(text).decode_utf8_lossy());
            query.pair(&name, value);
        }
        for (name, value) in &self.0.query {
            query.pair(name, value);
        }
    }

    fn body(&self) -> Result<Body, Error> {
        match &self.0.body {
            Some(body) => Body::json(body),
            None if M::METHOD == Method::GET => Ok(Body::none()),
            None => Ok(Body::empty_object()),
        }
    }

    fn reply(&self, reply: Reply<'_>) -> Result<Value, ReadError> {
        if reply.body().is_empty() { Ok(Value::Null) } else { reply.json() }
    }
}
