//! `POST /_kit/faults`: a list of rules, in place of what was set before.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::Fault;
use crate::server::{Faults, Reply, Request, Rule};

pub(super) fn set(faults: &Faults, request: &Request) -> Reply {
    match read(request) {
        Ok(rules) => {
            faults.set_rules(rules);
            Reply::empty(StatusCode::NO_CONTENT)
        }
        Err(message) => Reply::unprocessable(message),
    }
}

fn read(request: &Request) -> Result<Vec<Rule>, String> {
    let json: Value = serde_json::from_slice(&request.body)
        .map_err(|error| format!("The body is not JSON: {error}"))?;
    let Value::Array(rules) = json else { return Err("The body is not a list of rules".into()) };
    let rule = |(number, rule): (usize, &Value)| {
        rule_of(rule).map_err(|message| format!("rule {}: {message}", number + 1))
    };
    rules.iter().enumerate().map(rule).collect()
}

fn rule_of(json: &Value) -> Result<Rule, String> {
    let Value::Object(json) = json else { return Err("is not an object".into()) };
    let known = [
        "method",
        "path",
        "times",
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
    if let Some(unknown) = json.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("`{unknown}` is not known; known are {}", known.join(", ")));
    }
    let method = match text(json, "method")? {
        Some(name) => Some(name.parse::<Method>().map_err(|_| "`method` is none".to_owned())?),
        None => None,
    };
    let path = text(json, "path")?.map(str::to_owned);
    let mut fault = fault_of(json)?;
    if flag(json, "after_applying")? {
        fault = fault.after_applying();
    }
    Ok(Rule { method, path, times: number(json, "times")?, fault })
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
            Ok(match text(json, "retry_after")? {
                Some(value) => fault.retry_after(value),
                None => fault,
            })
        }
        (None, Some(fault), None) => Ok(fault),
        _ => Err("one of `status`, `delay_ms`, `close`, `garbage`, `truncate` is wanted".into()),
    }
}

fn text<'a>(json: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, String> {
    match json.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("`{key}` is not a text")),
    }
}

fn number(json: &Map<String, Value>, key: &str) -> Result<Option<u64>, String> {
    match json.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            value.as_u64().map(Some).ok_or_else(|| format!("`{key}` is not a whole number"))
        }
    }
}

fn flag(json: &Map<String, Value>, key: &str) -> Result<bool, String> {
    match json.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| format!("`{key}` is not true or false")),
    }
}
