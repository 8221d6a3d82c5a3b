//! Which operation a request is for.

use http::Method;

use super::call::Call;
use super::route::{Handler, Route};
use super::{purchases, webhook_endpoints as endpoints, webhooks};
use crate::oauth;
use crate::server::{Reply, Request};
use crate::world::Access;

/// All operations. The pages of OAuth are where the specification has them, and where Kit's metadata says.
static ROUTES: [Route; 20] = [
    Route::new(Method::GET, "/v4/oauth/authorize", Access::Anybody, AUTHORIZE),
    Route::new(Method::GET, "/oauth/authorize", Access::Anybody, AUTHORIZE),
    Route::new(Method::POST, "/v4/oauth/token", Access::Anybody, TOKEN),
    Route::new(Method::POST, "/oauth/token", Access::Anybody, TOKEN),
    Route::new(Method::POST, "/v4/oauth/revoke", Access::Anybody, REVOKE),
    Route::new(Method::POST, "/oauth/revoke", Access::Anybody, REVOKE),
    Route::new(Method::POST, "/v4/webhooks", Access::Credential, webhooks::create),
    Route::new(Method::GET, "/v4/webhooks", Access::Credential, webhooks::list),
    Route::new(Method::DELETE, "/v4/webhooks/{id}", Access::Credential, webhooks::delete)
        .refusing("Unable to destroy the webhook."),
    Route::new(Method::POST, "/v4/webhook_endpoints", Access::Credential, endpoints::create),
    Route::new(Method::GET, "/v4/webhook_endpoints", Access::Credential, endpoints::list),
    Route::new(Method::GET, "/v4/webhook_endpoints/{id}", Access::Credential, endpoints::get),
    Route::new(Method::PATCH, "/v4/webhook_endpoints/{id}", Access::Credential, endpoints::update),
    Route::new(Method::DELETE, "/v4/webhook_endpoints/{id}", Access::Credential, endpoints::delete),
    Route::new(Method::POST, ROTATE_SECRET, Access::Credential, endpoints::rotate),
    Route::new(Method::POST, REVOKE_SECRET, Access::Credential, endpoints::revoke_previous),
    Route::new(Method::GET, DELIVERIES, Access::Credential, endpoints::list_deliveries),
    Route::new(Method::GET, DELIVERY, Access::Credential, endpoints::get_delivery),
    Route::new(Method::GET, "/v4/purchases", Access::OAuth, purchases::list),
    // They are not there; but an API key is told so first.
    Route::new(Method::POST, "/v4/bulk/*", Access::OAuth, |_, _| Err(Reply::not_found())),
];

const ROTATE_SECRET: &str = "/v4/webhook_endpoints/{id}/rotate_secret";
const REVOKE_SECRET: &str = "/v4/webhook_endpoints/{id}/revoke_previous_secret";
const DELIVERIES: &str = "/v4/webhook_endpoints/{id}/deliveries";
const DELIVERY: &str = "/v4/webhook_endpoints/{id}/deliveries/{delivery_id}";

const AUTHORIZE: Handler = |world, call| Ok(oauth::authorize(world, call.request));
const TOKEN: Handler = |world, call| Ok(oauth::token(world, call.request));
const REVOKE: Handler = |world, call| Ok(oauth::revoke(world, call.request));

/// The route of a request, with the parameters of its path.
///
/// # Errors
///
/// 404 where no operation has the path, 405 where another method has.
pub(super) fn find(request: &Request) -> Result<(&'static Route, Call<'_>), Reply> {
    let of_path =
        || ROUTES.iter().filter_map(|route| Some((route, route.parameters(request.path())?)));
    match of_path().find(|(route, _)| route.method == *request.method()) {
        Some((route, parameters)) => Ok((route, Call { request, parameters })),
        None if of_path().next().is_none() => Err(Reply::not_found()),
        None => Err(Reply::method_not_allowed(of_path().map(|(route, _)| &route.method))),
    }
}
