//! The replies of the token endpoint, with any status: never a panic, and no secret in an error.
#![no_main]

use kit_core::oauth::{App, ExchangeCode, RefreshTokens, RevokeToken};
use kit_core::{Credentials, Endpoint, Kit};
use libfuzzer_sys::fuzz_target;

fn read<E: Endpoint>(endpoint: E, secrets: [&str; 2], status: u16, body: &[u8]) {
    let kit = Kit::new(Credentials::none());
    let response = http::Response::builder().status(status).body(body).unwrap();
    if let Err(error) = kit.response(&endpoint, response) {
        let text = format!("{error} {error:?}");
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "{text}");
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let status = 200 + u16::from(*first) * 2 % 400;
    let (secret, refresh, code) = ("app_s3cret_0123", "refresh_0123456", "code_0123456789");
    let app = App::confidential("id", secret);
    let exchange = ExchangeCode::new(&app, code, "https://a.b/").unwrap();
    read(exchange, [secret, code], status, body);
    read(RefreshTokens::new(&app, refresh), [secret, refresh], status, body);
    read(RevokeToken::access(&app, refresh), [secret, refresh], status, body);
});
