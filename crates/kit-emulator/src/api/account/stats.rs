//! How emails did, which is made up as for broadcasts, and how the account grew, which is counted.

#![expect(clippy::unnecessary_wraps, reason = "handlers are of one type")]

use ::time::format_description::well_known::Rfc3339;
use ::time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset};
use serde_json::json;

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::rows::engagement::{is_clicked, is_opened};
use crate::server::Reply;
use crate::world::time;

const DAY: i64 = 24 * 60 * 60;

pub(super) fn emails(world: &mut World, _: &Call<'_>) -> Result<Reply, Reply> {
    let ending = world.clock.time();
    let starting = time::text(time::seconds(&ending) - 90 * DAY);
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

pub(super) fn growth(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let offset = offset(&world.tables.account.utc_offset);
    let now = i64::try_from(world.clock.unix_seconds()).unwrap_or(i64::MAX);
    let today = day_of(now.saturating_add(offset.whole_seconds().into()));
    let day = |name: &str, title: &str| match call.parameter(name) {
        None => Ok(None),
        Some(text) => {
            time::parse(&text).filter(|_| text.len() == 10).map(day_of).map(Some).ok_or_else(|| {
                Reply::unprocessable(format!(
                    "{title} date is incorrectly formatted. Use YYYY-MM-DD."
                ))
            })
        }
    };
    let ending = day("ending", "Ending")?.unwrap_or(today);
    let starting = day("starting", "Starting")?;
    // Counted from today, whatever the other bound is.
    let starting = starting.unwrap_or_else(|| today.saturating_sub(Duration::days(90)));
    if starting > ending {
        return Err(Reply::unprocessable("Starting date must be before the ending date."));
    }
    let (first, last) =
        (starting.midnight(), ending.midnight().saturating_add(Duration::seconds(DAY - 1)));
    let utc = |time: PrimitiveDateTime| time::text(time.assume_offset(offset).unix_timestamp());
    let (from, to) = (utc(first), utc(last));
    let is_within = |time: &str| (from.as_str()..=to.as_str()).contains(&time);
    let subscribers = || world.tables.subscribers.rows().oldest_first();
    let came = subscribers().filter(|s| is_within(&s.created_at)).count();
    let left = subscribers().filter(|s| s.canceled_at.as_deref().is_some_and(is_within)).count();
    let there = subscribers().filter(|s| {
        s.created_at <= to && s.canceled_at.as_ref().is_none_or(|canceled_at| *canceled_at > to)
    });
    let local =
        |time: PrimitiveDateTime| time.assume_offset(offset).format(&Rfc3339).unwrap_or_default();
    let stats = json!({
        "cancellations": left,
        "net_new_subscribers": i64::try_from(came).unwrap_or(0) - i64::try_from(left).unwrap_or(0),
        "new_subscribers": came,
        "subscribers": there.count(),
        "starting": local(first),
        "ending": local(last),
    });
    Ok(ok("stats", stats))
}

/// The day, in UTC, of seconds since 1970.
fn day_of(unix_seconds: i64) -> Date {
    let time = OffsetDateTime::from_unix_timestamp(unix_seconds);
    time.unwrap_or(OffsetDateTime::UNIX_EPOCH).date()
}

/// The offset that a text such as `-05:00` names.
fn offset(text: &str) -> UtcOffset {
    let number =
        |part: Option<&str>| part.and_then(|digits| digits.parse::<i32>().ok()).unwrap_or(0);
    let (hours, minutes) = (number(text.get(1..3)), number(text.get(4..6)));
    let seconds = (hours * 60 + minutes) * 60;
    let seconds = if text.starts_with('-') { -seconds } else { seconds };
    UtcOffset::from_whole_seconds(seconds).unwrap_or(UtcOffset::UTC)
}
