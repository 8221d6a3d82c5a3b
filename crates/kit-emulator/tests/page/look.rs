//! The page for every eye, and for none: contrast, labels, keys, small windows.

use serde_json::{Value, json};

use crate::kit::Kit;

/// What cannot be read well: texts with a contrast below 4.5 (WCAG 2.2, 1.4.3).
const CONTRAST: &str = "
const parts = (color) => {
    const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
    return {r, g, b, a};
};
const light = ({r, g, b}) => {
    const [R, G, B] = [r, g, b].map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
};
const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
        const back = parts(getComputedStyle(at).backgroundColor);
        if (back.a === 1) return back;
    }
    return {r: 255, g: 255, b: 255, a: 1};
};
const bad = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !element.checkVisibility() || element.closest('noscript, option') !== null) continue;
    const [one, other] = [light(parts(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) bad.push(`${ratio.toFixed(2)}: ${node.data}`);
}
return bad";

const VIEWS: [&str; 9] = [
    "#/requests/1",
    "#/requests/2",
    "#/deliveries/1",
    "#/webhooks",
    "#/events",
    "#/faults",
    "#/state",
    "#/state/tags/1",
    "#/access",
];

/// A local Kit of which every view has something to show.
fn filled() -> Option<Kit> {
    let kit = Kit::start()?;
    kit.add_endpoint(&["tag.created"]);
    kit.send("POST", "/v4/tags", &json!({"name": "VIP"}));
    kit.send("POST", "/v4/subscribers", &json!({"email_address": "a@example.com"}));
    kit.send("GET", "/v4/tags/9/subscribers", &Value::Null);
    kit.emulator.settle();
    // Nothing is tried again while somebody looks.
    kit.emulator.set_clock_speed(0);
    let rules =
        json!([{"path": "/v4/x", "status": 500, "times": 0}, {"delivery": "forged", "percent": 5}]);
    kit.send("POST", "/_kit/faults", &rules);
    Some(kit)
}

/// Goes to a view, and waits until all of it is there.
fn go(kit: &Kit, place: &str) {
    kit.open(place);
    kit.browser.until("document.querySelector('main').innerText.length > 20");
    if place.ends_with("/1") || place.ends_with("/2") {
        kit.browser.until("document.querySelector('.detail h2') !== null");
    }
}

#[test]
fn everything_can_be_read_in_the_light_and_in_the_dark() {
    let Some(kit) = filled() else { return };
    for scheme in ["light", "dark"] {
        let feature = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        kit.browser.devtools("Emulation.setEmulatedMedia", &json!({ "features": feature }));
        for place in VIEWS {
            go(&kit, place);
            let bad = kit.browser.run(CONTRAST, &json!([]));
            assert_eq!(bad, json!([]), "{scheme} {place}");
        }
        kit.browser.press("?");
        assert_eq!(kit.browser.run(CONTRAST, &json!([])), json!([]), "{scheme}: keys");
        kit.browser.click(&kit.browser.find("#help button"));
    }
    let back =
        kit.browser.run("return getComputedStyle(document.body).backgroundColor", &json!([]));
    assert_ne!(back, "rgb(255, 255, 255)", "it is dark in the dark");
    kit.is_clean();
}

#[test]
fn everything_has_a_name_that_can_be_said() {
    let Some(kit) = filled() else { return };
    for place in VIEWS {
        go(&kit, place);
        let browser = &kit.browser;
        let controls = "button, input, select, textarea, a, [role=listbox], [role=option], nav, main section, dialog[open]";
        // The details of a row may be drawn once more when its list is there: then all are looked at again.
        let have_names = || {
            for element in browser.find_all_shown(controls) {
                let Some(name) = browser.name_of(&element) else { return false };
                assert!(!name.trim().is_empty(), "{place}: {}", browser.markup_of(&element));
            }
            true
        };
        assert!((0..10).any(|_| have_names()), "{place}: it is drawn again and again");
        let ids = browser.run(
            "const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
            return ids.length - new Set(ids).size",
            &json!([]),
        );
        assert_eq!(ids, 0, "{place}: an id is there twice");
    }
    // A list says which of its rows is meant.
    go(&kit, "#/requests/1");
    let active = kit.browser.run(
        "const list = document.querySelector('[role=listbox]');
        return document.getElementById(list.getAttribute('aria-activedescendant')).getAttribute('aria-selected')",
        &json!([]),
    );
    assert_eq!(active, "true");
    kit.is_clean();
}

#[test]
fn a_window_of_320_pixels_shows_all_of_it() {
    let Some(kit) = filled() else { return };
    let size = json!({"width": 320, "height": 600, "deviceScaleFactor": 1, "mobile": true});
    kit.browser.devtools("Emulation.setDeviceMetricsOverride", &size);
    for place in VIEWS {
        go(&kit, place);
        let width = kit.browser.run("return document.documentElement.scrollWidth", &json!([]));
        assert!(width.as_u64().unwrap() <= 320, "{place}: {width}");
        let wide = kit.browser.run(
            "return [...document.querySelectorAll('body *')]
                .filter((element) => element.checkVisibility() && element.id !== 'skip'
                    && element.getBoundingClientRect().right > 321 && element.closest('.row') === null)
                .map((element) => element.outerHTML.slice(0, 80))",
            &json!([]),
        );
        assert_eq!(wide, json!([]), "{place}");
    }
    // The list gives way to the details, and comes back.
    go(&kit, "#/requests/1");
    assert!(!kit.browser.is_shown(&kit.browser.find(".list")));
    kit.browser.click(&kit.browser.button("Close"));
    kit.browser.until("document.querySelector('.list').checkVisibility()");
    kit.is_clean();
}
