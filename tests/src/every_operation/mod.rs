//! Every operation once with the fewest and once with all its parameters, against any server that is like Kit.

mod ids;
mod sensible;

use kit_core::Error;
use serde::Serialize;
use serde_json::Value;

pub use ids::Ids;

use crate::facts::{self, Operation, Variant};
use crate::operations::{AnyOperation, build};

/// The sender of an operation: it returns the status, and the reply as it was read and written.
pub type Send<'a> = dyn Fn(&Operation, &dyn AnyOperation) -> Result<(u16, Value), Error> + 'a;

/// The outcome of a call: a line of JSON.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Method and path, as the documents have them.
    pub operation: String,
    /// `minimal` or `full`.
    pub variant: &'static str,
    /// The status; null where there was none.
    pub status: Option<u16>,
    /// `ok`, or what went wrong.
    pub outcome: String,
    /// The reply, as it was read and written; null where there was none.
    pub reply: Value,
}

/// Sends the operations whose names contain `only`, and tells each line.
pub fn run(ids: &mut Ids<'_>, only: &str, variants: &[Variant], mut tell: impl FnMut(&Line)) {
    for operation in facts::operations() {
        if !operation.name().contains(only) {
            continue;
        }
        for variant in variants {
            tell(&call(operation, *variant, ids));
        }
    }
}

fn call(operation: &Operation, variant: Variant, ids: &mut Ids<'_>) -> Line {
    let name = if variant == Variant::Full { "full" } else { "minimal" };
    let line = |status, outcome: String, reply| Line {
        operation: operation.name(),
        variant: name,
        status,
        outcome,
        reply,
    };
    let arguments = match sensible::arguments(operation, variant, ids) {
        Ok(arguments) => arguments,
        Err(missing) => return line(None, format!("not sent: {missing}"), Value::Null),
    };
    let result = build(operation, &arguments).and_then(|built| ids.send(operation, &*built));
    match result {
        Ok((status, reply)) => line(Some(status), "ok".into(), reply),
        Err(error) => {
            let status = match &error {
                Error::Api(error) => Some(error.status().as_u16()),
                Error::Reply(error) => Some(error.status().as_u16()),
                _ => None,
            };
            line(status, error.to_string(), Value::Null)
        }
    }
}
