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
    const forward = (text, seconds) => {
      const body = { advance_seconds: seconds };
      return button(text, () => this.move(body), { title: line("POST", "clock", body) });
    };
    this.buttons = [forward("+30 s", 30), forward("+1 h", 3600), this.next];
    this.isMoving = false;
    fill(element, this.time, this.buttons);
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
    for (const button of this.buttons) button.disabled = this.isMoving || (button === this.next && next === null);
    this.next.title = next === null ? "Nothing is due later." : `In ${wait(next - this.passed())}. ${line("POST", "clock", { to_next_timer: true })}`;
  }

  /** It is there when all that is due until then has been delivered, which a slow receiver can hold up. */
  async move(by) {
    this.isMoving = true;
    notice("The clock is moved; deliveries that are due are waited for.");
    this.tick();
    try {
      const shown = await send("POST", "clock", by);
      this.update(shown);
      notice(`The clock shows ${shown.now}.`);
    } catch (error) {
      problem(error);
    } finally {
      this.isMoving = false;
      this.tick();
    }
  }
}
