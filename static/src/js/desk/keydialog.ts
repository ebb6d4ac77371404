// What the keys do, as a dialog: of every page of the desk.
import { dialog, el } from "./dom";

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
  const made = dialog("Keys", el("h2", {}, "Keys"), ...parts, el("button", { class: "button", type: "button", click: () => made.close() }, "Close"));
  made.classList.add("keys");
  made.classList.remove("desk-dialog");
}
