//! Every view, and everything that can be done on it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use kit_emulator::Fault;
use serde_json::{Value, json};

use crate::kit::{Kit, MARKUP};

const ESCAPE: &str = "\u{e00c}";
const ENTER: &str = "\u{e007}";

/// A receiver that answers every delivery with this status, until the test ends.
fn receiver(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/kit", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 16 * 1024]);
            let reply =
                format!("HTTP/1.1 {status}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nwhat");
            let _ = stream.write_all(reply.as_bytes());
        }
    });
    url
}

#[test]
fn requests_are_shown_with_their_replies_and_faults() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    kit.send("POST", "/v4/tags", &json!({"name": MARKUP}));
    kit.emulator.fail_next(1, Fault::status(503).retry_after("7"));
    kit.send("GET", "/v4/tags?per_page=2", &Value::Null);
    kit.open("");
    browser.until("document.querySelectorAll('.row').length === 2");
    let rows = browser.text(".list");
    assert!(
        rows.contains("503") && rows.contains("status 503") && rows.contains("/v4/tags?per_page=2"),
        "{rows}"
    );
    // The newest is first.
    browser.press("j");
    browser.until_text(".detail h2", "GET /v4/tags?per_page=2");
    let detail = browser.text(".detail");
    for shown in [
        "503 Service Unavailable",
        "Fault",
        "retry-after",
        "X-Kit-Api-Key: $KIT_API_KEY",
        "[redacted]",
    ] {
        assert!(detail.contains(shown), "{shown}: {detail}");
    }
    assert!(!detail.contains(kit.emulator.api_key()), "{detail}");
    browser.press("j");
    browser.until_text(".detail h2", "POST /v4/tags");
    browser.until("location.hash === '#/requests/1'");
    let detail = browser.text(".detail");
    assert!(detail.contains("201 Created") && detail.contains("onerror"), "{detail}");
    let bodies = browser.find_all(".detail pre");
    assert_eq!(bodies.len(), 2, "request and reply");
    // As it came, a body is one line, and indented it is several; of both bodies, whichever button is pressed.
    let lines = "[...document.querySelectorAll('.detail pre')].map((text) => text.innerText.includes('\\n'))";
    let buttons = browser.find_all(".detail [aria-pressed]");
    browser.until(&format!("{lines}.every((is) => is)"));
    browser.click(&buttons[0]);
    browser.until(&format!("{lines}.every((is) => !is)"));
    browser.click(&buttons[1]);
    browser.until(&format!("{lines}.every((is) => is)"));
    browser.press("k");
    browser.until_text(".detail h2", "GET /v4/tags?per_page=2");
    // What goes on while the page is open is shown at once.
    kit.send("DELETE", "/v4/tags/1", &Value::Null);
    browser.until_text(".list", "DELETE");
    browser.press("/");
    browser.until("document.activeElement.type === 'search'");
    browser.write(&browser.find(".log input"), "503");
    browser.until("document.querySelectorAll('.row').length === 1");
    browser.until_text(".log .count", "1 of 3");
    browser.until("location.hash.endsWith('?q=503')");
    // The first one leaves the filter as it is, the second one closes the details; the place in the list stays.
    browser.press(ESCAPE);
    browser.until("document.activeElement.role === 'listbox'");
    assert_eq!(browser.run("return document.querySelector('.log input').value", &json!([])), "503");
    browser.press(ESCAPE);
    browser.until_text(".detail", "Select a request");
    browser.until("document.querySelectorAll('.row[aria-selected=true]').length === 1");
    browser.press("?");
    browser.until("document.getElementById('help').open");
    browser.click(&browser.find("#help button"));
    browser.press("2");
    browser.until("location.hash === '#/deliveries'");
    // By a link, also to one that is not there.
    kit.open("#/requests/2");
    browser.until_text(".detail h2", "GET /v4/tags?per_page=2");
    browser.press(ENTER);
    browser.until("document.activeElement.tagName === 'H2'");
    kit.open("#/requests/99");
    browser.until_text(".detail", "There is no request 99");
    // Whose reply is not there, and whose connection was closed.
    kit.emulator.fail_next(1, Fault::close().after_applying());
    let closed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| kit.get("/v4/account")));
    assert!(closed.is_err());
    browser.until_text(".list", "close after applying");
    assert_eq!(browser.run("return document.title", &json!([])), "Requests – Local Kit");
    assert!(browser.complaints().iter().all(|complaint| complaint.contains("404")));
}

