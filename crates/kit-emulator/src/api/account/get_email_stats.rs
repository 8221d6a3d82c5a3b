//! `GET /v4/account/email_stats`.

use serde_json::json;

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::rows::engagement::{is_clicked, is_opened};
use crate::server::Reply;
use crate::world::time;

pub(super) fn emails(world: &mut World, _: &Call<'_>) -> Result<Reply, Reply> {
    let ending = world.clock.time();
    let starting = time::text(time::seconds(&ending) - 90 * time::DAY);
    let of_90_days = world.tables.broadcasts.rows().oldest_first();
    let of_90_days = of_90_days.filter(|broadcast| broadcast.sent_at() >= starting);
    let (mut sent, mut opened, mut clicked) = (0_u32, 0_u32, 0_u32);
    for broadcast in of_90_days {
        for id in &broadcast.recipients {
            sent += 1;
            opened += u32::from(is_opened(broadcast.id, *id));
            clicked += u32::from(is_clicked(broadcast, *id));
        }
    }
    let percent = |part: u32| {
        if sent == 0 { 0.0 } else { (f64::from(part) / f64::from(sent) * 10_000.0).round() / 100.0 }
    };
    let stats = json!({
        "sent": sent,
        "clicked": clicked,
        "opened": opened,
        "email_stats_mode": "last_90",
        "open_tracking_enabled": true,
        "click_tracking_enabled": true,
        "starting": starting,
        "ending": ending,
        "open_rate": percent(opened),
        "click_rate": percent(clicked),
        "unsubscribe_rate": 0.0,
        "bounce_rate": 0.0,
    });
    Ok(ok("stats", stats))
}
