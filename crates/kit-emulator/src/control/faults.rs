//! `POST /_kit/faults`: a list of rules, in place of what was set before, or with `?add` behind it. `GET /_kit/faults`: the rules,
//! and how far they are used up. `DELETE /_kit/faults`: removes all; `DELETE /_kit/faults/ID`: removes one.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::json::{flag, number, object, text};
use super::query::is_set;
use crate::Fault;
use crate::faults::{Listed, Share};
use crate::outbox::{DeliveryFault, DeliveryRule, OfType};
use crate::rows::{event_type, legacy_event};
use crate::server::{OfRequests, Reply, Request, Rule};

const OF_REQUESTS: [&str; 15] = [
    "method",
    "path",
    "contains",
    "times",
    "every",
    "percent",
    "status",
    "content_type",
    "body",
    "retry_after",
    "delay_ms",
    "garbage",
    "truncate",
    "close",
    "after_applying",
];

const OF_DELIVERIES: [&str; 6] =
    ["delivery", "delay_ms", "event_type", "times", "every", "percent"];

/// The faults of requests, of which a rule has one.
const EFFECTS: [&str; 5] = ["status", "delay_ms", "close", "garbage", "truncate"];

/// The rules for requests, and those for deliveries.
type Rules = (Vec<Rule>, Vec<DeliveryRule>);

pub(super) fn set(kit: &dyn super::Controlled, request: &Request) -> Reply {
    match read(request) {
        Ok((requests, deliveries)) => {
            if !is_set(request, "add") {
                heal(kit);
            }
            kit.faults().add_rules(requests);
            kit.delivery_faults().add_rules(deliveries);
            kit.changed();
            Reply::empty(StatusCode::NO_CONTENT)
        }
        Err(message) => Reply::unprocessable(message),
    }
}

/// Lists the rules in the order in which they count: those for requests, and those for deliveries.
pub(super) fn list(kit: &dyn super::Controlled) -> Reply {
    let write = |prefix: &str, listed: Listed| {
        json!({
            "id": format!("{prefix}{}", listed.id),
            "rule": listed.json,
            "hits": listed.hits,
            "left": listed.left,
            "is_used_up": listed.left == Some(0),
        })
    };
    let of_requests = kit.faults().rules().into_iter().map(|rule| write(OF_REQUEST, rule));
    let of_deliveries =
        kit.delivery_faults().rules().into_iter().map(|rule| write(OF_DELIVERY, rule));
    let rules: Vec<_> = of_requests.chain(of_deliveries).collect();
    let by_program = kit.faults().has_chooser() || kit.delivery_faults().has_chooser();
    Reply::json(StatusCode::OK, json!({"rules": rules, "program_has_set_others": by_program}))
}

pub(super) fn remove_all(kit: &dyn super::Controlled) -> Reply {
    heal(kit);
    kit.changed();
    Reply::empty(StatusCode::NO_CONTENT)
}

pub(super) fn remove(kit: &dyn super::Controlled, id: &str) -> Reply {
    let number = |prefix| id.strip_prefix(prefix).and_then(|number| number.parse().ok());
    let is_removed = match (number(OF_REQUEST), number(OF_DELIVERY)) {
        (Some(number), _) => kit.faults().remove(number),
        (_, Some(number)) => kit.delivery_faults().remove(number),
        _ => false,
    };
    if !is_removed {
        return Reply::not_found();
    }
    kit.changed();
    Reply::empty(StatusCode::NO_CONTENT)
}

fn heal(kit: &dyn super::Controlled) {
    kit.faults().set(None);
    kit.delivery_faults().set(None);
}

/// The beginnings of the ids of rules.
const OF_REQUEST: &str = "r";
const OF_DELIVERY: &str = "d";

fn read(request: &Request) -> Result<Rules, String> {
    let json: Value = serde_json::from_slice(&request.body)
        .map_err(|error| format!("The body is not JSON: {error}"))?;
    let Value::Array(rules) = json else { return Err("The body is not a list of rules".into()) };
    let (mut requests, mut deliveries) = (Vec::new(), Vec::new());
    for (number, rule) in rules.iter().enumerate() {
        let wrong = |message| format!("rule {}: {message}", number + 1);
        if rule.get("delivery").is_some() {
            deliveries.push(delivery_rule(rule).map_err(wrong)?);
        } else {
            requests.push(rule_of(rule).map_err(wrong)?);
        }
    }
    Ok((requests, deliveries))
}

