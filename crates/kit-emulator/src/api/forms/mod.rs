//! `/v4/forms`.

mod add_subscriber_to_form;
mod add_subscriber_to_form_by_email;
mod adding;
mod list_form_subscribers;
mod list_forms;
mod list_legacy_landing_pages;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

const SUBSCRIBERS: &str = "/v4/forms/{form_id}/subscribers";
const SUBSCRIBER: &str = "/v4/forms/{form_id}/subscribers/{id}";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/forms", Credential, list_forms::list),
    Route::new(
        Method::GET,
        "/v4/legacy_landing_pages",
        Credential,
        list_legacy_landing_pages::legacy_landing_pages,
    ),
    Route::new(Method::GET, SUBSCRIBERS, Credential, list_form_subscribers::subscribers),
    Route::new(
        Method::POST,
        SUBSCRIBERS,
        Credential,
        add_subscriber_to_form_by_email::add_by_email,
    )
    .refusing(adding::NOBODY),
    Route::new(Method::POST, SUBSCRIBER, Credential, add_subscriber_to_form::add_by_id),
];
