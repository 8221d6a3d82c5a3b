use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::MOST;
use super::days::Days;
use crate::rows::engagement::{is_clicked, is_opened};
use crate::rows::{Broadcast, World};
use crate::server::{Input, Reply};
use crate::world::{id, ids};

/// The events that a condition of engagement counts.
pub(super) struct Events<'a> {
    kind: &'a str,
    counts_emails: bool,
    /// Whether every broadcast counts.
    is_any: bool,
    broadcasts: HashSet<u64>,
    exact: HashSet<&'a str>,
    patterns: Vec<(&'a str, &'a str)>,
}

impl<'a> Events<'a> {
    pub(super) fn read(
        kind: &'a str,
        any: &'a [Value],
        counts_emails: bool,
    ) -> Result<Self, Reply> {
        let (mut broadcasts, mut exact, mut patterns) =
            (HashSet::new(), HashSet::new(), Vec::new());
        for entry in any {
            match entry["type"].as_str() {
                Some("broadcasts") => broadcasts.extend(ids(&entry["ids"])),
                // (The links of this Kit have no ids.)
                Some("urls") => {
                    let urls = entry["urls"].as_array().into_iter().flatten();
                    let urls = urls.filter_map(Value::as_str);
                    match entry["matching"].as_str() {
                        Some(matching @ ("contains" | "starts_with" | "ends_with")) => {
                            patterns.extend(urls.map(|url| (matching, url)));
                        }
                        _ => exact.extend(urls),
                    }
                }
                _ => {}
            }
        }
        if patterns.len() > MOST {
            return Err(Reply::unprocessable(format!("all: any has at most {MOST} patterns")));
        }
        Ok(Self { kind, counts_emails, is_any: any.is_empty(), broadcasts, exact, patterns })
    }

    /// How many events each subscriber has.
    pub(super) fn count(&self, world: &World, days: &Days) -> HashMap<u64, u64> {
        let mut counts = HashMap::new();
        let broadcasts = world.tables.broadcasts.rows().oldest_first();
        for broadcast in broadcasts.filter(|broadcast| days.contain(&broadcast.sent_at())) {
            let each = self.of_broadcast(broadcast);
            if each == 0 {
                continue;
            }
            let has_it = |id: &&u64| match self.kind {
                "opens" => is_opened(broadcast.id, **id),
                "clicks" => is_clicked(broadcast, **id),
                _ => true,
            };
            for id in broadcast.recipients.iter().filter(has_it) {
                *counts.entry(*id).or_default() += each;
            }
        }
        counts
    }

    /// How many events of a broadcast everybody has who has any.
    fn of_broadcast(&self, broadcast: &Broadcast) -> u64 {
        let is_named = self.is_any || self.broadcasts.contains(&broadcast.id);
        if self.kind != "clicks" {
            return u64::from(is_named);
        }
        let links = broadcast.links();
        let count = links.iter().filter(|link| is_named || self.is_link(link)).count() as u64;
        if self.counts_emails { count.min(1) } else { count }
    }

    fn is_link(&self, link: &str) -> bool {
        self.exact.contains(link)
            || self.patterns.iter().any(|(matching, pattern)| match *matching {
                "contains" => link.contains(pattern),
                "starts_with" => link.starts_with(pattern),
                _ => link.ends_with(pattern),
            })
    }
}

/// How many events are asked for. Without bounds, one is enough: Kit's default is not documented.
pub(in crate::api::subscribers) struct Bounds([Option<u64>; 4]);

impl Bounds {
    pub(super) fn read(input: &Input) -> Self {
        let names = [
            "count_greater_than",
            "count_greater_than_or_equal",
            "count_less_than",
            "count_less_than_or_equal",
        ];
        Self(names.map(|name| input.get(name).and_then(id)))
    }

    pub(super) fn contain(&self, count: u64) -> bool {
        let [above, at_least, below, at_most] = self.0;
        if self.0 == [None; 4] {
            return count > 0;
        }
        above.is_none_or(|bound| count > bound)
            && at_least.is_none_or(|bound| count >= bound)
            && below.is_none_or(|bound| count < bound)
            && at_most.is_none_or(|bound| count <= bound)
    }
}
