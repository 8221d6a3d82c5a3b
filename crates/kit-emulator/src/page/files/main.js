// The page: it shows a view, and keeps up with the local Kit.

import { Access } from "./access.js";
import { Gone, currentAccount, get, line, send, setAccount } from "./api.js";
import { Clock } from "./clock.js";
import { Deliveries } from "./deliveries.js";
import { button, fill, h, notice, problem, setText } from "./dom.js";
import { Events } from "./events.js";
import { Faults } from "./faults.js";
import { listen } from "./keys.js";
import { follow, go } from "./places.js";
import { Requests } from "./requests.js";
import { State } from "./state.js";
import { Webhooks } from "./webhooks.js";

/** How long the page rests between two looks, and how long it waits for who does not answer, in milliseconds. */
const REST = 100;
const RETRY = 500;

/** How long a request waits for a change, in seconds. */
const WAIT = 20;

const main = document.getElementById("main");
const clock = new Clock(document.getElementById("clock"));

const views = {
  requests: new Requests(),
  deliveries: new Deliveries(clock),
  webhooks: new Webhooks(),
  events: new Events(),
  faults: new Faults(),
  state: new State(),
  access: new Access(),
};

let current = null;
let summary = null;

/** Shows a place: a view, and what is open in it. One that is not known is that of the requests. */
function shown({ parts: [name, ...rest], filter }) {
  const isKnown = name !== undefined && Object.hasOwn(views, name);
  const known = isKnown ? name : "requests";
  const view = views[known];
  if (known !== current) {
    current = known;
    main.replaceChildren(view.element);
    document.title = `${view.title} – Local Kit`;
    for (const link of document.querySelectorAll("#tabs a")) {
      if (link.getAttribute("href") === `#/${known}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    refresh();
  }
  safely(() => isKnown ? view.open(rest, filter) : view.open([], ""));
}

/** Does something whose failure is said. Who is gone is found by the loop. */
async function safely(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Gone)) problem(error);
  }
}

function refresh() {
  const shown = summary;
  if (shown !== null) safely(() => views[current].update(shown));
}

/** Forgets what was shown: it is of another local Kit, or of another account. */
function restart() {
  for (const view of Object.values(views)) view.restart();
}

const connection = document.getElementById("connection");

function connected(isConnected) {
  document.body.classList.toggle("gone", !isConnected);
  setText(connection, isConnected ? "Connected" : "The local Kit is gone. This page tries again by itself.");
}

/** Shows what there is in short. */
function show(next) {
  if (summary !== null && next.instance !== summary.instance) {
    restart();
    notice("The local Kit was started anew.");
  }
  summary = next;
  clock.update(summary.clock);
  showAccounts();
  showReset();
  showCounts();
}

async function keepUp() {
  // Whether a change is waited for: not if it is not known what there is.
  let isUpToDate = false;
  for (;;) {
    try {
      const parameters = isUpToDate && summary !== null ? { since: summary.revision, wait: WAIT } : {};
      const account = currentAccount();
      const next = await get("changes", parameters);
      connected(true);
      if (account === currentAccount()) {
        show(next);
        await views[current].update(summary);
        isUpToDate = true;
      }
      await rest(REST);
      await seen();
    } catch (error) {
      isUpToDate = false;
      if (error instanceof Gone) {
        connected(false);
      } else if (error.status === 422 && currentAccount() !== null) {
        // The account is of a local Kit that has ended.
        setAccount(null);
        restart();
      } else {
        problem(error);
      }
      await rest(RETRY);
    }
  }
}

const rest = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Waits until somebody can see the page: a browser has few connections, and each tab that waits holds one. */
function seen() {
  if (!document.hidden) return undefined;
  return new Promise((resolve) => { document.addEventListener("visibilitychange", resolve, { once: true }); });
}

function showCounts() {
  const numbers = { requests: summary.requests, deliveries: summary.deliveries, faults: summary.faults,
    webhooks: summary.state.webhook_endpoints + summary.state.webhooks };
  for (const [name, number] of Object.entries(numbers)) {
    setText(document.querySelector(`#tabs a[href="#/${name}"] .count`), number.toLocaleString("en"));
  }
}

const accounts = document.getElementById("account");

function showAccounts() {
  const ids = summary.accounts.map(String);
  const shown = [...accounts.options].map((option) => option.value);
  document.getElementById("account-choice").hidden = ids.length < 2;
  if (ids.join() !== shown.join()) fill(accounts, ids.map((id) => h("option", { value: id }, id)));
  accounts.value = String(summary.account);
}

accounts.addEventListener("change", () => {
  const account = accounts.value;
  setAccount(account);
  restart();
  safely(async () => {
    // The loop is still waiting for a change in the account before.
    const next = await get("changes");
    if (account !== currentAccount()) return;
    show(next);
    refresh();
  });
});

const undo = async () => {
  await safely(async () => {
    await send("POST", "reset/undo");
    notice("All is as it was before the reset; what has come since is gone.");
  });
};
const undoing = button("Undo the reset", undo, { hidden: true, title: line("POST", "reset/undo") });
const resetting = button("Reset", async () => {
  // A second one would be of nothing.
  resetting.disabled = true;
  await safely(async () => {
    await send("POST", "reset");
    notice("All is as at the start.", button("Undo", undo));
  });
  resetting.disabled = false;
}, { title: line("POST", "reset") });
fill(document.getElementById("resetting"), resetting, undoing);

function showReset() {
  undoing.hidden = !summary.can_undo_reset;
}

fill(document.getElementById("tabs"), Object.entries(views).map(([name, view]) => h("li", {},
  h("a", { href: `#/${name}` }, `${view.title} `, h("span", { class: "count" })))));

document.getElementById("skip").addEventListener("click", () => main.focus());

listen((key) => {
  const name = Object.keys(views)[Number(key) - 1];
  if (name !== undefined) {
    go([name]);
    return true;
  }
  return views[current].keys?.(key) ?? false;
});

setInterval(() => {
  clock.tick();
  views[current].tick?.();
}, 500);

follow(shown);
keepUp();
