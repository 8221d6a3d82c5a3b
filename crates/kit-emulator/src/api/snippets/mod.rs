//! `/v4/snippets`.

mod handlers;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/snippets", Credential, handlers::list),
    Route::new(Method::POST, "/v4/snippets", Credential, handlers::create)
        .refusing(handlers::BLANK),
    Route::new(Method::GET, "/v4/snippets/{id}", Credential, handlers::get),
    Route::new(Method::PUT, "/v4/snippets/{id}", Credential, handlers::update)
        .refusing(handlers::TYPE),
];
