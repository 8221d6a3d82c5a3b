//! A page of another origin can neither write to the local Kit nor read from it; and nothing on its own page runs but its own
//! scripts.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::kit::{Kit, MARKUP};

/// Serves a page at an origin of its own.
fn serve(page: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 16 * 1024]);
            let length = page.len();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length:";
            let _ = stream.write_all(format!("{head} {length}\r\n\r\n{page}").as_bytes());
        }
    });
    url
}

/// A page that tries everything, and says what it has got.
const STRANGER: &str = r#"<!doctype html><title>trying</title><body><script>
const kit = "KIT";
const tries = {
  read: () => fetch(kit + "_kit/state").then((reply) => reply.text()),
  readKeys: () => fetch(kit + "_kit/accounts").then((reply) => reply.text()),
  page: () => fetch(kit + "_kit/").then((reply) => reply.text()),
  write: () => fetch(kit + "_kit/reset", {method: "POST"}).then((reply) => reply.text()),
  writeOpaque: () => fetch(kit + "_kit/reset", {method: "POST", mode: "no-cors"}).then((reply) => reply.text()),
  faults: () => fetch(kit + "_kit/faults", {method: "POST", mode: "no-cors", body: '[{"status": 500}]'}).then((reply) => reply.text()),
  put: () => fetch(kit + "_kit/state", {method: "PUT", body: "{}"}).then((reply) => reply.text()),
  script: () => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = kit + "_kit/page/text.js";
    script.type = "module";
    script.onload = () => resolve("loaded");
    script.onerror = () => reject(new Error("refused"));
    document.body.append(script);
  }),
};
(async () => {
  const got = {};
  for (const [name, attempt] of Object.entries(tries)) {
    try { got[name] = await attempt(); } catch (error) { got[name] = ""; }
  }
  const form = document.createElement("form");
  form.method = "POST"; form.action = kit + "_kit/reset"; form.enctype = "text/plain";
  document.body.append(form);
  window.got = got;
  window.post = () => form.submit();
  document.title = "tried";
})();
</script></body>"#;

#[test]
fn a_page_of_another_origin_can_neither_read_nor_write() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    kit.send("POST", "/v4/tags", &json!({"name": "VIP"}));
    for host in ["127.0.0.1", "localhost"] {
        let address = kit.emulator.base_url().replace("127.0.0.1", host);
        let stranger = serve(STRANGER.replace("KIT", &format!("{address}/")));
        browser.open(&stranger);
        browser.until("document.title === 'tried'");
        let got = browser.run("return window.got", &json!([]));
        for (name, text) in got.as_object().unwrap() {
            assert_eq!(text, "", "{name}");
        }
        browser.run("window.post()", &json!([]));
        browser.until_text("body", "is another site");
    }
    assert_eq!(kit.get("/v4/tags")["tags"][0]["name"], "VIP");
    assert_eq!(kit.get("/_kit/faults")["rules"], json!([]));
    // By a name that leads to this machine, and is not its own.
    let (status, refused) = kit.send_to("localhost.example.com", "GET", "/_kit/");
    assert_eq!(status, 403);
    assert!(refused.contains("is not this machine"), "{refused}");
}

#[test]
fn names_full_of_markup_are_text_in_every_view() {
    let Some(kit) = Kit::start() else { return };
    let browser = &kit.browser;
    kit.send("POST", "/v4/tags", &json!({"name": MARKUP}));
    kit.send(
        "POST",
        "/v4/subscribers",
        &json!({"email_address": "a@example.com", "first_name": MARKUP}),
    );
    let endpoint = json!({"name": MARKUP, "url": "http://127.0.0.1:9/", "events": ["tag.created"], "description": MARKUP});
    assert_eq!(kit.send("POST", "/v4/webhook_endpoints", &endpoint).0, 201);
    kit.emulator.trigger("tag.created", 1, Some(json!({"tag": {"name": MARKUP}}))).unwrap();
    let rule = json!([{"contains": MARKUP, "status": 500, "body": MARKUP}]);
    assert_eq!(kit.send("POST", "/_kit/faults", &rule).0, 204);
    for place in [
        "#/requests/1",
        "#/deliveries/1",
        "#/webhooks",
        "#/faults",
        "#/state/tags/1",
        "#/state/subscribers/1",
    ] {
        kit.open(place);
        browser.until_text("main", "onerror");
        assert_eq!(browser.find_all("main img, main script").len(), 0, "{place}");
    }
    kit.open("#/events");
    browser.until_text("main", "Make it happen");
    kit.open(&format!("#/{MARKUP}/{MARKUP}?q={MARKUP}"));
    browser.until_text("#connection", "Connected");
    assert_ne!(browser.run("return document.title", &json!([])), "harm");
    // Had it been markup, the policy would have kept it from running.
    let policy = browser.run(
        "const script = document.createElement('script'); script.textContent = 'document.title = \"harm\"';
        document.body.append(script); return document.title",
        &json!([]),
    );
    assert_ne!(policy, Value::from("harm"));
    let complaints = browser.complaints();
    assert!(
        complaints.len() == 1 && complaints[0].contains("Content Security Policy"),
        "{complaints:#?}"
    );
}
