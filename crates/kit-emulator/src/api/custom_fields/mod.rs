//! `/v4/custom_fields`.

mod custom_field;
mod handlers;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

pub(crate) use custom_field::CustomField;
pub(super) use custom_field::KEY;
pub(super) use handlers::upsert;

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/custom_fields", Credential, handlers::list),
    Route::new(Method::POST, "/v4/custom_fields", Credential, handlers::create)
        .refusing(custom_field::BLANK),
    Route::new(Method::PUT, "/v4/custom_fields/{id}", Credential, handlers::update)
        .refusing(custom_field::BLANK),
    Route::new(Method::DELETE, "/v4/custom_fields/{id}", Credential, handlers::delete)
        .refusing("Unable to destroy the custom field."),
];
