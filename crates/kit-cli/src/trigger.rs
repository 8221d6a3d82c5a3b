use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::api::{post, read};
use crate::{Context, Failure};

/// Make an event happen in a local Kit, such as subscriber.created
///
/// KIT_BASE_URL has to lead to it: see `kit emulator`. Its endpoints and webhooks are told.
#[derive(Args, Debug)]
pub(crate) struct Trigger {
    /// The type of the event.
    event: String,
    /// How often it happens.
    #[arg(long, default_value_t = 1)]
    count: u32,
    /// A file with the data of the event as JSON; - is the standard input stream. Default: made up.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
}

impl Trigger {
    pub(crate) fn run(self, kit: &Context) -> Result<(), Failure> {
        let data = self.data.as_deref().map(read).transpose()?.unwrap_or(Value::Null);
        if !kit.profile().base_url.starts_with("http://") {
            let advice = "Start one by `kit emulator`, and set the variables that it writes.";
            return Err(Failure::usage("only a local Kit can be told to").advise(advice));
        }
        let event = json!({"type": self.event, "count": self.count, "data": data});
        kit.write(&post(kit, "/_kit/events", event)?)
    }
}
