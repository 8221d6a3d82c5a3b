//! `/v4/custom_fields`.

mod create_custom_field;
mod delete_custom_field;
mod list_custom_fields;
mod update_custom_field;

use http::Method;

use super::route::Route;
use crate::rows::custom_field::BLANK;
use crate::world::Access::Credential;

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/custom_fields", Credential, list_custom_fields::list),
    Route::new(Method::POST, "/v4/custom_fields", Credential, create_custom_field::create)
        .refusing(BLANK),
    Route::new(Method::PUT, "/v4/custom_fields/{id}", Credential, update_custom_field::update)
        .refusing(BLANK),
    Route::new(Method::DELETE, "/v4/custom_fields/{id}", Credential, delete_custom_field::delete)
        .refusing("Unable to destroy the custom field."),
];
