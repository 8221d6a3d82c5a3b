use crate::rows::{Broadcast, World};
use crate::server::Reply;

const SENDING: &str = "Broadcast is already sending.";

const SENT: &str = "Broadcast has already been sent.";

/// # Errors
///
/// 404, and 422 once it is being sent, or was.
pub(super) fn not_sent(world: &World, id: u64) -> Result<&Broadcast, Reply> {
    let broadcast = world.tables.broadcasts.get(id).ok_or_else(Reply::not_found)?;
    match broadcast.status(&world.clock.time()) {
        "sending" => Err(Reply::unprocessable(SENDING)),
        "completed" => Err(Reply::unprocessable(SENT)),
        _ => Ok(broadcast),
    }
}
