//! `GET /v4/account/growth_stats`.

use ::time::format_description::well_known::Rfc3339;
use ::time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset};
use serde_json::json;

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;
use crate::world::time;

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
        (starting.midnight(), ending.midnight().saturating_add(Duration::seconds(time::DAY - 1)));
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