#[test]
fn deliveries_are_shown_and_delivered_now() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    kit.add_endpoint_at(&receiver("500 No"), &["tag.created"]);
    kit.send(
        "POST",
        "/v4/webhooks",
        &json!({"target_url": receiver("200 OK"),
        "event": {"name": "subscriber.subscriber_activate"}}),
    );
    kit.emulator.set_clock_speed(0);
    kit.send("POST", "/v4/tags", &json!({"name": MARKUP}));
    kit.emulator.settle();
    kit.open("#/deliveries");
    browser.until_text(".list", "again in 30 s");
    browser.press("j");
    browser.until_text(".detail h2", "Delivery 1: tag.created");
    let detail = browser.text(".detail");
    for shown in [
        "retrying",
        "again in 30 s",
        "endpoint 1",
        "500",
        "what",
        "t=",
        "v1=",
        "onerror",
        "/deliver",
    ] {
        assert!(detail.contains(shown), "{shown}: {detail}");
    }
    browser.click(&browser.button("Deliver now"));
    browser.until("document.querySelectorAll('.attempts li').length === 2");
    browser.until_text(".list", "again in 2 min");
    // The clock: half a minute, an hour, and to the next timer.
    browser.click(&browser.button("+30 s"));
    browser.until_text("#notices", "The clock shows");
    browser.until_text(".list", "again in 1 min 30 s");
    browser.click(&browser.button("To the next timer"));
    browser.until("document.querySelectorAll('.attempts li').length === 3");
    browser.click(&browser.button("+1 h"));
    browser.until("document.querySelectorAll('.attempts li').length === 4");
    // What is over can be posted again; a webhook is told unsigned.
    kit.emulator.trigger("subscriber.subscriber_activate", 1, None).unwrap();
    browser.until_text(".list", "delivered");
    kit.open("#/deliveries/2");
    browser.until_text(".detail h2", "Delivery 2");
    assert!(!browser.text(".detail").contains("X-Kit-Signature"));
    browser.click(&browser.button("Deliver now"));
    browser.until("document.querySelectorAll('.attempts li').length === 2");
    browser.until_text(".detail dl", "delivered");
    kit.is_clean();
}

#[test]
fn webhooks_and_endpoints_are_shown() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    kit.open("#/webhooks");
    browser.until_text("main", "There are no endpoints");
    assert!(browser.text("main").contains("/v4/webhooks"));
    let id = kit.add_endpoint(&["tag.created", "subscriber.created"]);
    browser.until_text(".card", "subscriber.created, tag.created");
    assert!(browser.text(".card").contains("whsec_"));
    kit.send(
        "POST",
        "/v4/webhooks",
        &json!({"target_url": "http://127.0.0.1:9/",
        "event": {"name": "subscriber.tag_add", "tag_id": 7}}),
    );
    browser.until("document.querySelectorAll('.card').length === 2");
    assert!(browser.text("main").contains("tag_add"));
    browser.until_text("#tabs a[href='#/webhooks']", "2");
    kit.send("POST", "/v4/tags", &json!({"name": "a"}));
    browser.click(&browser.find(".card a"));
    browser.until_text(".list", "tag.created");
    assert_eq!(
        browser.run("return document.querySelector('.log input').value", &json!([])),
        format!("(endpoint {id})")
    );
    kit.is_clean();
}

