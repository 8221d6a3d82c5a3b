//! `PUT /v4/account/colors`.

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::{Input, Reply};

pub(super) fn update_colors(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let missing = || Reply::unprocessable("colors must be provided");
    let colors = Input::read(call.request)?.texts("colors")?.ok_or_else(missing)?;
    let is_color = |color: &&String| {
        let digits = color.strip_prefix('#').unwrap_or_default();
        [3, 4, 6, 8].contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    if let Some(bad) = colors.iter().find(|color| !is_color(color)) {
        return Err(Reply::unprocessable(format!("Colors {bad} is not a valid hex color code.")));
    }
    if colors.len() > 10 {
        return Err(Reply::unprocessable("Colors must be at most 10"));
    }
    world.tables.account.colors.clone_from(&colors);
    Ok(ok("colors", colors.into()))
}
