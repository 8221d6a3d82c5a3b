// Credentials for programs that use the local Kit, and its control requests.

import { get, line, send } from "./api.js";
import { button, copyable, h, notice, problem, refill } from "./dom.js";

/** The control requests, and what they do. */
const CONTROL = [
  ["Requests that came last, with replies and faults", "GET", "requests"],
  ["Make events happen", "POST", "events", { type: "subscriber.tag_added", count: 3 }],
  ["Types of events", "GET", "events"],
  ["What was delivered, and what is to be", "GET", "deliveries"],
  ["Wait until nothing is due", "POST", "settle"],
  ["What the clock shows", "GET", "clock"],
  ["Move the clock", "POST", "clock", { advance_seconds: 30 }],
  ["Move the clock to the next timer", "POST", "clock", { to_next_timer: true }],
  ["Let the clock run faster", "POST", "clock", { speed: 60 }],
  ["Set faults in place of all", "POST", "faults", [{ path: "/v4/*", status: 503, percent: 5 }]],
  ["Faults, and how far they are used up", "GET", "faults"],
  ["Remove all faults", "DELETE", "faults"],
  ["All resources, for a seed", "GET", "state"],
  ["Accounts and their credentials", "GET", "accounts"],
  ["Add an account", "POST", "accounts"],
  ["Reset", "POST", "reset"],
  ["Undo the reset", "POST", "reset/undo"],
];

export class Access {
  title = "Access";

  constructor() {
    this.accounts = h("div", {});
    const add = button("Add an account", async () => {
      try {
        const { id } = await send("POST", "accounts");
        notice(`The account ${id} is there.`);
      } catch (error) {
        problem(error);
      }
    });
    this.element = h("div", { class: "page" },
      h("h2", {}, "Credentials"), this.accounts, h("div", { class: "bar" }, add),
      h("h2", {}, "Control requests"),
      h("dl", { class: "lines" }, CONTROL.map(([what, method, path, body]) => h("div", {},
        h("dt", {}, what), h("dd", {}, copyable(line(method, path, body)))))));
  }

  restart() {}

  open() {
    return this.update();
  }

  async update() {
    const { accounts } = await get("accounts");
    const shown = JSON.stringify(accounts);
    if (shown === this.shown) return;
    this.shown = shown;
    const lines = (account) => [
      `export KIT_BASE_URL=${location.origin}`,
      `export KIT_API_KEY=${account.api_key}`,
      `export KIT_ACCESS_TOKEN=${account.access_token}`,
      `export KIT_CLIENT_ID=${account.client_id}`,
      `export KIT_CLIENT_SECRET=${account.client_secret}`,
    ].join("\n");
    refill(this.accounts, accounts.map((account) => h("section", { class: "card", "aria-label": `Account ${account.id}` },
      h("h3", {}, `Account ${account.id}`), copyable(lines(account)))));
  }
}
