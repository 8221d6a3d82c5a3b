//! `/v4/account`.

mod get_account;
mod get_creator_profile;
mod get_email_stats;
mod get_growth_stats;
mod list_colors;
mod update_colors;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

const COLORS: &str = "/v4/account/colors";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/account", Credential, get_account::get),
    Route::new(Method::GET, COLORS, Credential, list_colors::colors),
    Route::new(Method::PUT, COLORS, Credential, update_colors::update_colors),
    Route::new(
        Method::GET,
        "/v4/account/creator_profile",
        Credential,
        get_creator_profile::profile,
    ),
    Route::new(Method::GET, "/v4/account/email_stats", Credential, get_email_stats::emails),
    Route::new(Method::GET, "/v4/account/growth_stats", Credential, get_growth_stats::growth),
];
