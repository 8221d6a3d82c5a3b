// A form that makes events happen.

import { get, line, send } from "./api.js";
import { choice, copyable, field, fill, h, notice } from "./dom.js";
import { go } from "./places.js";
import { count } from "./text.js";

/** The number of subscribers that are suggested. */
const MOST = 500;

export class Events {
  title = "Events";

  constructor() {
    this.types = new Map();
    this.type = h("select", { onchange: () => this.chosen() });
    this.count = h("input", { type: "number", min: 1, max: 100000, value: 1, required: true, oninput: () => this.edited() });
    this.source = choice([
      ["made-up", "made up"],
      ["subscriber", "of a subscriber that is there"],
      ["own", "as written here"],
    ], { onchange: () => this.chosen() });
    this.known = h("datalist", { id: "subscribers" });
    this.subscriber = h("input", { type: "number", min: 1, list: "subscribers", oninput: () => this.edited() });
    this.data = h("textarea", { rows: 12, spellcheck: "false", oninput: () => this.edited() });
    this.subscriberField = field("Subscriber, by id", this.subscriber);
    this.subscriberField.append(this.known);
    this.dataField = field("Data (JSON)", this.data);
    this.hint = h("p", { class: "problem", role: "status" });
    this.result = h("p", { role: "status" });
    this.line = h("div", {});
    this.submit = h("button", { type: "submit" }, "Make it happen");
    this.element = h("div", { class: "page" },
      h("h2", {}, "Make an event happen"),
      h("form", { onsubmit: (event) => { event.preventDefault(); this.send(); } },
        field("Type", this.type),
        field("How many", this.count),
        field("Data", this.source),
        this.subscriberField, this.dataField, this.hint,
        h("div", { class: "bar" }, this.submit), this.result, this.line));
    this.chosen();
  }

  restart() {
    this.seen = null;
  }

  open() {
    return this.load();
  }

  /** The types are the same for all accounts. */
  async load() {
    if (this.types.size === 0) {
      const { types } = await get("events");
      this.types = new Map(types.map((type) => [type.type, type]));
      const group = (label, of) => h("optgroup", { label },
        types.filter((type) => type.of === of).map((type) => h("option", {}, type.type)));
      fill(this.type, group("Webhook endpoints", "webhook_endpoints"), group("Webhooks", "webhooks"));
      this.chosen();
    }
  }

  async update(summary) {
    await this.load();
    // Nobody has come or gone.
    const seen = `${summary.instance} ${summary.account} ${summary.state_revision}`;
    if (seen === this.seen) return;
    await this.people();
    this.seen = seen;
  }

  /** Suggests subscribers that are there. */
  async people() {
    const { rows } = await get("state/subscribers", { limit: MOST });
    fill(this.known, rows.map((row) => h("option", { value: row.id }, row.email_address)));
    if (this.subscriber.value === "" && rows.length > 0) this.subscriber.value = rows[0].id;
    this.preview();
  }

  chosen() {
    this.subscriberField.hidden = this.source.value !== "subscriber";
    this.dataField.hidden = this.source.value !== "own";
    const sample = this.types.get(this.type.value)?.data;
    const isUntouched = this.data.value === "" || this.data.value === this.sample;
    if (sample !== undefined && isUntouched) {
      this.sample = JSON.stringify(sample, null, 2);
      this.data.value = this.sample;
    }
    this.edited();
  }

  /** Whatever was said of the form before is of another one. */
  edited() {
    this.result.textContent = "";
    this.preview();
  }

  /** The body of the request, or what is wrong with the form. */
  body() {
    const number = Number(this.count.value);
    if (!Number.isInteger(number) || number < 1 || number > 100000) return { wrong: "How many: a number from 1 to 100,000." };
    const body = { type: this.type.value, count: number };
    const sample = this.types.get(body.type)?.data;
    if (this.source.value === "subscriber") {
      if (sample?.subscriber === undefined) return { wrong: `Data: ${body.type} is of no subscriber.` };
      if (this.subscriber.value === "") return { wrong: "Subscriber: its id is missing." };
      return { body: { ...body, subscriber_id: Number(this.subscriber.value) } };
    }
    if (this.source.value === "made-up") return { body };
    let data;
    try {
      data = JSON.parse(this.data.value);
    } catch (error) {
      return { wrong: `Data: no JSON: ${error.message}` };
    }
    if (data === null || typeof data !== "object" || Array.isArray(data)) return { wrong: "Data: no JSON object." };
    const missing = Object.keys(sample ?? {}).filter((key) => !(key in data));
    const lacks = missing.length === 0 ? null : `Data: Kit's have ${missing.join(", ")}, too.`;
    return { body: { ...body, data }, lacks };
  }

  preview() {
    const { body, wrong, lacks } = this.body();
    this.hint.textContent = wrong ?? lacks ?? "";
    this.submit.disabled = wrong !== undefined;
    fill(this.line, body === undefined ? null : copyable(line("POST", "events", body)));
  }

  async send() {
    const { body, wrong } = this.body();
    if (wrong !== undefined) return;
    try {
      const { told, deliveries } = await send("POST", "events", body);
      if (told === 0) {
        this.result.textContent = `Nobody was told: no active webhook or endpoint is told of ${body.type}.`;
        return;
      }
      this.result.textContent = `${count(told, "delivery", "deliveries")} made.`;
      notice(`${count(told, "delivery was", "deliveries were")} made for ${body.type}.`);
      go(["deliveries", String(deliveries[0])]);
    } catch (error) {
      this.result.textContent = error.message;
    }
  }
}
