//! `POST /_kit/faults`: a list of rules, in place of what was set before.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::json::{flag, number, object, text};
use crate::Fault;
use crate::outbox::{DeliveryFault, DeliveryRule, OfType};
use crate::server::{OfRequests, Reply, Request, Rule};

const OF_REQUESTS: [&str; 14] = [
    "method",
    "path",
    "contains",
    "times",
    "every",
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

const OF_DELIVERIES: [&str; 5] = ["delivery", "delay_ms", "event_type", "times", "every"];

/// The rules for requests, and those for deliveries.
type Rules = (Vec<Rule>, Vec<DeliveryRule>);

pub(super) fn set(kit: &dyn super::Controlled, request: &Request) -> Reply {
    match read(request) {
        Ok((requests, deliveries)) => {
            kit.faults().set_rules(requests);
            kit.delivery_faults().set_rules(deliveries);
            Reply::empty(StatusCode::NO_CONTENT)
        }
        Err(message) => Reply::unprocessable(message),
    }
}

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

fn rule_of(json: &Value) -> Result<Rule, String> {
    let json = object(json, &OF_REQUESTS)?;
    let method = match text(json, "method")? {
        Some(name) => Some(name.parse::<Method>().map_err(|_| "`method` is none".to_owned())?),
        None => None,
    };
    let path = text(json, "path")?.map(str::to_owned);
    let contains = text(json, "contains")?.map(str::to_owned);
    let mut fault = fault_of(json)?;
    if flag(json, "after_applying")? {
        fault = fault.after_applying();
    }
    let (times, every) = (number(json, "times")?, every(json)?);
    Ok(Rule { of: OfRequests { method, path, contains }, times, every, fault })
}

fn delivery_rule(json: &Value) -> Result<DeliveryRule, String> {
    let json = object(json, &OF_DELIVERIES)?;
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
    let event_type = text(json, "event_type")?.map(str::to_owned);
    Ok(DeliveryRule {
        of: OfType(event_type),
        times: number(json, "times")?,
        every: every(json)?,
        fault,
    })
}

fn every(json: &Map<String, Value>) -> Result<u64, String> {
    match number(json, "every")? {
        Some(0) => Err("`every` is not 1 or more".into()),
        every => Ok(every.unwrap_or(1)),
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
                Some(Value::Number(seconds)) => fault.retry_after(seconds.to_string()),
                _ => match text(json, "retry_after")? {
                    Some(value) => fault.retry_after(value),
                    None => fault,
                },
            })
        }
        (None, Some(fault), None) => Ok(fault),
        _ => Err("one of `status`, `delay_ms`, `close`, `garbage`, `truncate` is wanted".into()),
    }
}
