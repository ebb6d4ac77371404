// What the keys do, as a dialog: of every page of the desk.
import { dialog, el, icon } from "./dom";

export type Key = [keys: string, does: string]; // several keys of one line are two spaces apart

/** The dialog of these keys. */
export function tell(...groups: [string, Key[]][]): void {
  const parts = groups.flatMap(([name, keys]) => {
    const list = el("dl", {});
    for (const [key, words] of keys) {
      const term = el("dt", {});
      term.append(...key.split("  ").flatMap((one, n) => (n ? [" ", el("kbd", {}, one)] : [el("kbd", {}, one)])));
      list.append(term, el("dd", {}, words));
    }
    return [name && el("h3", {}, name), list];
  });
  const heading = el("h2", { tabindex: "-1" }, "Keys");
  const made = dialog("Keys",
    el("div", { class: "dialog-head" }, heading, el("button", { class: "button small quiet", type: "button", "aria-label": "Close", click: () => made.close() }, icon("x"))),
    ...parts);
  made.classList.add("keys");
  made.classList.remove("desk-dialog");
  heading.focus(); // it begins where it begins
}