#[test]
fn events_are_made_of_what_the_form_says() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    kit.send(
        "POST",
        "/v4/subscribers",
        &json!({"email_address": "ann@example.com", "first_name": MARKUP}),
    );
    kit.open("#/events");
    browser.until("document.querySelectorAll('optgroup').length === 2");
    browser.set("Type", "subscriber.tag_added");
    browser.click(&browser.button("Make it happen"));
    browser.until_text(
        "form",
        "Nobody was told: no active webhook or endpoint is told of subscriber.tag_added.",
    );
    kit.add_endpoint(&["subscriber.tag_added"]);
    browser.set("How many", "0");
    browser.until_text("form", "How many: a number from 1 to 100,000.");
    assert_eq!(
        browser.run("return document.querySelector('button[type=submit]').disabled", &json!([])),
        true
    );
    browser.set("How many", "101");
    assert!(browser.text("form").contains(r#""count":101"#), "as a line of curl");
    browser.click(&browser.button("Make it happen"));
    // It goes to the delivery.
    browser.until_text("#notices", "2 deliveries were made");
    browser.until("location.hash === '#/deliveries/1'");
    browser.until_text(".detail h2", "Delivery 1: subscriber.tag_added");
    browser.press("4");
    browser.set("How many", "1");
    browser.set("Data", "subscriber");
    browser.until("document.querySelector('datalist option').label === 'ann@example.com'");
    browser.set("Subscriber, by id", "7");
    browser.click(&browser.button("Make it happen"));
    browser.until_text("form", "`subscriber_id`: there is no subscriber 7");
    browser.set("Subscriber, by id", "1");
    browser.click(&browser.button("Make it happen"));
    browser.until("location.hash === '#/deliveries/3'");
    browser.until_text(".detail pre", "ann@example.com");
    browser.press("4");
    browser.set("Data", "own");
    browser.set("Data (JSON)", "{");
    browser.until_text("form", "Data: no JSON: ");
    browser.set("Data (JSON)", "[1]");
    browser.until_text("form", "Data: no JSON object.");
    browser.set("Data (JSON)", r#"{"subscriber": {"id": 9007199254740991}}"#);
    browser.until_text("form", "Data: Kit's have tag, too.");
    browser.click(&browser.button("Make it happen"));
    browser.until("location.hash === '#/deliveries/4'");
    browser.until_text(".detail pre", "9007199254740991");
    assert!(browser.complaints().iter().all(|complaint| complaint.contains("422")));
}

#[test]
fn faults_are_set_used_up_and_removed() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    kit.open("#/faults");
    browser.until_text("main", "None.");
    browser.set("Path (* at the end stands for any rest)", "/v4/tags*");
    browser.set("Status", "429");
    browser.set("Retry-After, in seconds", "2");
    browser.set("How often (empty: for ever)", "1");
    assert!(browser.text("form").contains("/_kit/faults?add=true"));
    browser.click(&browser.button("Add"));
    browser.until_text("table", "1 left");
    assert_eq!(kit.send("GET", "/v4/tags", &Value::Null).0, 429);
    browser.until_text("table", "used up");
    browser.until_text("table", "1 time");
    assert_eq!(kit.send("GET", "/v4/tags", &Value::Null).0, 200);
    // A rule that cannot be is refused, with the reason.
    browser.set("Percent (empty: each one)", "101");
    browser.run("document.querySelector('form').noValidate = true", &json!([]));
    browser.click(&browser.button("Add"));
    browser.until_text("form", "`percent` is not a number from 0 to 100");
    browser.set("Percent (empty: each one)", "100");
    browser.set("Of", "deliveries");
    browser.set("Fault", "forged");
    browser.click(&browser.button("Add"));
    browser.until("document.querySelectorAll('tbody tr').length === 2");
    let set = kit.get("/_kit/faults");
    assert_eq!(set["rules"][1]["rule"], json!({"delivery": "forged", "times": 1, "percent": 100}));
    browser.until_text("#tabs a[href='#/faults']", "2");
    // The focus stays on the button of a rule that hits meanwhile.
    browser.run("document.querySelector('tbody tr:first-child button').focus()", &json!([]));
    kit.send("POST", "/_kit/faults?add", &json!([{"path": "/v4/tags", "status": 500}]));
    browser.until("document.querySelectorAll('tbody tr').length === 3");
    browser.until("document.activeElement.getAttribute('aria-label') === 'Remove the fault r1'");
    browser.click(&browser.button("Remove"));
    browser.until("document.querySelectorAll('tbody tr').length === 2");
    browser.click(&browser.button("Remove all"));
    browser.until_text("main", "None.");
    kit.emulator.fail_when(|_| None);
    browser.until_text("main", "has set faults of its own");
    assert!(browser.complaints().iter().all(|complaint| complaint.contains("422")));
}

#[test]
fn the_state_is_shown_reset_and_brought_back() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    let person = |id: u64| json!({"id": id, "email_address": format!("{id}@example.com"), "first_name": MARKUP});
    let people: Vec<_> = (1..=1500).map(person).collect();
    kit.emulator.seed(&json!({ "subscribers": people })).unwrap();
    kit.get("/v4/account");
    kit.open("#/state");
    browser.until_text(".state .bar", "1,500 rows");
    browser.until("document.querySelector('.row').getAttribute('aria-setsize') === '1000'");
    browser.click(&browser.button("Load more"));
    browser.until("document.querySelector('.row').getAttribute('aria-setsize') === '1500'");
    browser.press("j");
    browser.until_text(".detail", "1@example.com");
    assert!(browser.text(".detail").contains("onerror"));
    kit.send("PUT", "/v4/subscribers/1", &json!({"first_name": "Ann"}));
    browser.until_text(".detail", "Ann");
    browser.click(&browser.find(".names a[href='#/state/forms']"));
    browser.until_text(".state .bar", "0 rows");
    kit.open("#/state/subscribers/1400");
    browser.until_text(".detail", "1400@example.com");
    kit.open("#/state/subscribers/1501");
    browser.until_text(".detail", "There is no row 1501.");
    kit.open("#/state/account/1539");
    browser.until_text(".detail h2", "account 1539");
    kit.open("#/state/..%2Faccounts");
    browser.until_text(".detail", "There is no resource ../accounts.");
    kit.open("#/state/subscribers/7");
    browser.until_text(".detail h2", "subscribers 7");
    browser.click(&browser.button("Reset"));
    browser.until_text("#notices", "All is as at the start.");
    browser.until_text(".state .bar", "0 rows");
    assert_eq!(kit.get("/v4/subscribers")["subscribers"], json!([]));
    browser.click(&browser.button("Undo"));
    browser.until_text(".state .bar", "1,500 rows");
    assert_eq!(kit.get("/v4/subscribers/1")["subscriber"]["first_name"], "Ann");
    assert_eq!(kit.send("POST", "/_kit/reset/undo", &Value::Null).0, 422);
    browser.click(&browser.button("Reset"));
    browser.until_text(".state .bar", "0 rows");
    browser.until("document.querySelector('#resetting button:last-child').checkVisibility()");
    browser.click(&browser.button("Undo the reset"));
    browser.until_text(".state .bar", "1,500 rows");
    kit.open("#/state/nothing");
    browser.until_text(".detail", "There is no resource nothing");
    assert!(browser.complaints().iter().all(|complaint| complaint.contains("404")));
}

