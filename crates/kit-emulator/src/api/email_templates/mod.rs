//! `GET /v4/email_templates`.

mod list_email_templates;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

pub(super) static ROUTES: &[Route] =
    &[Route::new(Method::GET, "/v4/email_templates", Credential, list_email_templates::list)];
