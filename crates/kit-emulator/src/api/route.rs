use http::Method;

use super::call::Call;
use crate::rows::World;
use crate::server::Reply;
use crate::world::Access;

/// Does what an operation is asked for, or refuses it.
pub(super) type Handler = fn(&mut World, &Call<'_>) -> Result<Reply, Reply>;

/// One operation, and who does it.
pub(super) struct Route {
    pub(super) method: Method,
    /// The path. A segment in braces stands for any segment; `*`, as the last, for one or more segments.
    pub(super) path: &'static str,
    pub(super) access: Access,
    pub(super) handler: Handler,
    /// Kit's message in a 422, where the operation has a single one.
    pub(super) refusal: Option<&'static str>,
}

impl Route {
    pub(super) const fn new(
        method: Method,
        path: &'static str,
        access: Access,
        handler: Handler,
    ) -> Self {
        Self { method, path, access, handler, refusal: None }
    }

    pub(super) const fn refusing(mut self, message: &'static str) -> Self {
        self.refusal = Some(message);
        self
    }

    /// The parameters of a path, if it is of this route.
    pub(super) fn parameters<'a>(&self, path: &'a str) -> Option<Vec<&'a str>> {
        let mut parameters = Vec::new();
        let mut segments = path.split('/');
        for expected in self.path.split('/') {
            match (expected, segments.next()) {
                ("*", Some(_)) => return Some(parameters),
                (expected, Some(segment)) if expected.starts_with('{') && !segment.is_empty() => {
                    parameters.push(segment);
                }
                (expected, Some(segment)) if expected == segment => {}
                _ => return None,
            }
        }
        segments.next().is_none().then_some(parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_of_a_route_whose_segments_it_has() {
        let of = |pattern, path| {
            let route =
                Route::new(Method::GET, pattern, Access::Anybody, |_, _| Err(Reply::not_found()));
            route.parameters(path)
        };
        assert_eq!(of("/v4/a", "/v4/a"), Some(vec![]));
        assert_eq!(of("/v4/a/{id}/b/{c}", "/v4/a/1/b/x"), Some(vec!["1", "x"]));
        assert_eq!(of("/v4/a/*", "/v4/a/b/c"), Some(vec![]));
        for (pattern, path) in
            [("/v4/a", "/v4/a/"), ("/v4/a", "/v4"), ("/v4/a/{id}", "/v4/a/"), ("/v4/a/*", "/v4/a")]
        {
            assert_eq!(of(pattern, path), None, "{pattern} {path}");
        }
    }
}
