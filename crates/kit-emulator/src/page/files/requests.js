// The requests that came, and their replies.

import { Feed, get } from "./api.js";
import { button, copyable, facts, fill, h } from "./dom.js";
import { Log } from "./list.js";
import { Panes } from "./panes.js";
import { curl, duration, indented, numberOf, timeOfDay } from "./text.js";

const statusOf = (request) => request.status ?? (request.error === null ? "…" : "none");

/** How a status is colored. */
export function kindOf(status) {
  if (typeof status !== "number") return "none";
  if (status < 300) return "good";
  return status < 400 ? "other" : "bad";
}

const targetOf = (request) => request.query === null ? request.path : `${request.path}?${request.query}`;

export class Requests {
  title = "Requests";

  constructor(go) {
    this.go = go;
    this.feed = new Feed("requests", "requests");
    this.log = new Log({
      label: "Requests",
      key: (request) => request.number,
      text: (request) => `${request.method} ${targetOf(request)} ${statusOf(request)} ${request.fault === null ? "" : `fault ${request.fault}`} ${request.number}`,
      draw: (request) => [
        h("span", { class: `status ${kindOf(request.status)}` }, String(statusOf(request))),
        h("span", { class: "method" }, request.method),
        h("span", { class: "target" }, targetOf(request)),
        request.fault === null ? null : h("span", { class: "fault" }, request.fault),
        h("span", { class: "time" }, duration(request.duration_ms)),
        h("span", { class: "time" }, timeOfDay(request.received_ms)),
      ],
      onSelect: (number) => go(["requests", String(number)]),
      onFilter: (text) => go(["requests", ...this.opened()], text),
    });
    this.panes = new Panes(this.log, "Request", () => go(["requests"]));
    this.element = this.panes.element;
  }

  opened() {
    return this.number === null ? [] : [String(this.number)];
  }

  /** Shows what a link names: the number of a request, or none. */
  open([number], filter) {
    this.number = numberOf(number);
    this.log.filter.value = filter;
    this.log.show();
    // Without one, the place in the list stays.
    if (this.number !== null) this.log.list.mark(this.number);
    this.panes.isOpen(this.number !== null);
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
      this.log.take(rows, first);
      this.log.show();
    }, () => this.log.clear());
    await this.detail();
  }

  /** Keys, and what they do. */
  keys(key) {
    return this.panes.keys(key);
  }

  async detail() {
    const row = this.log.get(this.number);
    const shown = `${this.number} ${row?.status} ${row?.error} ${row?.duration_ms}`;
    if (shown === this.shown) return;
    this.shown = shown;
    if (this.number === null) {
      this.panes.show(h("p", { class: "hint" }, "Select a request to see it and its reply."));
      return;
    }
    const { epoch } = this.feed;
    try {
      const request = await get(`requests/${this.number}`);
      if (request.number === this.number && epoch === this.feed.epoch) this.panes.show(view(request));
    } catch (error) {
      if (error.status !== 404 || epoch !== this.feed.epoch) throw error;
      this.panes.show(h("p", { class: "hint" },
        `There is no request ${this.number}: it was forgotten, or came to a local Kit that has ended.`));
    }
  }
}

function view(request) {
  const { reply } = request;
  return [
    h("h2", { tabindex: -1 }, `${request.method} ${targetOf(request)}`),
    facts([
      ["Status", reply === null ? request.error ?? "not answered yet" : `${reply.status} ${reply.reason ?? ""}`],
      ["Duration", request.duration_ms === null ? null : duration(request.duration_ms)],
      ["Fault", request.fault],
      ["Received", `${timeOfDay(request.received_ms)} here (${request.received_at})`],
    ]),
    copyable(curlOf(request), "Copy as curl"),
    h("div", { class: "sides" },
      side("Request", request.headers, request.body, request.body_length),
      reply === null
        ? h("section", { "aria-label": "Reply" }, h("h3", {}, "Reply"), h("p", {}, request.error ?? "Not answered yet."))
        : side("Reply", reply.headers, reply.body, reply.body_length, reply.is_cut_off)),
  ];
}

/** Headers that curl sends by itself, or that say how, and not what. */
const HIDDEN = new Set(["host", "accept", "connection", "content-length", "user-agent", "accept-encoding"]);

function curlOf(request) {
  const headers = [];
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === "authorization") headers.push('"Authorization: Bearer $KIT_ACCESS_TOKEN"');
    else if (name === "x-kit-api-key") headers.push('"X-Kit-Api-Key: $KIT_API_KEY"');
    else if (!HIDDEN.has(name)) headers.push(`${name}: ${value}`);
  }
  return curl(request.method, `${location.origin}${targetOf(request)}`, request.body, headers);
}

/** How long a text is as UTF-8. */
const lengthOf = (text) => new TextEncoder().encode(text).length;

export function side(title, headers, body, length, isCutOff = false) {
  const rows = Object.entries(headers).map(([name, value]) =>
    h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value)));
  return h("section", { "aria-label": title }, h("h3", {}, title),
    h("table", { class: "headers" }, h("caption", {}, `Headers of the ${title.toLowerCase()}`), h("tbody", {}, rows)),
    bodyOf(body, title),
    length > lengthOf(body) && body !== "[redacted]"
      ? h("p", { class: "problem" }, `This is the beginning: the body has ${length.toLocaleString("en")} bytes.`) : null,
    isCutOff ? h("p", { class: "problem" }, "More of it was promised, and not sent.") : null);
}

/** Whether bodies are shown as they came: as long as nobody says otherwise. */
let isRaw = false;

/** A body: indented if it is JSON, and as it came on demand. */
export function bodyOf(body, title) {
  if (body === "") return h("p", { class: "hint" }, "No body.");
  const pretty = indented(body);
  const text = h("pre", { tabindex: 0, "aria-label": `Body of the ${title.toLowerCase()}` }, isRaw ? body : pretty);
  if (pretty === body) return text;
  const raw = button("As it came", () => {
    isRaw = !isRaw;
    fill(text, isRaw ? body : pretty);
    raw.setAttribute("aria-pressed", String(isRaw));
  }, { "aria-pressed": String(isRaw), "aria-label": `As it came: body of the ${title.toLowerCase()}`, class: "copy" });
  return h("div", {}, raw, text);
}
