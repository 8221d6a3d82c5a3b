// What is posted to webhooks and webhook endpoints.

import { changes, get, line, send } from "./api.js";
import { button, copyable, facts, h, notice, problem } from "./dom.js";
import { Log } from "./list.js";
import { Panes } from "./panes.js";
import { bodyOf, kindOf } from "./requests.js";
import { count, duration, numberOf, wait } from "./text.js";

const KINDS = { delivered: "good", failed: "bad", retrying: "other", pending: "none" };

export function targetOf(delivery) {
  if (delivery.webhook_endpoint_id !== null) return `endpoint ${delivery.webhook_endpoint_id}`;
  return delivery.webhook_id === null ? "callback" : `webhook ${delivery.webhook_id}`;
}

export class Deliveries {
  title = "Deliveries";

  constructor(go, clock) {
    this.go = go;
    this.clock = clock;
    this.cursor = 0;
    this.log = new Log({
      label: "Deliveries",
      key: (delivery) => delivery.id,
      text: (delivery) => `${delivery.event_type} ${delivery.url} ${delivery.status} ${targetOf(delivery)} ${delivery.id}`,
      draw: (delivery) => [
        h("span", { class: `status ${KINDS[delivery.status] ?? "none"}` }, delivery.status),
        h("span", { class: "target" }, delivery.event_type),
        h("span", { class: "target" }, delivery.url ?? "a URL that is gone"),
        h("span", { class: "time" }, this.next(delivery) ?? count(delivery.attempts_made, "attempt", "attempts")),
      ],
      onSelect: (id) => go(["deliveries", String(id)]),
      onFilter: (text) => go(["deliveries", ...this.opened()], text),
    });
    this.panes = new Panes(this.log, "Delivery", () => go(["deliveries"]));
    this.element = this.panes.element;
    this.due = h("span", {});
  }

  opened() {
    return this.id === null ? [] : [String(this.id)];
  }

  /** `again in 30 s` */
  next(delivery) {
    if (delivery.due === null) return null;
    const seconds = delivery.due - this.clock.now();
    const first = delivery.attempts_made === 0;
    if (seconds <= 0) return "now";
    return `${first ? "in" : "again in"} ${wait(seconds)}`;
  }

  open([id], filter) {
    this.id = numberOf(id);
    this.log.filter.value = filter;
    this.log.show();
    this.log.list.mark(this.id);
    this.panes.isOpen(this.id !== null);
    return this.detail();
  }

  restart() {
    this.cursor = 0;
    this.log.clear();
    this.shown = undefined;
  }

  async update() {
    this.cursor = await changes("deliveries", "deliveries", this.cursor, (rows, first) => {
      // When it is due does not change with the time that passes.
      const timed = rows.map((row) => ({ ...row, due: this.dueOf(row) }));
      this.log.take(timed, first);
      this.log.show();
    });
    await this.detail();
  }

  dueOf(delivery) {
    return delivery.next_attempt_in_seconds === null ? null : this.clock.now() + delivery.next_attempt_in_seconds;
  }

  /** Time passes. */
  tick() {
    this.log.list.redraw();
    const delivery = this.log.get(this.id);
    if (delivery !== undefined) this.due.textContent = this.next(delivery) ?? "none";
  }

  keys(key) {
    return this.panes.keys(key);
  }

  async detail() {
    const row = this.log.get(this.id);
    const shown = `${this.id} ${row?.status} ${row?.attempts_made} ${row?.due}`;
    if (shown === this.shown) return;
    this.shown = shown;
    if (this.id === null) {
      this.panes.show(h("p", { class: "hint" }, "Select a delivery to see its attempts and its body."));
      return;
    }
    try {
      const delivery = await get(`deliveries/${this.id}`);
      if (delivery.id === this.id) this.panes.show(this.view({ ...delivery, due: this.dueOf(delivery) }));
    } catch (error) {
      if (error.status !== 404) throw error;
      this.panes.show(h("p", { class: "hint" },
        `There is no delivery ${this.id}: it was forgotten, or was made by a local Kit that has ended.`));
    }
  }

  view(delivery) {
    const path = `deliveries/${delivery.id}/deliver`;
    const now = button("Deliver now", async () => {
      try {
        await send("POST", path);
        notice(`Delivery ${delivery.id} is posted now.`);
      } catch (error) {
        problem(error);
      }
    });
    this.due.textContent = this.next(delivery) ?? "none";
    return [
      h("h2", { tabindex: -1 }, `Delivery ${delivery.id}: ${delivery.event_type}`),
      facts([
        ["Status", delivery.status],
        ["To", `${targetOf(delivery)}: ${delivery.url ?? "its URL is gone"}`],
        ["Next attempt", this.due],
        ["Made", delivery.created_at],
        ["Over", delivery.completed_at],
        ["Events", delivery.event_ids.join(", ") || null],
      ]),
      h("div", { class: "bar" }, now),
      copyable(line("POST", path)),
      h("h3", {}, "Attempts"),
      delivery.attempts.length === 0 ? h("p", { class: "hint" }, "None yet.") : attempts(delivery.attempts),
      h("h3", {}, "Body"),
      bodyOf(delivery.body, "Delivery"),
    ];
  }
}

function attempts(list) {
  return h("ol", { class: "attempts" }, list.map((attempt) => h("li", {},
    h("p", {},
      h("span", { class: `status ${kindOf(attempt.status)}` }, String(attempt.status ?? "none")),
      ` ${attempt.at}, ${duration(attempt.duration_ms)} `,
      attempt.fault === null ? null : h("span", { class: "fault" }, attempt.fault)),
    facts([
      ["Failure", attempt.error],
      ["Answer", attempt.response_body === "" ? null : attempt.response_body],
      ["X-Kit-Signature", attempt.signature === null ? null : h("code", {}, attempt.signature)],
    ]))));
}
