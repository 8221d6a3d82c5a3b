//! The table of events: its statements, and what goes into them and comes out.

use std::time::Duration;

use kit_core::deliveries::{Claim, ClaimedEvent, DeliveredEvent, InboxEvent, SetAsideEvent};
use kit_core::oauth::StoreError;
use kit_core::seal::Seal;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

/// How many rows are tidied at a time.
pub(crate) const TIDIED: i64 = 500;

/// How long the content of an event is kept that was handled, by default.
const CONTENT_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How long an event is remembered that was handled, by default: Kit keeps deliveries for 30 days.
const KEPT: Duration = Duration::from_secs(31 * 24 * 60 * 60);

pub(crate) struct Statements {
    pub(crate) put: String,
    pub(crate) put_and_notify: String,
    pub(crate) claim: String,
    pub(crate) claim_in_order: String,
    pub(crate) renew: String,
    pub(crate) done: String,
    pub(crate) again: String,
    pub(crate) set_aside: String,
    pub(crate) list_set_aside: String,
    pub(crate) put_back: String,
    pub(crate) forget_content: String,
    pub(crate) forget: String,
}

impl Statements {
    pub(crate) fn new(tables: &str, channel: &str) -> Self {
        let event = format!("{tables}event");
        // An event that is being handled, or waits behind a failure, holds up later ones of its subscriber.
        let in_order = format!(
            " AND NOT EXISTS (SELECT FROM {event} o WHERE o.state = 0 AND o.source = e.source \
             AND o.subscriber = e.subscriber AND o.number < e.number)"
        );
        let claim = |and: &str| {
            format!(
                "WITH due AS (SELECT number FROM {event} e WHERE state = 0 AND due_at <= now(){and} \
                 ORDER BY number LIMIT $1 FOR UPDATE SKIP LOCKED) \
                 UPDATE {event} e SET token = $2, attempts = attempts + 1, \
                 due_at = now() + $3 * interval '1 microsecond' \
                 FROM due WHERE e.number = due.number AND e.state = 0 \
                 RETURNING e.source, e.id, e.content, e.attempts, e.number"
            )
        };
        let of_claim = "source = $1 AND id = $2 AND token = $3";
        let old = |what: &str, and: &str| {
            format!(
                "{what} WHERE (source, id) IN (SELECT source, id FROM {event} WHERE state = 1{and} \
                 AND done_at < now() - $1 * interval '1 microsecond' \
                 ORDER BY done_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1"
            )
        };
        let put = format!(
            "INSERT INTO {event} (source, id, subscriber, content) \
             SELECT * FROM unnest($1, $2, $3, $4) ON CONFLICT DO NOTHING"
        );
        Self {
            put_and_notify: format!(
                "WITH put AS ({put} RETURNING 1) SELECT pg_notify('{channel}', '') FROM put LIMIT 1"
            ),
            put,
            claim: claim(""),
            claim_in_order: claim(&in_order),
            // One whose row is locked is in the transaction of its effect: nobody else claims it until that has ended.
            renew: format!(
                "WITH mine AS (SELECT e.source, e.id, e.token FROM {event} e \
                 JOIN unnest($1, $2, $3) AS c (source, id, token) \
                 ON e.source = c.source AND e.id = c.id AND e.token = c.token WHERE e.state = 0), \
                 free AS (SELECT e.source, e.id FROM {event} e JOIN mine m ON e.source = m.source AND e.id = m.id \
                 WHERE e.token = m.token AND e.state = 0 FOR UPDATE OF e SKIP LOCKED), \
                 renewed AS (UPDATE {event} e SET due_at = now() + $4 * interval '1 microsecond' \
                 FROM free f WHERE e.source = f.source AND e.id = f.id) \
                 SELECT source, id, token FROM mine"
            ),
            // A second time it changes nothing, and says the same.
            done: format!(
                "UPDATE {event} SET state = 1, done_at = coalesce(done_at, now()) \
                 WHERE {of_claim} AND state < 2 RETURNING 1"
            ),
            again: format!(
                "UPDATE {event} SET token = NULL, last_error = $4, \
                 due_at = now() + $5 * interval '1 microsecond' WHERE {of_claim} AND state = 0 RETURNING 1"
            ),
            set_aside: format!(
                "UPDATE {event} SET token = NULL, last_error = $4, state = 2 \
                 WHERE {of_claim} AND state = 0 RETURNING 1"
            ),
            list_set_aside: format!(
                "SELECT source, id, content, attempts, last_error FROM {event} \
                 WHERE state = 2 ORDER BY number LIMIT $1"
            ),
            put_back: format!(
                "UPDATE {event} SET state = 0, attempts = 0, due_at = now() \
                 WHERE source = $1 AND id = $2 AND state = 2 RETURNING 1"
            ),
            forget_content: old(
                &format!("UPDATE {event} SET content = NULL"),
                " AND content IS NOT NULL",
            ),
            forget: old(&format!("DELETE FROM {event}"), ""),
        }
    }
}

