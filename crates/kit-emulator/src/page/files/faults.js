// Faults: the rules that are set, and a form for another.

import { get, line, send } from "./api.js";
import { button, choice, copyable, field, fill, h, notice, problem, refill } from "./dom.js";
import { count } from "./text.js";

const DELIVERY_FAULTS = ["duplicated", "delayed", "reordered", "forged", "stale", "truncated", "dropped", "unanswered"];

export class Faults {
  title = "Faults";

  constructor() {
    const changed = { oninput: () => this.preview() };
    const number = (min, max) => h("input", { type: "number", min, max, step: "any", ...changed });
    this.of = choice([["requests", "requests"], ["deliveries", "deliveries"]], { onchange: () => this.preview() });
    this.fields = {
      method: choice([["", "any"], "GET", "POST", "PUT", "PATCH", "DELETE"], changed),
      path: h("input", { type: "text", placeholder: "/v4/tags*", ...changed }),
      contains: h("input", { type: "text", ...changed }),
      fault: choice([["status", "a status"], ["delay_ms", "a delay"], ["close", "a closed connection"],
        ["garbage", "a body that is no JSON"], ["truncate", "half of the body"]], changed),
      status: h("input", { type: "number", min: 200, max: 999, value: 503, ...changed }),
      retry_after: number(0),
      body: h("input", { type: "text", ...changed }),
      delay_ms: h("input", { type: "number", min: 0, value: 1000, ...changed }),
      after_applying: h("input", { type: "checkbox", ...changed }),
      delivery: choice(DELIVERY_FAULTS, changed),
      event_type: h("input", { type: "text", placeholder: "subscriber.tag_added", ...changed }),
      times: number(1),
      percent: number(0, 100),
    };
    const labels = {
      method: "Method", path: "Path (* at the end stands for any rest)", contains: "Text in the body", fault: "Fault",
      status: "Status", retry_after: "Retry-After, in seconds", body: "Body", delay_ms: "Delay, in milliseconds",
      after_applying: "After the request is applied", delivery: "Fault", event_type: "Type of event",
      times: "How often (empty: for ever)", percent: "Percent (empty: each one)",
    };
    this.shown = Object.fromEntries(Object.entries(labels).map(([name, label]) => [name, field(label, this.fields[name])]));
    this.hint = h("p", { class: "problem", role: "status" });
    this.line = h("div", {});
    this.rules = h("div", {});
    this.element = h("div", { class: "page" },
      h("h2", {}, "Faults that are set"), this.rules,
      h("h2", {}, "Add a fault"),
      h("form", { onsubmit: (event) => { event.preventDefault(); this.send(); } },
        field("Of", this.of), Object.values(this.shown), this.hint,
        h("div", { class: "bar" }, h("button", { type: "submit" }, "Add")), this.line));
    this.preview();
  }

  restart() {}

  open() {
    return this.update();
  }

  async update() {
    const { rules, program_has_set_others } = await get("faults");
    const key = JSON.stringify([rules, program_has_set_others]);
    if (key === this.known) return;
    this.known = key;
    refill(this.rules,
      program_has_set_others ? h("p", {}, "The program that holds this local Kit has set faults of its own.") : null,
      rules.length === 0 ? h("p", { class: "hint" }, "None.") : this.table(rules));
  }

  table(rules) {
    const row = ({ id, rule, hits, left, is_used_up }) => h("tr", { class: is_used_up ? "used-up" : null },
      h("td", {}, h("code", {}, JSON.stringify(rule))),
      h("td", { class: "short" }, count(hits, "time", "times")),
      h("td", { class: "short" }, is_used_up ? "used up" : left === null ? "for ever" : `${left} left`),
      h("td", {}, button("Remove", () => this.act("DELETE", `faults/${id}`), { "aria-label": `Remove the fault ${id}` })));
    return [
      h("table", {},
        h("caption", {}, "The first rule that is not used up counts"),
        h("thead", {}, h("tr", {}, ["Rule", "Has hit", "Left", "Action"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, rules.map(row))),
      h("div", { class: "bar" }, button("Remove all", () => this.act("DELETE", "faults"))),
      copyable(line("DELETE", "faults")),
    ];
  }

  async act(method, path) {
    try {
      await send(method, path);
      await this.update();
    } catch (error) {
      problem(error);
    }
  }

  /** The rule of the form. */
  rule() {
    const { fields } = this;
    const rule = {};
    const text = (name) => { if (fields[name].value.trim() !== "") rule[name] = fields[name].value.trim(); };
    const number = (name) => { if (fields[name].value !== "") rule[name] = Number(fields[name].value); };
    if (this.of.value === "deliveries") {
      rule.delivery = fields.delivery.value;
      text("event_type");
      if (rule.delivery === "delayed") number("delay_ms");
    } else {
      ["method", "path", "contains"].forEach(text);
      const fault = fields.fault.value;
      if (fault === "status") {
        ["status", "retry_after"].forEach(number);
        if (fields.body.value !== "") rule.body = json(fields.body.value);
      } else if (fault === "delay_ms") {
        number("delay_ms");
      } else {
        rule[fault] = true;
      }
      if (fields.after_applying.checked) rule.after_applying = true;
    }
    ["times", "percent"].forEach(number);
    return rule;
  }

  preview() {
    const [isOfRequests, fault] = [this.of.value === "requests", this.fields.fault.value];
    const hidden = {
      method: !isOfRequests, path: !isOfRequests, contains: !isOfRequests, fault: !isOfRequests, after_applying: !isOfRequests,
      status: !isOfRequests || fault !== "status", retry_after: !isOfRequests || fault !== "status",
      body: !isOfRequests || fault !== "status",
      delay_ms: isOfRequests ? fault !== "delay_ms" : this.fields.delivery.value !== "delayed",
      delivery: isOfRequests, event_type: isOfRequests,
    };
    for (const [name, element] of Object.entries(this.shown)) element.hidden = hidden[name] ?? false;
    this.hint.textContent = "";
    fill(this.line, copyable(line("POST", "faults", [this.rule()], { add: true })));
  }

  async send() {
    try {
      await send("POST", "faults", [this.rule()], { add: true });
      notice("The fault is set.");
      await this.update();
    } catch (error) {
      this.hint.textContent = error.message;
    }
  }
}

/** JSON, if it is some. */
function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