#[test]
fn what_programs_need_is_shown_for_each_account() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    kit.open("#/access");
    browser.until_text("main", kit.emulator.access_token());
    let shown = browser.text("main");
    for needed in
        [kit.emulator.base_url(), kit.emulator.api_key(), kit.emulator.client_secret(), "curl"]
    {
        assert!(shown.contains(needed), "{needed}: {shown}");
    }
    browser.click(&browser.button("Add an account"));
    browser.until("document.querySelectorAll('.card').length === 2");
    let account = kit.emulator.accounts().pop().unwrap();
    assert!(browser.text("main").contains(&account.api_key()));
    kit.get("/v4/account");
    kit.send("POST", "/v4/subscribers", &json!({"email_address": "first@example.com"}));
    browser.press("6");
    browser.until_text(".list", "first@example.com");
    // The other account has nobody, also in what was asked for before.
    browser.set("Account", &account.id().to_string());
    browser.until_text(".state .bar", "0 rows");
    kit.emulator.advance(Duration::from_secs(1));
    browser.until_text(".state .bar", "0 rows");
    kit.is_clean();
}

#[test]
fn the_root_leads_to_the_page() {
    let Some(kit) = Kit::start() else { return };
    kit.browser.open(kit.emulator.base_url());
    kit.browser.click(&kit.browser.find("a"));
    kit.browser.until_text("#connection", "Connected");
    // A client is answered as by Kit.
    assert_eq!(kit.send("GET", "/", &Value::Null).0, 404);
}

