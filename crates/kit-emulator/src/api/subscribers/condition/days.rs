use serde_json::Value;

use crate::server::Input;

/// `after` and `before` of a condition.
pub(in crate::api::subscribers) struct Days {
    after: Option<String>,
    before: Option<String>,
}

impl Days {
    pub(super) fn read(input: &Input) -> Self {
        let bound = |key: &str| input.get(key).and_then(Value::as_str).map(str::to_owned);
        Self { after: bound("after"), before: bound("before") }
    }

    pub(super) fn contain(&self, time: &str) -> bool {
        self.after.as_deref().is_none_or(|after| time > after)
            && self.before.as_deref().is_none_or(|before| time < before)
    }
}
