//! How a request is answered: by its operation.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;

use super::routes;
use crate::changes;
use crate::rows::World;
use crate::server::{Reply, Request};
use crate::world::{Access, Denied};

/// All operations on one state.
pub(crate) struct Api(Mutex<World>);

impl Api {
    pub(crate) fn new(world: World) -> Self {
        Self(Mutex::new(world))
    }

    /// The state, with the first account in view.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = world.first_account();
        world.view(first);
        world
    }

    /// Does what is asked. Returns also whether something was due, and is done before.
    pub(crate) fn answer(&self, request: &Request) -> (Reply, bool) {
        let mut has_run = false;
        let reply = self.apply(request, &mut has_run).unwrap_or_else(|refusal| refusal);
        (reply, has_run)
    }

    /// Kit's reply to a request that fails with this status.
    pub(crate) fn failure(request: &Request, status: StatusCode) -> Reply {
        let route = routes::find(request).ok().map(|(route, _)| route);
        match route.and_then(|route| route.refusal) {
            Some(message) if status == StatusCode::UNPROCESSABLE_ENTITY => {
                Reply::unprocessable(message)
            }
            _ => Reply::failure(status),
        }
    }

    fn apply(&self, request: &Request, has_run: &mut bool) -> Result<Reply, Reply> {
        let found = routes::find(request);
        let mut world = self.world();
        *has_run = changes::run_due(&mut world);
        // The credentials are looked at before the request.
        let access = found.as_ref().map_or(Access::Credential, |(route, _)| route.access);
        world.admit(access, request.headers()).map_err(denied)?;
        let (route, call) = found?;
        (route.handler)(&mut world, &call)
    }
}

const INVALID_TOKEN: &str = "The access token is invalid";

fn denied(denied: Denied) -> Reply {
    let unauthorized = |message| Reply::error(StatusCode::UNAUTHORIZED, message);
    match denied {
        Denied::Missing => unauthorized("Authentication Failed"),
        Denied::UnknownKey => unauthorized("The API key is invalid"),
        Denied::UnknownToken => unauthorized(INVALID_TOKEN).with_header(
            WWW_AUTHENTICATE,
            format!(
                "Bearer realm=\"ConvertKit API\", error=\"invalid_token\", error_description=\"{INVALID_TOKEN}\""
            ),
        ),
        Denied::ExpiredToken => unauthorized("The access token expired"),
        Denied::WantsOAuth => {
            unauthorized("This operation takes OAuth access tokens, and no API keys")
        }
        Denied::TooMany => Reply::empty(StatusCode::TOO_MANY_REQUESTS),
    }
}
