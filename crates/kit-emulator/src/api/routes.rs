//! Which operation a request is for.

use http::Method;

use super::call::Call;
use super::route::{Handler, Route};
use super::{
    account, broadcasts, bulk, custom_fields, email_templates, forms, posts, purchases, segments,
    sequences, snippets, subscribers, tags, webhook_endpoints, webhooks,
};
use crate::oauth;
use crate::server::{Reply, Request};
use crate::world::Access;

/// All operations, by resource. Of two routes for a path, the first counts.
static ROUTES: &[&[Route]] = &[
    OAUTH,
    account::ROUTES,
    broadcasts::ROUTES,
    bulk::ROUTES,
    custom_fields::ROUTES,
    email_templates::ROUTES,
    forms::ROUTES,
    posts::ROUTES,
    purchases::ROUTES,
    segments::ROUTES,
    sequences::ROUTES,
    snippets::ROUTES,
    subscribers::ROUTES,
    tags::ROUTES,
    webhook_endpoints::ROUTES,
    webhooks::ROUTES,
];

/// The pages of OAuth are where the specification has them, and where Kit's metadata says.
static OAUTH: &[Route] = &[
    Route::new(Method::GET, "/v4/oauth/authorize", Access::Anybody, AUTHORIZE),
    Route::new(Method::GET, "/oauth/authorize", Access::Anybody, AUTHORIZE),
    Route::new(Method::POST, "/v4/oauth/token", Access::Anybody, TOKEN),
    Route::new(Method::POST, "/oauth/token", Access::Anybody, TOKEN),
    Route::new(Method::POST, "/v4/oauth/revoke", Access::Anybody, REVOKE),
    Route::new(Method::POST, "/oauth/revoke", Access::Anybody, REVOKE),
];

const AUTHORIZE: Handler = |world, call| Ok(oauth::authorize(world, call.request));
const TOKEN: Handler = |world, call| Ok(oauth::token(world, call.request));
const REVOKE: Handler = |world, call| Ok(oauth::revoke(world, call.request));

/// The route of a request, with the parameters of its path.
///
/// # Errors
///
/// 404 where no operation has the path, 405 where another method has.
pub(super) fn find(request: &Request) -> Result<(&'static Route, Call<'_>), Reply> {
    let of_path = || {
        let all = ROUTES.iter().flat_map(|routes| routes.iter());
        all.filter_map(|route| Some((route, route.parameters(request.path())?)))
    };
    match of_path().find(|(route, _)| route.method == *request.method()) {
        Some((route, parameters)) => Ok((route, Call { request, parameters })),
        None if of_path().next().is_none() => Err(Reply::not_found()),
        None => Err(Reply::method_not_allowed(of_path().map(|(route, _)| &route.method))),
    }
}
