//! `GET /v4/account/creator_profile`.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn profile(world: &mut World, _: &Call<'_>) -> Result<Reply, Reply> {
    let profile = world.tables.account.creator_profile.as_ref().ok_or_else(Reply::not_found)?;
    let profile: Value = json!({
        "name": profile.name,
        "byline": profile.byline,
        "bio": profile.bio,
        "image_url": profile.image_url,
        "profile_url": profile.profile_url,
    });
    Ok(ok("profile", profile))
}
