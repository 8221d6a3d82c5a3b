use std::fmt;

use crate::error::ReplyProblem;

/// Why the reply of a success (2xx) cannot be read.
///
/// [`Endpoint::reply`](crate::Endpoint::reply) returns this error; the call adds the operation and an excerpt
/// of the body, and returns an [`Error::Reply`](crate::Error::Reply). The `?` operator turns an error of
/// `serde_json` into a `ReadError`.
#[derive(Debug)]
pub struct ReadError(Kind);

#[derive(Debug)]
enum Kind {
    /// An error, and the path to the value at fault.
    Json(serde_json::Error, String),
    Problem(ReplyProblem, &'static str),
}

impl ReadError {
    /// An error for JSON that is well-formed, but breaks a rule that types cannot express.
    pub fn wrong_shape(detail: &'static str) -> Self {
        Self::new(ReplyProblem::WrongShape, detail)
    }

    pub(crate) fn new(problem: ReplyProblem, detail: &'static str) -> Self {
        Self(Kind::Problem(problem, detail))
    }

    /// An error of the JSON at a path, which is empty for the outermost value.
    pub(super) fn at(path: String, error: serde_json::Error) -> Self {
        Self(Kind::Json(error, path))
    }

    /// The error of the JSON, and the path to the value at fault.
    pub(crate) fn json(&self) -> Option<(&serde_json::Error, &str)> {
        match &self.0 {
            Kind::Json(error, path) => Some((error, path)),
            Kind::Problem(..) => None,
        }
    }

    pub(crate) fn problem(&self) -> Option<ReplyProblem> {
        match &self.0 {
            Kind::Json(..) => None,
            Kind::Problem(problem, _) => Some(*problem),
        }
    }
}

impl From<serde_json::Error> for ReadError {
    fn from(error: serde_json::Error) -> Self {
        Self::at(String::new(), error)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Json(error, _) => error.fmt(f),
            Kind::Problem(_, detail) => f.write_str(detail),
        }
    }
}

impl std::error::Error for ReadError {}
