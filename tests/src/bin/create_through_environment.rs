//! Creates a webhook at the URL and with the key of its arguments, by a client that takes its proxies
//! from the environment. Says what came of it.

use kit_core::Credentials;
use kit_core::webhooks::{CreateWebhook, Event};
use kit_ureq::{Client, Error, RetryPolicy};

fn main() {
    let [base_url, api_key] = [1, 2].map(|index| std::env::args().nth(index).unwrap_or_default());
    match create(base_url, api_key) {
        Ok(id) => println!("created {id}"),
        Err(error) => println!("{error}"),
    }
}

fn create(base_url: String, api_key: String) -> Result<u64, Error> {
    let client = Client::builder().base_url(base_url).retry(RetryPolicy::none());
    let client = client.build(Credentials::api_key(api_key))?;
    let create = CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate)?;
    Ok(client.send(&create)?.id.get())
}
