// Deliveries: posts to webhooks and webhook endpoints.

import { Feed, get, line, send } from "./api.js";
import { button, copyable, facts, h, notice, problem, setText } from "./dom.js";
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
    this.feed = new Feed("deliveries", "deliveries");
    this.log = new Log({
      label: "Deliveries",
      key: (delivery) => delivery.id,
      text: (delivery) => `${delivery.event_type} ${delivery.url} ${delivery.status} (${targetOf(delivery)}) ${delivery.id}`,
      draw: (delivery) => [
        h("span", { class: `status ${KINDS[delivery.status] ?? "none"}` }, delivery.status),
        h("span", { class: "target" }, delivery.event_type),
        h("span", { class: "whom" }, targetOf(delivery)),
        h("span", { class: "time due" }, this.progress(delivery)),
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

  /** How far it has come. */
  progress(delivery) {
    return this.next(delivery) ?? count(delivery.attempts_made, "attempt", "attempts");
  }

  /** `again in 30 s` */
  next(delivery) {
    if (delivery.is_under_way) return "under way";
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
    // Without one, the place in the list stays.
    if (this.id !== null) this.log.list.mark(this.id);
    this.panes.isOpen(this.id !== null);
    return this.detail();
  }

  restart() {
    this.feed.clear();
    this.log.clear();
    this.log.show();
    this.shown = undefined;
  }

  async update() {
    await this.feed.update((rows, first) => {
      // The time at which it is due does not change with the time that passes.
      const timed = rows.map((row) => ({ ...row, due: this.dueOf(row) }));
      this.log.take(timed, first);
      this.log.show();
    }, () => this.log.clear());
    await this.detail();
  }

  dueOf(delivery) {
    return delivery.next_attempt_in_seconds === null ? null : this.clock.now() + delivery.next_attempt_in_seconds;
  }

  /** Time passes. */
  tick() {
    // The cells stay the same elements, or a click that has begun on them would be lost.
    this.log.list.each((row, item) => setText(row.querySelector(".due"), this.progress(item)));
    const delivery = this.log.get(this.id);
    if (delivery !== undefined) setText(this.due, this.next(delivery) ?? "none");
  }

  keys(key) {
    return this.panes.keys(key);
  }

  async detail() {
    const row = this.log.get(this.id);
    const shown = `${this.id} ${row?.status} ${row?.attempts_made} ${row?.due} ${row?.is_under_way}`;
    if (shown === this.shown) return;
    this.shown = shown;
    if (this.id === null) {
      this.panes.show(h("p", { class: "hint" }, "Select a delivery to see its attempts and its body."));
      return;
    }
    const { epoch } = this.feed;
    try {
      const delivery = await get(`deliveries/${this.id}`);
      if (delivery.id === this.id && epoch === this.feed.epoch) this.panes.show(this.view({ ...delivery, due: this.dueOf(delivery) }));
    } catch (error) {
      if (error.status !== 404 || epoch !== this.feed.epoch) throw error;
      this.panes.show(h("p", { class: "hint" },
        `There is no delivery ${this.id}: it was forgotten, or was made by a local Kit that has ended.`));
    }
  }

  view(delivery) {
    const path = `deliveries/${delivery.id}/deliver`;
    const now = button("Deliver now", async () => {
      try {
        await send("POST", path);
        notice(`Delivery ${delivery.id} is due now.`);
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
