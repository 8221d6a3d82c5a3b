//! `/v4/forms`.

mod handlers;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

const SUBSCRIBERS: &str = "/v4/forms/{form_id}/subscribers";
const SUBSCRIBER: &str = "/v4/forms/{form_id}/subscribers/{id}";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/forms", Credential, handlers::list),
    Route::new(Method::GET, "/v4/legacy_landing_pages", Credential, handlers::legacy_landing_pages),
    Route::new(Method::GET, SUBSCRIBERS, Credential, handlers::subscribers),
    Route::new(Method::POST, SUBSCRIBERS, Credential, handlers::add_by_email)
        .refusing(handlers::NOBODY),
    Route::new(Method::POST, SUBSCRIBER, Credential, handlers::add_by_id),
];
