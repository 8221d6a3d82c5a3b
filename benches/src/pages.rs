//! A list of many pages, and what of it is in memory at once.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

use kit_core::Credentials;
use kit_core::settings::Pacing;
use kit_core::webhooks::ListWebhooks;
use kit_ureq::Client;

/// How many webhooks are on a page.
const ON_A_PAGE: usize = 1000;

/// The most memory that is in use at once while all webhooks on so many pages are looked at, in bytes.
pub fn memory(pages: usize) -> f64 {
    let client = Client::builder().base_url(serve(pages)).pacing(Pacing::None);
    let client = client.build(Credentials::api_key("kit_0123")).expect("a client");
    let mut count = 0;
    let measured = allocation_counter::measure(|| {
        for webhook in client.items(ListWebhooks::new()) {
            count += usize::from(!webhook.expect("a webhook").target_url.is_empty());
        }
    });
    assert_eq!(count, pages * ON_A_PAGE);
    #[expect(clippy::cast_precision_loss, reason = "it is small")]
    {
        measured.bytes_max as f64
    }
}

/// Serves the pages on one connection.
fn serve(pages: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base_url = format!("http://{}", listener.local_addr().expect("an address"));
    let webhook = r#"{"id":9,"account_id":1539,"event":{"name":"tag_add","initiator_value":null,"tag_id":44},"target_url":"https://example.com/kit/0123456789abcdef"}"#;
    let webhooks = vec![webhook; ON_A_PAGE].join(",");
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut lines = BufReader::new(stream.try_clone().expect("a twin")).lines();
        for page in 1..=pages {
            while let Some(Ok(line)) = lines.next()
                && !line.is_empty()
            {}
            let has_next_page = page < pages;
            let body = format!(
                r#"{{"webhooks":[{webhooks}],"pagination":{{"has_previous_page":false,"has_next_page":{has_next_page},"start_cursor":"a","end_cursor":"{page:06}","per_page":1000}}}}"#
            );
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).expect("a client");
        }
    });
    base_url
}
