// A list of any length, of which only the rows in sight are in the page.

import { fill, h, setText } from "./dom.js";

const HEIGHT = 32;

/** How many rows are kept beyond those in sight, in each direction. */
const SPARE = 10;

let lists = 0;

export class List {
  /** `draw` makes the cells of a row, `key` its key; `onSelect` is told of the key of the row that is selected. */
  constructor({ label, key, draw, onSelect }) {
    Object.assign(this, { key, draw, onSelect });
    this.id = `list-${++lists}`;
    this.items = [];
    this.selected = null;
    /** The rows that are in the page, by their keys. */
    this.drawn = new Map();
    this.rows = h("div", { class: "rows", role: "presentation" });
    this.element = h("div", {
      class: "list", role: "listbox", tabindex: 0, "aria-label": label,
      onscroll: () => this.render(),
      onclick: (event) => this.click(event),
      onkeydown: (event) => this.arrow(event),
    }, this.rows);
    new ResizeObserver(() => this.render()).observe(this.element);
  }

  /** Shows these items, and leaves those in sight where they are. */
  show(items) {
    const top = this.element.scrollTop;
    const first = this.items[Math.floor(top / HEIGHT)];
    this.items = items;
    this.rows.style.height = `${items.length * HEIGHT}px`;
    if (top > 0 && first !== undefined) {
      const index = this.indexOf(this.key(first));
      if (index >= 0) this.element.scrollTop = index * HEIGHT + (top % HEIGHT);
    }
    this.render();
  }

  indexOf(key) {
    return this.items.findIndex((item) => this.key(item) === key);
  }

  /** Selects a row without telling of it. */
  mark(key) {
    this.selected = key;
    const index = key === null ? -1 : this.indexOf(key);
    if (index >= 0) this.reveal(index);
    this.render();
  }

  reveal(index) {
    const [top, height] = [this.element.scrollTop, this.element.clientHeight];
    if (index * HEIGHT < top) this.element.scrollTop = index * HEIGHT;
    else if ((index + 1) * HEIGHT > top + height) this.element.scrollTop = (index + 1) * HEIGHT - height;
  }

  /** Selects the row that is so many further. */
  move(by) {
    if (this.items.length === 0) return;
    const index = this.selected === null ? -1 : this.indexOf(this.selected);
    const next = index < 0 ? (by > 0 ? 0 : this.items.length - 1) : index + by;
    // Where the focus was before, Enter would do something else.
    this.element.focus({ preventScroll: true });
    this.choose(Math.min(Math.max(next, 0), this.items.length - 1));
  }

  choose(index) {
    const key = this.key(this.items[index]);
    this.mark(key);
    this.onSelect(key);
  }

  arrow(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.move(by);
  }

  click(event) {
    const row = event.target.closest(".row");
    if (row !== null) this.choose(Number(row.getAttribute("aria-posinset")) - 1);
  }

  /** Calls a function for each row in sight, and its item. */
  each(look) {
    for (const { row, item } of this.drawn.values()) look(row, item);
  }

  render() {
    const [top, height] = [this.element.scrollTop, this.element.clientHeight];
    const from = Math.max(0, Math.floor(top / HEIGHT) - SPARE);
    const to = Math.min(this.items.length, Math.ceil((top + height) / HEIGHT) + SPARE);
    const drawn = new Map();
    let previous = null;
    for (let index = from; index < to; index++) {
      const item = this.items[index];
      const key = this.key(item);
      // A row stays the same element, or a click that has begun on it would be lost.
      const known = this.drawn.get(key);
      const row = known?.row ?? h("div", { class: "row", role: "option", id: `${this.id}-${key}` });
      if (known?.item !== item) fill(row, this.draw(item));
      row.setAttribute("aria-selected", key === this.selected ? "true" : "false");
      row.setAttribute("aria-setsize", this.items.length);
      row.setAttribute("aria-posinset", index + 1);
      row.style.transform = `translateY(${index * HEIGHT}px)`;
      drawn.set(key, { row, item });
      const next = previous === null ? this.rows.firstChild : previous.nextSibling;
      if (row !== next) this.rows.insertBefore(row, next);
      previous = row;
    }
    for (const [key, { row }] of this.drawn) if (!drawn.has(key)) row.remove();
    this.drawn = drawn;
    const active = drawn.get(this.selected)?.row.id;
    if (active === undefined) this.element.removeAttribute("aria-activedescendant");
    else this.element.setAttribute("aria-activedescendant", active);
  }
}

/** A list that is kept up with the changes at the local Kit, the newest first, with a text to filter by. */
export class Log {
  constructor({ label, key, draw, text, onSelect, onFilter }) {
    this.key = key;
    this.text = text;
    this.clear();
    this.list = new List({ label, key, draw, onSelect });
    this.filter = h("input", {
      type: "search", id: `${this.list.id}-filter`, placeholder: "Words in the rows",
      oninput: () => { this.show(); onFilter(this.filter.value); },
    });
    this.count = h("span", { class: "count" });
    this.hint = h("p", { class: "hint empty", hidden: true });
    this.element = h("section", { class: "log", "aria-label": label },
      h("div", { class: "bar" }, h("label", { for: this.filter.id }, "Filter"), this.filter, this.count),
      this.hint,
      this.list.element);
  }

  clear() {
    this.items = new Map();
    this.ordered = null;
  }

  /** Takes rows that are new or have changed. Those are dropped of which `isForgotten` says so. */
  take(rows, isForgotten) {
    for (const row of rows) this.items.set(this.key(row), row);
    for (const [key, row] of this.items) if (isForgotten(row)) this.items.delete(key);
    this.ordered = null;
  }

  get(key) {
    return this.items.get(key);
  }

  show() {
    this.ordered ??= [...this.items.values()].sort((a, b) => this.key(b) - this.key(a));
    const wanted = this.filter.value.trim().toLowerCase();
    // All of the words, or what is in brackets.
    const words = wanted.startsWith("(") ? [wanted] : wanted.split(/\s+/);
    const matches = (item) => {
      const text = this.text(item).toLowerCase();
      return words.every((word) => text.includes(word));
    };
    const shown = wanted === "" ? this.ordered : this.ordered.filter(matches);
    const isEmpty = shown.length === 0;
    this.hint.hidden = !isEmpty;
    if (isEmpty) setText(this.hint, wanted === "" ? "None so far." : "Nothing that is shown in a row has all of these words.");
    const all = this.ordered.length.toLocaleString("en");
    this.count.textContent = wanted === "" ? all : `${shown.length.toLocaleString("en")} of ${all}`;
    this.list.show(shown);
  }
}
