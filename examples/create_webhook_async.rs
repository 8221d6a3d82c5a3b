//! Creates a webhook, async. `cargo run --example create_webhook_async --features async -- --help`

use std::process::ExitCode;

use kit_examples::{Arguments, Failure, Where, say};
use kit_hyper::Client;
use kit_hyper::webhooks::{CreateWebhook, Event};

fn main() -> ExitCode {
    kit_examples::main(|arguments| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(run(arguments))
    })
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let event = Event::named(&arguments.event, arguments.parameter.as_deref())?;
    let create = CreateWebhook::new(&arguments.target_url, event)?;

    let kit = Where::find()?;
    let client = Client::builder().base_url(kit.base_url()).build(kit.credentials())?;
    let webhook = client.send(&create).await?;

    say(format_args!("Created webhook {}:", webhook.id));
    say(format_args!("  event       {}", webhook.event));
    say(format_args!("  target URL  {}", webhook.target_url));
    Ok(())
}