/// A press that takes longer than the rows take to change is a click.
#[test]
fn a_slow_press_on_a_row_is_a_click() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    kit.add_endpoint(&["tag.created"]);
    for name in ["a", "b"] {
        kit.send("POST", "/v4/tags", &json!({ "name": name }));
    }
    kit.open("#/deliveries");
    browser.until_text(".list", "again in 2");
    browser.press_on(&browser.find(".row:nth-child(2) .due"), 1200);
    browser.until_text(".detail h2", "Delivery 1");
    kit.is_clean();
}

/// An answer that was on its way when the account was changed is not shown for the other one.
#[test]
fn two_accounts_are_not_mixed_up() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    let other = kit.emulator.add_account();
    kit.add_endpoint(&["tag.created"]);
    kit.open("#/deliveries");
    browser.until("document.querySelector('#account').options.length === 2");
    // Answers about deliveries of the first account are held up until they are let go.
    browser.run(
        "const real = window.fetch;
        window.held = [];
        window.fetch = async (url, options) => {
            const reply = await real(url, options);
            const isOfFirst = String(url).includes('/deliveries?') && !String(url).includes('account=');
            if (isOfFirst) await new Promise((resolve) => { window.held.push(resolve); });
            return reply;
        }",
        &json!([]),
    );
    kit.send("POST", "/v4/tags", &json!({"name": "VIP"}));
    browser.until("window.held.length > 0");
    browser.set("Account", &other.id().to_string());
    browser.until("document.querySelector('#account').value !== '1539'");
    browser.run("window.held.forEach((go) => go())", &json!([]));
    other.trigger("tag.created", 1, None).unwrap();
    browser.until("document.querySelector('.log .count').innerText === '0'");
    browser.until_text("#tabs a[href='#/deliveries']", "0");
    browser.set("Account", "1539");
    browser.until("document.querySelector('.log .count').innerText === '1'");
    kit.is_clean();
}

/// From details, it goes back to the list, and from the list to the view before; rows that are gone through are no history.
#[test]
fn the_history_is_that_of_views_and_details() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    for name in ["a", "b", "c"] {
        kit.send("POST", "/v4/tags", &json!({ "name": name }));
    }
    kit.open("#/faults");
    browser.until_text("main", "None.");
    browser.press("1");
    browser.until("document.querySelectorAll('.row').length === 3");
    for number in ["3", "2", "1"] {
        browser.press("j");
        browser.until(&format!(
            "document.querySelector('.row[aria-selected=true]').id.endsWith('-{number}')"
        ));
    }
    browser.until("location.hash === '#/requests/1'");
    browser.back();
    browser.until("location.hash === '#/requests'");
    browser.until_text(".detail", "Select a request");
    browser.press("j");
    browser.until("location.hash.startsWith('#/requests/')");
    browser.press(ESCAPE);
    browser.until("location.hash === '#/requests'");
    browser.back();
    browser.until("location.hash === '#/faults'");
    // A view that leads on by itself is no trap.
    browser.press("6");
    browser.until("location.hash === '#/state/subscribers'");
    browser.back();
    browser.until("location.hash === '#/faults'");
    // Many rows at once are no burden for the address.
    browser.press("1");
    browser.until("location.hash === '#/requests'");
    browser.run(
        "for (let count = 0; count < 300; count++) {
            const key = count % 2 === 0 ? 'j' : 'k';
            document.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
        }
        document.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true}))",
        &json!([]),
    );
    browser.until("location.hash.endsWith(document.querySelector('.row[aria-selected=true]').id.split('-').at(-1))");
    kit.is_clean();
}
