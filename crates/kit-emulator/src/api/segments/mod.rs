//! `GET /v4/segments`.

mod list_segments;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

pub(super) static ROUTES: &[Route] =
    &[Route::new(Method::GET, "/v4/segments", Credential, list_segments::list)];