/// How long events are kept that were handled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retention {
    pub(crate) content: Duration,
    pub(crate) event: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self { content: CONTENT_KEPT, event: KEPT }
    }
}

/// The place of an event's content for a [`Seal`].
fn place(source: &str, id: &str) -> String {
    format!("event {id} of {source}")
}

/// The columns of events that are put in.
#[derive(Default)]
pub(crate) struct Columns<'a> {
    sources: Vec<&'a str>,
    ids: Vec<&'a str>,
    subscribers: Vec<Option<i64>>,
    contents: Vec<Vec<u8>>,
}

impl<'a> Columns<'a> {
    pub(crate) fn of(events: &'a [InboxEvent], seal: &dyn Seal) -> Result<Self, StoreError> {
        let mut this = Self::default();
        for InboxEvent { source, event, .. } in events {
            let id = event.id.as_str();
            let subscriber = event.data.subscriber();
            this.sources.push(source);
            this.ids.push(id);
            this.subscribers.push(subscriber.and_then(|s| i64::try_from(s.id.get()).ok()));
            this.contents.push(seal.seal(&place(source, id), &serde_json::to_vec(event)?)?);
        }
        Ok(this)
    }

    pub(crate) fn parameters(&self) -> [(&(dyn ToSql + Sync), Type); 4] {
        [
            (&self.sources, Type::TEXT_ARRAY),
            (&self.ids, Type::TEXT_ARRAY),
            (&self.subscribers, Type::INT8_ARRAY),
            (&self.contents, Type::BYTEA_ARRAY),
        ]
    }
}

/// The columns of claims.
pub(crate) struct Claims<'a> {
    sources: Vec<&'a str>,
    ids: Vec<&'a str>,
    tokens: Vec<&'a [u8]>,
}

impl<'a> Claims<'a> {
    pub(crate) fn of(claims: &'a [Claim]) -> Self {
        Self {
            sources: claims.iter().map(|claim| claim.source.as_str()).collect(),
            ids: claims.iter().map(|claim| claim.id.as_str()).collect(),
            tokens: claims.iter().map(|claim| claim.token.as_slice()).collect(),
        }
    }

    pub(crate) fn parameters(&self) -> [(&(dyn ToSql + Sync), Type); 3] {
        [
            (&self.sources, Type::TEXT_ARRAY),
            (&self.ids, Type::TEXT_ARRAY),
            (&self.tokens, Type::BYTEA_ARRAY),
        ]
    }
}

fn event(
    source: &str,
    id: &str,
    content: &[u8],
    seal: &dyn Seal,
) -> Result<DeliveredEvent, StoreError> {
    Ok(serde_json::from_slice(&seal.open(&place(source, id), content)?)?)
}

/// An event whose content cannot be read, and why.
pub(crate) type Unreadable = (Claim, StoreError);

/// The events of a claim, and those whose content cannot be read: one of them must not hold up the others.
pub(crate) fn claimed(
    rows: &[Row],
    token: [u8; 16],
    seal: &dyn Seal,
) -> Result<(Vec<ClaimedEvent>, Vec<Unreadable>), StoreError> {
    let (mut claimed, mut unreadable) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let (source, id): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let (attempts, number): (i32, i64) = (row.try_get(3)?, row.try_get(4)?);
        let event = event(&source, &id, row.try_get(2)?, seal);
        let claim = Claim::new(source, id.into(), token);
        match event {
            Ok(event) => {
                claimed.push((number, ClaimedEvent::new(claim, event, attempts.unsigned_abs())));
            }
            Err(error) => unreadable.push((claim, error)),
        }
    }
    // An update returns its rows in any order.
    claimed.sort_by_key(|(number, _)| *number);
    Ok((claimed.into_iter().map(|(_, event)| event).collect(), unreadable))
}

pub(crate) fn renewed(rows: &[Row]) -> Result<Vec<Claim>, StoreError> {
    let claim = |row: &Row| {
        let (source, id): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let token = <[u8; 16]>::try_from(row.try_get::<_, &[u8]>(2)?)?;
        Ok(Claim::new(source, id.into(), token))
    };
    rows.iter().map(claim).collect()
}

pub(crate) fn set_aside(rows: &[Row], seal: &dyn Seal) -> Result<Vec<SetAsideEvent>, StoreError> {
    let set_aside = |row: &Row| {
        let (source, id): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let event = event(&source, &id, row.try_get(2)?, seal)?;
        let (attempts, error): (i32, Option<String>) = (row.try_get(3)?, row.try_get(4)?);
        Ok(SetAsideEvent::new(source, event, attempts.unsigned_abs(), error.unwrap_or_default()))
    };
    rows.iter().map(set_aside).collect()
}
