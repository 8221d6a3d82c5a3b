// Deliveries: posts to webhooks and webhook endpoints.

import { line, send } from "./api.js";
import { button, copyable, facts, h, notice, problem, setText } from "./dom.js";
import { LogView } from "./log_view.js";
import { bodyOf, kindOf } from "./requests.js";
import { count, duration, wait } from "./text.js";

const KINDS = { delivered: "good", failed: "bad", retrying: "other", pending: "none" };

export function targetOf(delivery) {
  if (delivery.webhook_endpoint_id !== null) return `endpoint ${delivery.webhook_endpoint_id}`;
  return delivery.webhook_id === null ? "callback" : `webhook ${delivery.webhook_id}`;
}

export class Deliveries extends LogView {
  constructor(clock) {
    super({
      title: "Deliveries", one: "Delivery", name: "deliveries", key: "id",
      hints: {
        none: "Select a delivery to see its attempts and its body.",
        gone: (id) => `There is no delivery ${id}: it was forgotten, or was made by a local Kit that has ended.`,
      },
    });
    this.clock = clock;
    this.due = h("span", {});
  }

  /** The text that is searched. */
  text(delivery) {
    return `${delivery.event_type} ${delivery.url} ${delivery.status} (${targetOf(delivery)}) ${delivery.id}`;
  }

  draw(delivery) {
    return [
      h("span", { class: `status ${KINDS[delivery.status] ?? "none"}` }, delivery.status),
      h("span", { class: "target" }, delivery.event_type),
      h("span", { class: "whom" }, targetOf(delivery)),
      h("span", { class: "time due" }, this.progress(delivery)),
    ];
  }

  version(delivery) {
    return `${delivery.status} ${delivery.attempts_made} ${delivery.due} ${delivery.is_under_way}`;
  }

  /** The time at which it is due does not change with the time that passes. */
  taken(delivery) {
    const seconds = delivery.next_attempt_in_seconds;
    return { ...delivery, due: seconds === null ? null : this.clock.now() + seconds };
  }

  /** Those that are over are forgotten first. */
  isForgotten(delivery, page) {
    const isOver = delivery.status === "delivered" || delivery.status === "failed";
    return delivery.id < page.first || (isOver && delivery.id <= page.last_forgotten);
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
    if (seconds <= 0) return "now";
    return `${delivery.attempts_made === 0 ? "in" : "again in"} ${wait(seconds)}`;
  }

  /** Time passes. */
  tick() {
    // The cells stay the same elements, or a click that has begun on them would be lost.
    this.log.list.each((row, item) => setText(row.querySelector(".due"), this.progress(item)));
    const delivery = this.log.get(this.selected);
    if (delivery !== undefined) setText(this.due, this.next(delivery) ?? "none");
  }

  view(whole) {
    const delivery = this.taken(whole);
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
