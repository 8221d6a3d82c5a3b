//! `POST /v4/oauth/revoke`.

use http::StatusCode;

use super::client::{invalid, recognize, refuse, refused};
use crate::server::{Reply, Request};
use crate::world::World;

pub(crate) fn revoke<T>(world: &mut World<T>, request: &Request) -> Reply {
    let revoked = recognize(&world.apps, request).and_then(|(parameters, app, has_secret)| {
        let token = parameters.require("token").map_err(invalid)?;
        world.grants.revoke(token, &app.client_id, has_secret).map_err(refused)
    });
    // A token that is not there is no error (RFC 7009, section 2.2).
    revoked.map_or_else(refuse, |()| Reply::empty(StatusCode::OK))
}
