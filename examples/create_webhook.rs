//! Creates a webhook, blocking. `cargo run --example create_webhook -- --help`

use std::process::ExitCode;

use kit_examples::{Arguments, Failure, Where, say};
use kit_ureq::Client;
use kit_ureq::webhooks::{CreateWebhook, Event};

fn main() -> ExitCode {
    kit_examples::main(run)
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let event = Event::named(&arguments.event, arguments.parameter.as_deref())?;
    let create = CreateWebhook::new(&arguments.target_url, event)?;

    let kit = Where::find()?;
    let client = Client::builder().base_url(kit.base_url()).build(kit.credentials())?;
    let webhook = client.send(&create)?;

    say(format_args!("Created webhook {}:", webhook.id));
    say(format_args!("  event       {}", webhook.event));
    say(format_args!("  target URL  {}", webhook.target_url));
    Ok(())
}
