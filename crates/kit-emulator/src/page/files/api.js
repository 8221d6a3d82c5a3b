// The control requests of the local Kit: the page does nothing that they cannot.

import { curl } from "./text.js";

/** Nobody answers. */
export class Gone extends Error {}

/** The account that is looked at; null is the first. */
let account = null;

export const currentAccount = () => account;

export function setAccount(id) {
  account = id;
}

/** Control requests that are about one account. */
const OF_ACCOUNT = /^(changes|events|deliveries|state\/)/;

/** Where a control request goes. */
function urlOf(path, parameters = {}) {
  const url = new URL(`/_kit/${path}`, location.origin);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (account !== null && OF_ACCOUNT.test(path)) url.searchParams.set("account", account);
  return url;
}

/** How long an answer may take, in milliseconds: longer than a change is waited for. */
const PATIENCE = 30_000;

async function ask(method, url, body, patience = PATIENCE) {
  let response;
  try {
    const signal = AbortSignal.timeout(patience);
    response = await fetch(url, { method, body, signal, cache: "no-store", credentials: "omit" });
  } catch {
    throw new Gone("The local Kit does not answer.");
  }
  let text;
  try {
    text = await response.text();
  } catch {
    throw new Gone("The local Kit has stopped in the middle of an answer.");
  }
  let json = null;
  try {
    json = text === "" ? null : JSON.parse(text);
  } catch {
    throw new Gone("Something else than a local Kit answers here.");
  }
  if (!response.ok) {
    const error = new Error(json?.errors?.join(" ") ?? `HTTP ${response.status}`);
    error.status = response.status;
    throw error;
  }
  return json;
}

export const get = (path, parameters) => ask("GET", urlOf(path, parameters));

/** A clock waits for receivers, who may take their time. */
const PATIENCE_OF_CHANGE = 600_000;

export function send(method, path, body, parameters) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return ask(method, urlOf(path, parameters), text, PATIENCE_OF_CHANGE);
}

/** The same as a line of curl. */
export function line(method, path, body, parameters) {
  return curl(method, urlOf(path, parameters).href, body === undefined ? undefined : JSON.stringify(body));
}

/** A list of the local Kit, kept up page by page. What was asked for before it was cleared is not taken any more. */
export class Feed {
  constructor(name) {
    Object.assign(this, { name, cursor: 0, generation: null, epoch: 0 });
  }

  clear() {
    this.cursor = 0;
    this.generation = null;
    this.epoch++;
  }

  /** Hands over all that has changed: rows, and the answer that they are of. `forget` is called where all of it is gone. */
  async update(take, forget) {
    const limit = 1000;
    for (;;) {
      const { epoch } = this;
      const page = await get(this.name, { since: this.cursor, limit, brief: true });
      if (epoch !== this.epoch) return;
      if (this.generation !== null && page.generation !== this.generation) {
        this.clear();
        forget();
        continue;
      }
      this.generation = page.generation;
      this.cursor = page.cursor;
      take(page[this.name], page);
      if (page[this.name].length < limit) return;
    }
  }
}
