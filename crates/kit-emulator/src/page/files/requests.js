// The requests that came, and their replies.

import { button, copyable, facts, fill, h } from "./dom.js";
import { LogView } from "./log_view.js";
import { curl, duration, indented, timeOfDay } from "./text.js";

const statusOf = (request) => request.status ?? (request.error === null ? "…" : "none");

/** How a status is colored. */
export function kindOf(status) {
  if (typeof status !== "number") return "none";
  if (status < 300) return "good";
  return status < 400 ? "other" : "bad";
}

const targetOf = (request) => request.query === null ? request.path : `${request.path}?${request.query}`;

export class Requests extends LogView {
  constructor() {
    super({
      title: "Requests", one: "Request", name: "requests", key: "number",
      hints: {
        none: "Select a request to see it and its reply.",
        gone: (number) => `There is no request ${number}: it was forgotten, or came to a local Kit that has ended.`,
      },
    });
  }

  /** The text that is searched. */
  text(request) {
    const fault = request.fault === null ? "" : `fault ${request.fault}`;
    return `${request.method} ${targetOf(request)} ${statusOf(request)} ${fault} ${request.number}`;
  }

  draw(request) {
    return [
      h("span", { class: `status ${kindOf(request.status)}` }, String(statusOf(request))),
      h("span", { class: "method" }, request.method),
      h("span", { class: "target" }, targetOf(request)),
      request.fault === null ? null : h("span", { class: "fault" }, request.fault),
      h("span", { class: "time" }, duration(request.duration_ms)),
      h("span", { class: "time" }, timeOfDay(request.received_ms)),
    ];
  }

  version(request) {
    return `${request.status} ${request.error} ${request.duration_ms}`;
  }

  view(request) {
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

/** The bodies that are in the page, and what shows them. */
const bodies = new Map();

/** A body: indented if it is JSON, and as it came on demand. */
export function bodyOf(body, title) {
  if (body === "") return h("p", { class: "hint" }, "No body.");
  const pretty = indented(body);
  const text = h("pre", { tabindex: 0, "aria-label": `Body of the ${title.toLowerCase()}` }, isRaw ? body : pretty);
  if (pretty === body) return text;
  const raw = button("As it came", () => {
    isRaw = raw.getAttribute("aria-pressed") !== "true";
    for (const [shown, show] of bodies) {
      if (shown.isConnected) show();
      else bodies.delete(shown);
    }
  }, { "aria-pressed": String(isRaw), "aria-label": `As it came: body of the ${title.toLowerCase()}`, class: "copy" });
  bodies.set(text, () => {
    fill(text, isRaw ? body : pretty);
    raw.setAttribute("aria-pressed", String(isRaw));
  });
  return h("div", {}, raw, text);
}
