// Elements, made of text alone: nothing that comes from outside is ever read as markup.

/** An element with attributes, listeners (`onclick` and the like) and children: elements or texts; null is nothing. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined) element.append(child);
  }
}

/** Puts children in place of those that are there. */
export function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

/** The same, where somebody may have the focus on one of the children: it goes to the one that says the same. */
export function refill(element, ...children) {
  const nameOf = (child) => `${child.tagName} ${child.getAttribute("aria-label") ?? child.textContent}`;
  const focused = document.activeElement;
  const name = focused !== element && element.contains(focused) ? nameOf(focused) : null;
  fill(element, ...children);
  if (name === null) return;
  const same = [...element.querySelectorAll("a, button, input, select, textarea, h2, pre")].find((child) => nameOf(child) === name);
  (same ?? element.closest("[tabindex]"))?.focus();
}

/** Sets a text, if it is another: screen readers read what changes. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let ids = 0;

/** A field with its label. */
export function field(label, control) {
  control.id ||= `field-${++ids}`;
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control);
}

/** A choice among texts, or pairs of a value and a text. */
export function choice(values, attributes = {}) {
  const option = (value) => {
    const [key, text] = Array.isArray(value) ? value : [value, value];
    return h("option", { value: key }, text);
  };
  return h("select", attributes, values.map(option));
}

export function button(text, onclick, attributes = {}) {
  return h("button", { type: "button", onclick, ...attributes }, text);
}

/** Names and what they stand for. */
export function facts(pairs) {
  const rows = pairs.filter(([, value]) => value !== null && value !== undefined);
  return h("dl", {}, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** Text to be copied, with a button that does. */
export function copyable(text, label = "Copy") {
  const code = h("code", {}, text);
  const copy = button(label, async () => {
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = "Copied";
    } catch {
      // The browser does not allow it: it can be copied by hand.
      getSelection().selectAllChildren(code);
      copy.textContent = "Selected";
    }
    setTimeout(() => { copy.textContent = label; }, 1500);
  }, { class: "copy" });
  return h("div", { class: "copyable" }, code, copy);
}

/** Something that happened, for a few seconds, or until something else happens. */
export function notice(text, ...actions) {
  const shown = h("p", {}, h("span", {}, text), actions);
  fill(document.getElementById("notices"), shown);
  setTimeout(() => shown.remove(), actions.length > 0 ? 30_000 : 8_000);
}

/** What went wrong. */
export function problem(error) {
  fill(document.getElementById("notices"), h("p", { class: "problem" }, error.message ?? String(error)));
}
