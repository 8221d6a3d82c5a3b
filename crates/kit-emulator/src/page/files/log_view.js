// A log of the local Kit, beside the details of the row that is selected in it.

import { Feed, get } from "./api.js";
import { button, h, refill } from "./dom.js";
import { Log } from "./list.js";
import { go } from "./places.js";
import { numberOf } from "./text.js";

/**
 * What is listed says its subclass: `name` is that of the list in control requests and in links, `key` is the field that tells
 * rows apart, `hints` are the texts where nothing is selected, and where a row is gone. Methods of the subclass are `text`,
 * `draw` and `version` of a row, and `view` of all that there is of one.
 */
export class LogView {
  constructor({ title, one, name, key, hints }) {
    Object.assign(this, { title, name, key, hints, selected: null });
    this.feed = new Feed(name);
    this.log = new Log({
      label: title,
      key: (row) => row[key],
      text: (row) => this.text(row),
      draw: (row) => this.draw(row),
      onSelect: (number) => go([name, String(number)]),
      onFilter: (text) => go([name, ...(this.selected === null ? [] : [String(this.selected)])], text),
    });
    this.content = h("div", { class: "content" });
    const close = button("Close", () => this.close(), { class: "close" });
    this.element = h("div", { class: "panes" }, this.log.element,
      h("section", { class: "detail", "aria-label": one }, close, this.content));
  }

  /** Whether the local Kit has forgotten a row, as its answer says. */
  isForgotten(row, page) {
    return row[this.key] < page.first;
  }

  /** A row as it is kept. */
  taken(row) {
    return row;
  }

  /** Shows what a link names: the number of a row, or none. */
  open([number], filter) {
    this.selected = numberOf(number);
    this.log.filter.value = filter;
    this.log.show();
    // Without one, the place in the list stays.
    if (this.selected !== null) this.log.list.mark(this.selected);
    this.element.classList.toggle("open", this.selected !== null);
    return this.detail();
  }

  close() {
    go([this.name]);
  }

  restart() {
    this.feed.clear();
    this.log.clear();
    this.log.show();
    this.shown = undefined;
  }

  async update() {
    await this.feed.update((rows, page) => {
      this.log.take(rows.map((row) => this.taken(row)), (row) => this.isForgotten(row, page));
      this.log.show();
    }, () => this.log.clear());
    await this.detail();
  }

  /** Does what a key means here. Returns whether it means something. */
  keys(key) {
    switch (key) {
      case "j": this.log.list.move(1); return true;
      case "k": this.log.list.move(-1); return true;
      case "Enter": this.content.querySelector("h2")?.focus(); return true;
      case "/": this.log.filter.focus(); this.log.filter.select(); return true;
      case "Escape":
        this.close();
        this.log.list.element.focus();
        return true;
      default: return false;
    }
  }

  async detail() {
    const { selected } = this;
    const { epoch } = this.feed;
    const row = this.log.get(selected);
    const version = `${selected} ${row === undefined ? "" : this.version(row)}`;
    if (version === this.shown) return;
    const content = await this.detailOf(selected);
    // Meanwhile, another was selected, or all of it was forgotten.
    if (selected !== this.selected || epoch !== this.feed.epoch) return;
    this.shown = version;
    refill(this.content, content);
  }

  async detailOf(number) {
    const hint = (text) => h("p", { class: "hint" }, text);
    if (number === null) return hint(this.hints.none);
    try {
      return this.view(await get(`${this.name}/${number}`));
    } catch (error) {
      if (error.status !== 404) throw error;
      return hint(this.hints.gone(number));
    }
  }
}
