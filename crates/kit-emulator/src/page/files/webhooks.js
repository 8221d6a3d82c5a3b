// Webhooks and endpoints: those who are told of events.

import { get } from "./api.js";
import { copyable, facts, fill, h } from "./dom.js";
import { curl } from "./text.js";

export class Webhooks {
  title = "Webhooks";

  constructor() {
    this.element = h("div", { class: "page" });
  }

  open() {
    return this.update();
  }

  restart() {}

  async update() {
    const [endpoints, webhooks] = await Promise.all([get("state/webhook_endpoints"), get("state/webhooks")]);
    const shown = JSON.stringify([endpoints, webhooks]);
    if (shown === this.shown) return;
    this.shown = shown;
    fill(this.element,
      h("h2", {}, "Webhook endpoints"),
      endpoints.rows.length === 0 ? none("endpoints", NEW_ENDPOINT) : endpoints.rows.map(endpoint),
      h("h2", {}, "Webhooks"),
      webhooks.rows.length === 0 ? none("webhooks", NEW_WEBHOOK) : webhooks.rows.map(webhook));
  }
}

const NEW_ENDPOINT = ["/v4/webhook_endpoints", { url: "http://127.0.0.1:8080/kit", events: ["subscriber.created"] }];
const NEW_WEBHOOK = ["/v4/webhooks",
  { target_url: "http://127.0.0.1:8080/kit", event: { name: "subscriber.subscriber_activate" } }];

function none(what, [path, body]) {
  const headers = ["Content-Type: application/json", '"X-Kit-Api-Key: $KIT_API_KEY"'];
  return [
    h("p", { class: "hint" }, `There are no ${what}. A program makes one like this:`),
    copyable(curl("POST", `${location.origin}${path}`, JSON.stringify(body), headers)),
  ];
}

function endpoint(row) {
  return h("section", { class: "card", "aria-label": `Webhook endpoint ${row.id}` },
    h("h3", {}, `${row.id}: ${row.name}`),
    facts([
      ["URL", row.url],
      ["Status", row.status],
      ["Events", row.events.join(", ")],
      ["Description", row.description],
      ["Secret", h("code", {}, row.secret)],
    ]),
    h("p", {}, h("a", { href: `#/deliveries?q=(endpoint+${row.id})` }, `Deliveries to endpoint ${row.id}`)));
}

function webhook(row) {
  const parameters = Object.entries(row.event).filter(([key, value]) => key !== "name" && value !== null);
  return h("section", { class: "card", "aria-label": `Webhook ${row.id}` },
    h("h3", {}, `${row.id}: ${row.event.name}`),
    facts([["URL", row.target_url], ...parameters.map(([key, value]) => [key, String(value)])]),
    h("p", {}, h("a", { href: `#/deliveries?q=(webhook+${row.id})` }, `Deliveries to webhook ${row.id}`)));
}
