// The clock of the local Kit.

import { line, send } from "./api.js";
import { button, fill, h, notice, problem, setText } from "./dom.js";
import { utc, wait } from "./text.js";

export class Clock {
  constructor(element) {
    this.shown = { unix_seconds: 0, speed: 0, next_timer_in_seconds: null };
    this.at = performance.now();
    this.time = h("span", { class: "time" });
    this.next = button("To the next timer", () => this.move({ to_next_timer: true }));
    fill(element,
      this.time,
      button("+30 s", () => this.move({ advance_seconds: 30 }), { title: line("POST", "clock", { advance_seconds: 30 }) }),
      button("+1 h", () => this.move({ advance_seconds: 3600 }), { title: line("POST", "clock", { advance_seconds: 3600 }) }),
      this.next);
  }

  /** How many seconds have passed at the local Kit since it was told of last. */
  passed() {
    return ((performance.now() - this.at) / 1000) * this.shown.speed;
  }

  /** The time there, in seconds since 1970. */
  now() {
    return this.shown.unix_seconds + this.passed();
  }

  update(shown) {
    this.shown = shown;
    this.at = performance.now();
    this.tick();
  }

  tick() {
    const speed = this.shown.speed === 1 ? "" : this.shown.speed === 0 ? " (stopped)" : ` (${this.shown.speed} times as fast)`;
    setText(this.time, utc(Math.floor(this.now())) + speed);
    const next = this.shown.next_timer_in_seconds;
    this.next.disabled = next === null;
    this.next.title = next === null ? "Nothing is due later." : `In ${wait(next - this.passed())}. ${line("POST", "clock", { to_next_timer: true })}`;
  }

  async move(by) {
    try {
      const shown = await send("POST", "clock", by);
      this.update(shown);
      notice(`The clock shows ${shown.now}.`);
    } catch (error) {
      problem(error);
    }
  }
}
