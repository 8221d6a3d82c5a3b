//! The operations of Kit's API, as its documents have them: `tests/facts/operations.txt`.
//!
//! The file has a paragraph for each operation: its method and path, the credentials that it takes, its parameters,
//! the fields of its body, and the fields of its replies by their status. `?` stands for a value that may be null, and
//! `[live]` for a line in which the live service was seen to differ from the documents.

mod parser;
mod shape;
mod values;

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub use shape::{Field, Kind, Shape, check, documented, undocumented};
pub use values::{Values, Variant};

/// An operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The method.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'static str,
    /// Whether an API key is refused.
    pub is_oauth_only: bool,
    /// The parameters of the path.
    pub path_parameters: Vec<Field>,
    /// The parameters that the query may have.
    pub query: Vec<Field>,
    /// The fields of the body.
    pub body: Option<Vec<Field>>,
    /// The fields of the replies of a success; `None` where there is no body, or nothing is known of it.
    pub replies: BTreeMap<u16, Option<Vec<Field>>>,
}

impl Operation {
    /// `GET /v4/tags/{tag_id}/subscribers`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

static OPERATIONS: LazyLock<Vec<Operation>> =
    LazyLock::new(|| parser::operations(include_str!("../../facts/operations.txt")));

/// All of them.
pub fn operations() -> &'static [Operation] {
    &OPERATIONS
}

/// The operations of a text like that of the facts.
///
/// # Panics
///
/// Panics if the text is malformed.
pub fn parse(text: &'static str) -> Vec<Operation> {
    parser::operations(text)
}

/// The operation of this method and path.
pub fn operation(method: &str, path: &str) -> &'static Operation {
    let mut operations = operations().iter();
    operations
        .find(|operation| operation.method == method && operation.path == path)
        .unwrap_or_else(|| panic!("{method} {path} is not documented"))
}
