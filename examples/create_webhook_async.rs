//! Creates a webhook, async. `cargo run --example create_webhook_async -- --help`

use std::process::ExitCode;

use kit_hyper::Client;
use tokio::runtime::Builder;

fn main() -> ExitCode {
    kit_examples::run(|kit, create| {
        let client = Client::builder().base_url(&kit.base_url).build(kit.credentials.clone())?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(client.send(create))?)
    })
}
