//! `/v4/custom_fields`.

mod handlers;

use http::Method;

use super::route::Route;
use crate::rows::custom_field::BLANK;
use crate::world::Access::Credential;

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/custom_fields", Credential, handlers::list),
    Route::new(Method::POST, "/v4/custom_fields", Credential, handlers::create).refusing(BLANK),
    Route::new(Method::PUT, "/v4/custom_fields/{id}", Credential, handlers::update).refusing(BLANK),
    Route::new(Method::DELETE, "/v4/custom_fields/{id}", Credential, handlers::delete)
        .refusing("Unable to destroy the custom field."),
];
