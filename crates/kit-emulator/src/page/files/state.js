// All resources that the local Kit holds.

import { get } from "./api.js";
import { button, facts, h, refill, setText } from "./dom.js";
import { List } from "./list.js";
import { go } from "./places.js";
import { count, numberOf } from "./text.js";

/** How many rows are asked for at once. */
const PAGE = 1000;

export class State {
  title = "State";

  constructor() {
    this.resource = null;
    this.epoch = 0;
    this.names = h("ul", { class: "names" });
    /** The links to the resources, by their names. */
    this.links = new Map();
    this.list = new List({
      label: "Rows",
      key: (row) => row.id,
      draw: (row) => [h("span", { class: "time" }, String(row.id)), h("span", { class: "target" }, nameOf(row))],
      onSelect: (id) => go(["state", this.resource, String(id)]),
    });
    this.more = button("Load more", () => { this.wanted += PAGE; return this.load(); });
    this.count = h("p", { class: "count" });
    this.detail = h("div", { class: "content" });
    this.element = h("div", { class: "panes state" },
      h("section", { class: "log", "aria-label": "Resources" },
        h("nav", { "aria-label": "Resources" }, this.names),
        h("div", { class: "bar" }, this.count, this.more), this.list.element),
      h("section", { class: "detail", "aria-label": "Row" },
        button("Close", () => go(["state", this.resource]), { class: "close" }), this.detail));
    this.restart();
  }

  restart() {
    this.epoch++;
    this.wanted = PAGE;
    this.seen = null;
    this.rows = [];
    /** Whether there is no such resource. */
    this.isUnknown = false;
  }

  open([resource, id]) {
    if (resource === undefined) return go(["state", "subscribers"], undefined, true);
    const isOther = resource !== this.resource;
    if (isOther) {
      this.resource = resource;
      this.restart();
      this.list.element.scrollTop = 0;
    }
    this.id = numberOf(id);
    this.element.classList.toggle("open", this.id !== null);
    this.mark();
    return isOther ? this.load() : this.detailOf();
  }

  async update(summary) {
    for (const [name, number] of Object.entries(summary.state)) {
      if (!this.links.has(name)) {
        const link = h("a", { href: `#/state/${name}` }, `${name} `, h("span", { class: "count" }));
        this.links.set(name, link);
        this.names.append(h("li", {}, link));
      }
      setText(this.links.get(name).querySelector(".count"), number.toLocaleString("en"));
    }
    this.mark();
    if (this.resource === null) return;
    // Nothing of it has changed.
    const seen = `${summary.instance} ${summary.account} ${summary.state_revision} ${this.resource}`;
    if (seen === this.seen) return;
    await this.load();
    this.seen = seen;
  }

  mark() {
    for (const [name, link] of this.links) {
      if (name === this.resource) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  path() {
    return `state/${encodeURIComponent(this.resource)}`;
  }

  /** Loads as many rows as are wanted. */
  async load() {
    const { wanted, epoch } = this;
    const path = this.path();
    const rows = [];
    let total = 0;
    try {
      while (rows.length < wanted) {
        const after = rows.length === 0 ? {} : { after: rows.at(-1).id };
        const page = await get(path, { ...after, limit: PAGE });
        rows.push(...page.rows);
        total = page.total;
        if (page.rows.length < PAGE) break;
      }
    } catch (error) {
      if (error.status !== 404) throw error;
      this.isUnknown = true;
    }
    // Meanwhile, another was asked for.
    if (epoch !== this.epoch) return;
    this.rows = rows;
    setText(this.count, count(total, "row", "rows"));
    this.more.hidden = rows.length >= total;
    this.list.show(rows);
    await this.detailOf();
  }

  /** Shows the row that is selected, which may be behind those that are loaded. */
  async detailOf() {
    const { id, epoch } = this;
    if (id !== null) this.list.mark(id);
    let row = this.rows.find((found) => found.id === id);
    if (row === undefined && id !== null && !this.isUnknown) {
      const after = id === 0 ? {} : { after: id - 1 };
      const [found] = (await get(this.path(), { ...after, limit: 1 })).rows;
      if (epoch !== this.epoch || id !== this.id) return;
      if (found?.id === id) row = found;
    }
    const shown = JSON.stringify([this.resource, id, row, this.isUnknown]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.show(row);
  }

  show(row) {
    if (row === undefined) {
      const none = this.id === null ? "Select a row to see all of it." : `There is no row ${this.id}.`;
      const text = this.isUnknown ? `There is no resource ${this.resource}.` : none;
      refill(this.detail, h("p", { class: "hint" }, text));
      return;
    }
    const value = (field) => typeof field === "string" ? field : h("code", {}, JSON.stringify(field));
    refill(this.detail, h("h2", { tabindex: -1 }, `${this.resource} ${row.id}`),
      facts(Object.entries(row).map(([name, field]) => [name, field === null ? "null" : value(field)])));
  }

  keys(key) {
    switch (key) {
      case "j": this.list.move(1); return true;
      case "k": this.list.move(-1); return true;
      case "Enter": this.detail.querySelector("h2")?.focus(); return true;
      case "Escape": go(["state", this.resource]); this.list.element.focus(); return true;
      default: return false;
    }
  }
}

function nameOf(row) {
  const name = row.email_address ?? row.name ?? row.subject ?? row.title ?? row.label ?? row.url ?? row.target_url ?? row.transaction_id;
  return typeof name === "string" ? name : "";
}
