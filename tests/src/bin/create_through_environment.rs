//! Creates a webhook through a transport (`ureq` or `hyper`), at the URL and with the key of its arguments, by a
//! client that takes its proxies, and by the option `--platform-roots` its roots, from the environment. Says what
//! came of it.

use kit_core::settings::{Roots, Settings};
use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::{Credentials, Error, RetryPolicy};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("three arguments");
    let (transport, base_url, api_key) = (next(), next(), next());
    let mut settings = Settings::default();
    settings.plaintext_base_url = Some(base_url);
    settings.retry = RetryPolicy::none();
    if arguments.next().is_some_and(|option| option == "--platform-roots") {
        settings.roots = Roots::Platform;
    }
    match create(&transport, settings, Credentials::api_key(api_key)) {
        Ok(id) => println!("created {id}"),
        Err(error) => println!("{error}"),
    }
}

fn create(transport: &str, settings: Settings, credentials: Credentials) -> Result<u64, Error> {
    let create = CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate)?;
    let webhook = if transport == "ureq" {
        kit_ureq::Client::builder().settings(settings).build(credentials)?.send(&create)?
    } else {
        let client = kit_hyper::Client::builder().settings(settings).build(credentials)?;
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().expect("a runtime").block_on(client.send(&create))?
    };
    Ok(webhook.id.get())
}
