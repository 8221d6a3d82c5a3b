// A log beside the details of what is selected in it.

import { button, h, refill } from "./dom.js";

export class Panes {
  constructor(log, label, onClose) {
    this.log = log;
    this.onClose = onClose;
    this.content = h("div", { class: "content" });
    const close = button("Close", onClose, { class: "close" });
    this.side = h("section", { class: "detail", "aria-label": label }, close, this.content);
    this.element = h("div", { class: "panes" }, log.element, this.side);
  }

  show(content) {
    refill(this.content, content);
  }

  isOpen(isOpen) {
    this.element.classList.toggle("open", isOpen);
  }

  /** Does what a key means here. Returns whether it means something. */
  keys(key) {
    switch (key) {
      case "j": this.log.list.move(1); return true;
      case "k": this.log.list.move(-1); return true;
      case "Enter": this.content.querySelector("h2")?.focus(); return true;
      case "/": this.log.filter.focus(); this.log.filter.select(); return true;
      case "Escape":
        this.onClose();
        this.log.list.element.focus();
        return true;
      default: return false;
    }
  }
}
