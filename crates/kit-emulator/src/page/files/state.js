// All resources that the local Kit holds.

import { get } from "./api.js";
import { button, facts, fill, h } from "./dom.js";
import { List } from "./list.js";
import { count, numberOf } from "./text.js";

/** How many rows are asked for at once. */
const PAGE = 1000;

export class State {
  title = "State";

  constructor(go) {
    this.go = go;
    this.resource = null;
    this.rows = [];
    this.wanted = PAGE;
    this.names = h("ul", { class: "names" });
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
  }

  restart() {
    this.rows = [];
  }

  open([resource, id]) {
    if (resource === undefined) return this.go(["state", "subscribers"]);
    if (resource !== this.resource) {
      this.resource = resource;
      [this.rows, this.wanted] = [[], PAGE];
      this.list.element.scrollTop = 0;
    }
    this.id = numberOf(id);
    this.element.classList.toggle("open", this.id !== null);
    return this.load();
  }

  update(summary) {
    const { resource } = this;
    if (resource === null) return undefined;
    fill(this.names, Object.entries(summary.state).map(([name, number]) => h("li", {},
      h("a", { href: `#/state/${name}`, "aria-current": name === resource ? "page" : null },
        `${name} `, h("span", { class: "count" }, number.toLocaleString("en"))))));
    return this.load();
  }

  async load() {
    for (const link of this.names.querySelectorAll("a")) {
      const isCurrent = link.getAttribute("href") === `#/state/${this.resource}`;
      if (isCurrent) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const { resource, wanted } = this;
    const rows = [];
    let total = 0;
    try {
      while (rows.length < wanted) {
        const page = await get(`state/${resource}`, { after: rows.at(-1)?.id ?? 0, limit: PAGE });
        rows.push(...page.rows);
        total = page.total;
        if (page.rows.length < PAGE) break;
      }
    } catch (error) {
      if (error.status !== 404) throw error;
      fill(this.detail, h("p", { class: "hint" }, `There is no resource ${resource}.`));
      return;
    }
    if (resource !== this.resource) return;
    const shown = JSON.stringify([resource, rows, total, this.id]);
    if (shown === this.shown) return;
    [this.shown, this.rows] = [shown, rows];
    this.count.textContent = count(total, "row", "rows");
    this.more.hidden = rows.length >= total;
    this.list.show(rows);
    this.list.mark(this.id);
    this.show();
  }

  show() {
    const row = this.rows.find((found) => found.id === this.id);
    if (row === undefined) {
      const text = this.id === null ? "Select a row to see all of it." : `There is no row ${this.id} among these.`;
      fill(this.detail, h("p", { class: "hint" }, text));
      return;
    }
    const value = (field) => typeof field === "string" ? field : h("code", {}, JSON.stringify(field));
    fill(this.detail, h("h2", { tabindex: -1 }, `${this.resource} ${row.id}`),
      facts(Object.entries(row).map(([name, field]) => [name, field === null ? "null" : value(field)])));
  }

  keys(key) {
    switch (key) {
      case "j": this.list.move(1); return true;
      case "k": this.list.move(-1); return true;
      case "Enter": this.detail.querySelector("h2")?.focus(); return true;
      case "Escape": this.go(["state", this.resource]); this.list.element.focus(); return true;
      default: return false;
    }
  }
}

function nameOf(row) {
  const name = row.email_address ?? row.name ?? row.subject ?? row.title ?? row.label ?? row.url ?? row.target_url ?? row.transaction_id;
  return typeof name === "string" ? name : "";
}
