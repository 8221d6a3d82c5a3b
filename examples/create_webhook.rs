//! Creates a webhook, blocking. `cargo run --example create_webhook -- --help`

use std::process::ExitCode;

use kit_ureq::Client;

fn main() -> ExitCode {
    kit_examples::run(|kit, create| {
        let client = Client::builder().base_url(&kit.base_url).build(kit.credentials.clone())?;
        Ok(client.send(create)?)
    })
}
