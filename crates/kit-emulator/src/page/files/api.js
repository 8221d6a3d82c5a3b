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

/** Where a control request goes. */
function urlOf(path, parameters = {}) {
  const url = new URL(`/_kit/${path}`, location.origin);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (account !== null) url.searchParams.set("account", account);
  return url;
}

async function ask(method, url, body, signal) {
  let response;
  try {
    response = await fetch(url, { method, body, signal, cache: "no-store", credentials: "omit" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
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

export const get = (path, parameters, signal) => ask("GET", urlOf(path, parameters), undefined, signal);

export function send(method, path, body, parameters) {
  return ask(method, urlOf(path, parameters), body === undefined ? undefined : JSON.stringify(body));
}

/** The same as a line of curl. */
export function line(method, path, body, parameters) {
  return curl(method, urlOf(path, parameters).href, body === undefined ? undefined : JSON.stringify(body));
}

/** Everything that has changed after a cursor, page by page. Returns the new cursor, and the oldest number that is kept. */
export async function changes(path, name, cursor, take) {
  const limit = 1000;
  for (;;) {
    const page = await get(path, { since: cursor, limit, brief: true });
    take(page[name], page.first);
    cursor = page.cursor;
    if (page[name].length < limit) return cursor;
  }
}
