//! `/v4/snippets`.

mod content;
mod create_snippet;
mod get_snippet;
mod list_snippets;
mod update_snippet;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/snippets", Credential, list_snippets::list),
    Route::new(Method::POST, "/v4/snippets", Credential, create_snippet::create)
        .refusing(content::BLANK),
    Route::new(Method::GET, "/v4/snippets/{id}", Credential, get_snippet::get),
    Route::new(Method::PUT, "/v4/snippets/{id}", Credential, update_snippet::update)
        .refusing(content::TYPE),
];
