//! `/v4/account`.

mod handlers;
mod stats;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

const COLORS: &str = "/v4/account/colors";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/account", Credential, handlers::get),
    Route::new(Method::GET, COLORS, Credential, handlers::colors),
    Route::new(Method::PUT, COLORS, Credential, handlers::update_colors),
    Route::new(Method::GET, "/v4/account/creator_profile", Credential, handlers::profile),
    Route::new(Method::GET, "/v4/account/email_stats", Credential, stats::emails),
    Route::new(Method::GET, "/v4/account/growth_stats", Credential, stats::growth),
];
