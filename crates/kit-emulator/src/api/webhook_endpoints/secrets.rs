//! `POST /v4/webhook_endpoints/{id}/rotate_secret` and `…/revoke_previous_secret`.

use std::time::Duration;

/// How long the previous secret signs beside the new one.
pub(super) const OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn new_secret() -> String {
    let random = || uuid::Uuid::new_v4().simple().to_string();
    format!("whsec_{}{}", random(), random())
}
