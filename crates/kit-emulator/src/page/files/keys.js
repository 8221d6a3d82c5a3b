// Keys, and the dialog that lists them.

import { button, fill, h } from "./dom.js";

const KEYS = [
  ["j", "the next row"],
  ["k", "the row before"],
  ["Enter", "to the details"],
  ["Esc", "back to the list"],
  ["/", "filter"],
  ["1 to 7", "the views"],
  ["?", "these keys"],
];

/** Listens for keys. `act` is given one that no field wants; it returns whether the key means something. */
export function listen(act) {
  const dialog = document.getElementById("help");
  fill(dialog,
    h("h2", { id: "help-title" }, "Keys"),
    h("dl", {}, KEYS.map(([key, what]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)))),
    button("Close", () => dialog.close()));
  const show = () => { if (!dialog.open) dialog.showModal(); };
  document.getElementById("keys").addEventListener("click", show);
  document.addEventListener("keydown", (event) => {
    // Those of the browser and of the system are not ours.
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || dialog.open) return;
    const isField = (event.target.closest?.("input, textarea, select") ?? null) !== null;
    if (isField) {
      if (event.key === "Escape") {
        // The text of a filter stays, and the list is next.
        event.preventDefault();
        event.target.blur();
        document.querySelector("#main [role=listbox]")?.focus();
      }
      return;
    }
    // On a button or a link, Enter is the button's.
    if (event.key === "Enter" && (event.target.closest?.("button, a, summary") ?? null) !== null) return;
    if (event.key === "?") show();
    else if (!act(event.key)) return;
    event.preventDefault();
  });
}
