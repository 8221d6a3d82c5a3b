//! The page keeps up: with many requests, in several tabs, and when the local Kit ends and starts.

use std::net::SocketAddr;

use kit_emulator::Emulator;
use serde_json::{Value, json};

use crate::kit::Kit;

/// How many requests the page is to show.
const MANY: usize = 50_000;

/// Sends many requests over one connection, without waiting for each answer.
fn send_many(kit: &Kit, count: usize) {
    use std::io::{Read as _, Write as _};

    let address = kit.emulator.base_url().trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let mut answers = stream.try_clone().unwrap();
    let key = kit.emulator.api_key();
    let request =
        format!("GET /v4/account/colors HTTP/1.1\r\nHost: here\r\nX-Kit-Api-Key: {key}\r\n\r\n");
    let last = request.replace("Host: here", "Host: here\r\nConnection: close");
    let reader = std::thread::spawn(move || std::io::copy(&mut answers, &mut std::io::sink()));
    for _ in 1..count {
        stream.write_all(request.as_bytes()).unwrap();
    }
    stream.write_all(last.as_bytes()).unwrap();
    reader.join().unwrap().unwrap();
    let _ = stream.read(&mut [0]);
}

#[test]
fn fifty_thousand_requests_stay_fluid() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    send_many(&kit, MANY);
    kit.open("");
    browser.until_text(".log .count", "50,000");
    browser.until("document.querySelector('.row').getAttribute('aria-posinset') === '1'");
    let in_page = |browser: &crate::browser::Browser| {
        browser.run("return document.querySelectorAll('*').length", &json!([])).as_u64().unwrap()
    };
    assert!(in_page(browser) < 1000, "{} elements", in_page(browser));
    // From the top to the bottom in a hundred steps, each drawn before the next.
    let frames = browser.run(
        "const list = document.querySelector('.list');
        const frames = [];
        for (let step = 1; step <= 100; step++) {
            const start = performance.now();
            list.scrollTop = (list.scrollHeight * step) / 100;
            list.dispatchEvent(new Event('scroll'));
            list.getBoundingClientRect();
            frames.push(performance.now() - start);
        }
        return frames.sort((a, b) => a - b)",
        &json!([]),
    );
    eprintln!("a step of 500 rows: median {} ms, slowest {} ms", frames[50], frames[99]);
    browser.until(
        "document.querySelector('.row:last-child').getAttribute('aria-posinset') === '50000'",
    );
    assert!(in_page(browser) < 1000, "{} elements", in_page(browser));
    let text = browser.text(".row:last-child");
    assert!(text.contains("/v4/account/colors"), "{text}");
    // Where somebody has scrolled to, stays where it is, whatever comes.
    browser.run("document.querySelector('.list').scrollTop = 320 * 32", &json!([]));
    let sight = "[...document.querySelectorAll('.row')].find((row) => Math.abs(
        row.getBoundingClientRect().top - document.querySelector('.list').getBoundingClientRect().top) < 1)?.id";
    let seen = browser.until(sight);
    kit.get("/v4/account");
    browser.until(
        "Number(document.querySelector('.row').getAttribute('aria-setsize')) === 50000 \
        && document.querySelector('.list').scrollTop === 321 * 32",
    );
    assert_eq!(browser.until(sight), seen);
    // The last one that has come is at the top, and the first one is forgotten.
    browser.run("document.querySelector('.list').scrollTop = 0", &json!([]));
    browser.until("document.querySelector('.row').innerText.includes('/v4/account')");
    assert_eq!(kit.get("/_kit/requests/1"), json!({"errors": ["Not Found"]}));
    assert_eq!(kit.get("/_kit/requests?limit=1")["first"], 2);
    browser.press("j");
    browser.until_text(".detail h2", "GET /v4/account");
    kit.is_clean();
}

#[test]
fn two_tabs_show_the_same() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    kit.open("#/faults");
    let first = browser.open_tab(&kit.url("#/requests"));
    browser.until_text("#connection", "Connected");
    kit.get("/v4/account");
    browser.until_text(".list", "/v4/account");
    browser.go_to_tab(&first);
    browser.until_text("#tabs a[href='#/requests']", "1");
    browser.click(&browser.button("Add"));
    browser.until_text("table", "for ever");
    let tabs = browser.tabs();
    browser.go_to_tab(&tabs[1]);
    browser.until_text("#tabs a[href='#/faults']", "1");
    browser.press("5");
    browser.click(&browser.button("Remove all"));
    browser.until_text("main", "None.");
    browser.go_to_tab(&tabs[0]);
    browser.until_text("main", "None.");
    kit.is_clean();
}

#[test]
fn the_page_comes_back_with_a_local_kit_that_is_started_anew() {
    let Some(mut kit) = Kit::start() else { return };
    kit.get("/v4/account");
    kit.get("/v4/tags");
    kit.open("");
    kit.browser.until("document.querySelectorAll('.row').length === 2");
    let address: SocketAddr =
        kit.emulator.base_url().trim_start_matches("http://").parse().unwrap();
    kit.end();
    kit.browser
        .until_text("#connection", "The local Kit is gone. This page tries again by itself.");
    // What was shown stays, as long as there is nothing newer.
    assert_eq!(kit.browser.find_all(".row").len(), 2);
    kit.browser.click(&kit.browser.button("+30 s"));
    kit.browser.until_text("#notices", "The local Kit does not answer.");
    kit.emulator = Emulator::builder().address(address).start().unwrap();
    kit.browser.until_text("#connection", "Connected");
    kit.browser.until_text("#notices", "The local Kit was started anew.");
    kit.browser.until("document.querySelectorAll('.row').length === 0");
    kit.send("POST", "/v4/tags", &json!({"name": "VIP"}));
    kit.browser.until_text(".list", "/v4/tags");
    kit.browser.press("j");
    kit.browser.until_text(".detail h2", "POST /v4/tags");
    assert_eq!(kit.send("GET", "/_kit/requests/2", &Value::Null).0, 404);
    // Also one that has come as far as the one before it.
    kit.end();
    kit.browser.until_text("#connection", "The local Kit is gone.");
    kit.emulator = Emulator::builder().address(address).start().unwrap();
    kit.send("POST", "/v4/tags", &json!({"name": "VIP"}));
    kit.browser.until_text("#connection", "Connected");
    kit.browser.until_text("#notices", "The local Kit was started anew.");
    // That nobody answered is all that the console has to say.
    let complaints = kit.browser.complaints();
    assert!(complaints.iter().all(|complaint| complaint.contains("ERR_")), "{complaints:#?}");
}