fn rule_of(sent: &Value) -> Result<Rule, String> {
    let json = object(sent, &OF_REQUESTS)?;
    let method = match text(json, "method")? {
        Some(name) => {
            let method = name.to_ascii_uppercase().parse::<Method>();
            Some(method.map_err(|_| format!("`method` {name:?} is no method"))?)
        }
        None => None,
    };
    let path = text(json, "path")?.map(str::to_owned);
    if let Some(path) = &path {
        let beginning = path.strip_suffix('*').unwrap_or(path);
        if beginning.contains(['*', '?']) || !(beginning.is_empty() || beginning.starts_with('/')) {
            return Err(format!(
                "`path` {path:?} is no path such as /v4/tags: a * stands at its end alone, and it has no query"
            ));
        }
    }
    let contains = text(json, "contains")?.map(str::to_owned);
    let mut fault = fault_of(json)?;
    if flag(json, "after_applying")? {
        fault = fault.after_applying();
    }
    let (times, share) = (number(json, "times")?, share(json)?);
    let of = OfRequests { method, path, contains };
    Ok(Rule { of, times, share, fault, json: sent.clone() })
}

fn delivery_rule(sent: &Value) -> Result<DeliveryRule, String> {
    let json = object(sent, &OF_DELIVERIES)?;
    let delay = Duration::from_millis(number(json, "delay_ms")?.unwrap_or(100));
    let fault = match text(json, "delivery")? {
        Some("duplicated") => DeliveryFault::duplicated(),
        Some("reordered") => DeliveryFault::reordered(),
        Some("delayed") => DeliveryFault::delayed(delay),
        Some("forged") => DeliveryFault::forged(),
        Some("stale") => DeliveryFault::stale(),
        Some("truncated") => DeliveryFault::truncated(),
        Some("dropped") => DeliveryFault::dropped(),
        Some("unanswered") => DeliveryFault::unanswered(),
        _ => {
            return Err("`delivery` is one of duplicated, reordered, delayed, forged, stale, \
                truncated, dropped, unanswered"
                .into());
        }
    };
    let of_type = text(json, "event_type")?.map(str::to_owned);
    if let Some(name) = &of_type
        && !event_type::is_known(name)
        && legacy_event::find(name).is_none()
        && name != "bulk"
    {
        return Err(format!("`event_type` {name:?} is no event"));
    }
    Ok(DeliveryRule {
        of: OfType(of_type),
        times: number(json, "times")?,
        share: share(json)?,
        fault,
        json: sent.clone(),
    })
}

fn share(json: &Map<String, Value>) -> Result<Share, String> {
    let percent = match json.get("percent") {
        None | Some(Value::Null) => None,
        Some(value) => {
            let percent = value.as_f64().filter(|percent| (0.0..=100.0).contains(percent));
            Some(percent.ok_or("`percent` is not a number from 0 to 100")?)
        }
    };
    match (number(json, "every")?, percent) {
        (Some(_), Some(_)) => Err("`every` and `percent` do not go together".into()),
        (Some(0), None) => Err("`every` is not 1 or more".into()),
        (None, Some(percent)) => Ok(Share::Percent(percent)),
        (every, None) => Ok(Share::Every(every.unwrap_or(1))),
    }
}

fn fault_of(json: &Map<String, Value>) -> Result<Fault, String> {
    let status = number(json, "status")?;
    let delay = number(json, "delay_ms")?;
    let flags = [
        (flag(json, "close")?, Fault::close()),
        (flag(json, "garbage")?, Fault::garbage()),
        (flag(json, "truncate")?, Fault::truncate()),
    ];
    let delay = delay.map(|milliseconds| Fault::delay(Duration::from_millis(milliseconds)));
    let mut faults = flags.into_iter().filter_map(|(is_set, fault)| is_set.then_some(fault));
    let mut faults = faults.by_ref().chain(delay);
    match (status, faults.next(), faults.next()) {
        (Some(status), None, None) => {
            let status = u16::try_from(status).ok().filter(|status| (200..=999).contains(status));
            let mut fault = Fault::status(status.ok_or("`status` is not from 200 to 999")?);
            if let Some(body) = json.get("body") {
                let (default, body) = match body {
                    Value::String(text) => ("text/html", text.clone()),
                    body => ("application/json; charset=utf-8", body.to_string()),
                };
                fault = fault.body(text(json, "content_type")?.unwrap_or(default), body);
            }
            Ok(match json.get("retry_after") {
                Some(Value::Number(_)) => {
                    let seconds = number(json, "retry_after")?.unwrap_or_default();
                    fault.retry_after(seconds.to_string())
                }
                _ => match text(json, "retry_after")? {
                    Some(value) => fault.retry_after(value),
                    None => fault,
                },
            })
        }
        (None, Some(fault), None) => Ok(fault),
        _ => {
            let is_there = |name: &&str| {
                !matches!(json.get(*name), None | Some(Value::Null | Value::Bool(false)))
            };
            let named: Vec<_> = EFFECTS.into_iter().filter(is_there).map(quoted).collect();
            let all = EFFECTS.map(quoted).join(", ");
            Err(match &named[..] {
                [] => format!("one of {all} is wanted"),
                named => {
                    format!("{} are there together: a rule has one of {all}", named.join(" and "))
                }
            })
        }
    }
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}
