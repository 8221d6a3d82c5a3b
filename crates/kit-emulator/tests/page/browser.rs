//! Chromium, by the `WebDriver` protocol of `chromedriver`.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The key under which the protocol names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long something may take in the page, in milliseconds.
const PATIENCE: u64 = 30_000;

/// A browser with a window. It ends when this is dropped.
pub(crate) struct Browser {
    driver: Child,
    /// It would end if nobody listened.
    _said: BufReader<ChildStdout>,
    agent: ureq::Agent,
    session: String,
    /// Removed at the end.
    profile: TempDir,
}

/// An element of the page.
#[derive(Clone)]
pub(crate) struct Element(String);

impl Browser {
    /// Where Debian has it.
    pub(crate) fn is_installed() -> bool {
        ["/usr/bin/chromium", "/usr/bin/chromedriver"].iter().all(|path| Path::new(path).exists())
    }

    pub(crate) fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let mut driver = Command::new("/usr/bin/chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("ChromeDriver");
        let mut said = BufReader::new(driver.stdout.take().expect("a pipe"));
        let port = loop {
            let mut line = String::new();
            assert!(said.read_line(&mut line).expect("a line") > 0, "ChromeDriver has ended");
            if let Some((_, port)) =
                line.trim().trim_end_matches('.').rsplit_once("successfully on port ")
            {
                break port.to_owned();
            }
        };
        let config = ureq::Agent::config_builder().proxy(None).http_status_as_error(false);
        let mut browser = Self {
            driver,
            _said: said,
            agent: config.build().into(),
            session: format!("http://127.0.0.1:{port}/session"),
            profile,
        };
        let folder = format!("--user-data-dir={}", browser.profile.path().display());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-search-engine-choice-screen",
            "--window-size=1280,800",
            "--lang=en",
            &folder,
        ];
        let options = json!({"binary": "/usr/bin/chromium", "args": arguments});
        let capabilities = json!({"alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "timeouts": {"script": PATIENCE, "pageLoad": PATIENCE},
        }});
        let session = browser.send("POST", "", json!({"capabilities": capabilities}));
        let id = session["sessionId"].as_str().expect("a session");
        browser.session = format!("{}/{id}", browser.session);
        browser
    }

    pub(crate) fn open(&self, url: &str) {
        self.send("POST", "/url", json!({ "url": url }));
    }

    /// Goes back in the history.
    pub(crate) fn back(&self) {
        self.send("POST", "/back", json!({}));
    }

    /// The result of a script: the body of a function.
    pub(crate) fn run(&self, script: &str, arguments: &Value) -> Value {
        self.send("POST", "/execute/sync", json!({"script": script, "args": arguments}))
    }

    /// Waits until an expression is true, and returns its value.
    #[track_caller]
    pub(crate) fn until(&self, expression: &str) -> Value {
        let script = format!(
            "const [patience, done] = arguments; const start = performance.now();
            const look = () => {{
                let value = null;
                try {{ value = {expression}; }} catch (error) {{ value = null; }}
                if (value) done([value]);
                else if (performance.now() - start > patience) done(null);
                else setTimeout(look, 20);
            }};
            look();"
        );
        let arguments = json!({"script": script, "args": [PATIENCE * 2 / 3]});
        let found = self.send("POST", "/execute/async", arguments);
        assert!(!found.is_null(), "never: {expression}\nthe page:\n{}", self.text("body"));
        found[0].clone()
    }

    /// Waits for a text in an element.
    #[track_caller]
    pub(crate) fn until_text(&self, css: &str, text: &str) {
        let (css, text) = (json!(css), json!(text));
        self.until(&format!("document.querySelector({css})?.innerText.includes({text})"));
    }

    /// The text of an element as it is shown.
    pub(crate) fn text(&self, css: &str) -> String {
        let text = self
            .run("return document.querySelector(arguments[0])?.innerText ?? null", &json!([css]));
        text.as_str().unwrap_or_else(|| panic!("there is no {css}")).to_owned()
    }

    pub(crate) fn find(&self, css: &str) -> Element {
        let found = self.send("POST", "/element", json!({"using": "css selector", "value": css}));
        let id = found[ELEMENT].as_str().unwrap_or_else(|| panic!("there is no {css}: {found}"));
        Element(id.to_owned())
    }

    pub(crate) fn find_all(&self, css: &str) -> Vec<Element> {
        let found = self.send("POST", "/elements", json!({"using": "css selector", "value": css}));
        let ids = found.as_array().expect("a list").iter();
        ids.map(|id| Element(id[ELEMENT].as_str().expect("an id").to_owned())).collect()
    }

    /// Those that can be seen.
    pub(crate) fn find_all_shown(&self, css: &str) -> Vec<Element> {
        let script = "return [...document.querySelectorAll(arguments[0])].filter((found) => found.checkVisibility())";
        let found = self.run(script, &json!([css]));
        let ids = found.as_array().expect("a list").iter();
        ids.map(|id| Element(id[ELEMENT].as_str().expect("an id").to_owned())).collect()
    }

    /// The button with this text.
    #[track_caller]
    pub(crate) fn button(&self, text: &str) -> Element {
        let path =
            format!("//button[normalize-space(.)='{text}' and not(ancestor-or-self::*[@hidden])]");
        let found = self.send("POST", "/element", json!({"using": "xpath", "value": path}));
        let id = found[ELEMENT].as_str().unwrap_or_else(|| panic!("no button {text}: {found}"));
        Element(id.to_owned())
    }

    pub(crate) fn click(&self, element: &Element) {
        self.send("POST", &format!("/element/{}/click", element.0), json!({}));
    }

    /// Types into an element.
    pub(crate) fn write(&self, element: &Element, text: &str) {
        self.send("POST", &format!("/element/{}/value", element.0), json!({ "text": text }));
    }

    /// The field with this label.
    #[track_caller]
    pub(crate) fn field(&self, label: &str) -> Element {
        let script = "return [...document.querySelectorAll('label')]
            .find((label) => label.textContent === arguments[0] && label.checkVisibility())?.control ?? null";
        let found = self.run(script, &json!([label]));
        let id = found[ELEMENT].as_str().unwrap_or_else(|| panic!("no field {label}: {found}"));
        Element(id.to_owned())
    }

    /// Chooses an option, or writes in place of what was there.
    pub(crate) fn set(&self, label: &str, value: &str) {
        let script = "const [field, value] = arguments; field.value = value;
            for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {bubbles: true}));
            return field.value";
        let field = self.field(label);
        let set = self.run(script, &json!([{ELEMENT: field.0}, value]));
        assert_eq!(set, value, "{label}");
    }

    /// Presses a key of the keyboard, wherever the focus is.
    pub(crate) fn press(&self, key: &str) {
        let actions = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.send("POST", "/actions", json!({"actions": [keyboard]}));
    }

    /// Presses the pointer on an element for so many milliseconds.
    pub(crate) fn press_on(&self, element: &Element, milliseconds: u64) {
        let actions = json!([
            {"type": "pointerMove", "origin": {ELEMENT: element.0}, "x": 0, "y": 0},
            {"type": "pointerDown", "button": 0},
            {"type": "pause", "duration": milliseconds},
            {"type": "pointerUp", "button": 0},
        ]);
        let pointer = json!({"type": "pointer", "id": "pointer", "actions": actions});
        self.send("POST", "/actions", json!({"actions": [pointer]}));
    }

    /// The name of an element as a screen reader says it; `None` where another one has taken its place.
    pub(crate) fn name_of(&self, element: &Element) -> Option<String> {
        let path = format!("/element/{}/computedlabel", element.0);
        let name = self.ask("GET", &path, Value::Null);
        if name["error"] == "stale element reference" {
            return None;
        }
        assert!(name.get("error").is_none(), "{name}");
        Some(name.as_str().unwrap_or_default().to_owned())
    }

    /// Whether it can be seen.
    pub(crate) fn is_shown(&self, element: &Element) -> bool {
        self.run("return arguments[0].checkVisibility()", &json!([{ELEMENT: element.0}])) == true
    }

    /// The beginning of an element's markup.
    pub(crate) fn markup_of(&self, element: &Element) -> String {
        let script = "return arguments[0].outerHTML.slice(0, 200)";
        self.run(script, &json!([{ELEMENT: element.0}])).to_string()
    }

    /// The handles of all tabs.
    pub(crate) fn tabs(&self) -> Vec<Value> {
        let tabs = self.send("GET", "/window/handles", Value::Null);
        tabs.as_array().expect("a list").clone()
    }

    /// A command of the protocol of the developer tools.
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) {
        let body = json!({"cmd": command, "params": parameters});
        self.send("POST", "/goog/cdp/execute", body);
    }

    /// The picture of the window, as a PNG in base64.
    pub(crate) fn picture(&self) -> String {
        let picture = self.send("GET", "/screenshot", Value::Null);
        picture.as_str().expect("a picture").to_owned()
    }

    /// Opens another tab, and goes there. Returns the handle of the one before.
    pub(crate) fn open_tab(&self, url: &str) -> Value {
        let before = self.send("GET", "/window", Value::Null);
        let tab = self.send("POST", "/window/new", json!({"type": "tab"}));
        self.go_to_tab(&tab["handle"]);
        self.open(url);
        before
    }

    pub(crate) fn go_to_tab(&self, handle: &Value) {
        self.send("POST", "/window", json!({ "handle": handle }));
    }

    /// What the console has complained of since the last look.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.send("POST", "/se/log", json!({"type": "browser"}));
        let entries = log.as_array().expect("a list").iter();
        let bad =
            entries.filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")));
        bad.map(|entry| entry["message"].to_string()).collect()
    }

    /// The URLs that were asked for since the last look.
    pub(crate) fn requested(&self) -> Vec<String> {
        let log = self.send("POST", "/se/log", json!({"type": "performance"}));
        let mut urls = Vec::new();
        for entry in log.as_array().expect("a list") {
            let message: Value =
                serde_json::from_str(entry["message"].as_str().expect("a text")).expect("JSON");
            let message = &message["message"];
            if message["method"] == "Network.requestWillBeSent" {
                urls.push(message["params"]["request"]["url"].as_str().expect("a URL").to_owned());
            }
        }
        urls
    }

    #[track_caller]
    fn send(&self, method: &str, path: &str, body: impl Into<Value>) -> Value {
        let value = self.ask(method, path, body);
        assert!(value.get("error").is_none() || path == "/element", "{path}: {value}");
        value
    }

    /// What is answered, be it an error.
    #[track_caller]
    fn ask(&self, method: &str, path: &str, body: impl Into<Value>) -> Value {
        let url = format!("{}{path}", self.session);
        let answered = match method {
            "GET" => self.agent.get(&url).call(),
            "DELETE" => self.agent.delete(&url).call(),
            _ => {
                self.agent.post(&url).content_type("application/json").send(body.into().to_string())
            }
        };
        let text =
            answered.expect("an answer").body_mut().with_config().limit(1 << 28).read_to_string();
        let mut answer: Value = serde_json::from_str(&text.expect("a text")).expect("JSON");
        answer["value"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Also where the test has failed: the browser would go on without its driver.
        drop(self.agent.delete(&self.session).call());
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
