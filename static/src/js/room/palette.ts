// The palette: type a few letters, go anywhere. A combobox over a list of what the server finds.
import { dialog, el } from "../desk/dom";
import { ask } from "./asking";

interface Item { label: string; note: string; to: string; words: string }
interface Group { group: string; items: Item[] }

const LATE = 90; // milliseconds after the last key

export function palette(): () => void {
  let shown: HTMLDialogElement | null = null;
  return () => {
    if (shown?.open) return;
    const input = el("input", {
      class: "input", type: "search", role: "combobox", "aria-label": "Find a story, a person, a section or a place", "aria-controls": "palette-list",
      "aria-expanded": "true", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", placeholder: "A story, a person, a section, a place …",
    });
    const list = el("div", { id: "palette-list", role: "listbox", "aria-label": "Found" });
    const said = el("p", { role: "status" }, "Looking …");
    shown = dialog("Find", input, list, said);
    shown.classList.add("palette");
    shown.classList.remove("desk-dialog");
    let asked = new AbortController();
    let timer = 0;
    let options: [HTMLElement, Item][] = [];
    let at = 0;

    const choose = (to: number): void => {
      at = options.length ? (to + options.length) % options.length : 0;
      options.forEach(([option], n) => option.setAttribute("aria-selected", String(n === at)));
      const chosen = options[at]?.[0];
      if (chosen) {
        input.setAttribute("aria-activedescendant", chosen.id);
        chosen.scrollIntoView({ block: "nearest" });
      } else input.removeAttribute("aria-activedescendant");
    };
    const go = (item: Item): void => {
      shown?.close();
      if (item.to === "new") begin(item.words);
      else location.assign(item.to);
    };
    const look = async (): Promise<void> => {
      asked.abort();
      asked = new AbortController();
      const { signal } = asked;
      const found = await ask<Group[]>(`/desk/palette?q=${encodeURIComponent(input.value)}`, signal);
      if (signal.aborted) return;
      if (found === null || found === "out") {
        said.textContent = found ? "Your session has ended. Load the page again to sign in." : "The server cannot be reached. Try again in a moment.";
        said.hidden = false;
        return;
      }
      options = [];
      list.replaceChildren(...found.map(({ group, items }, g) => {
        const box = el("div", { role: "group", "aria-labelledby": `palette-${g}` }, el("p", { id: `palette-${g}` }, group));
        for (const item of items) {
          const option = el("div", { role: "option", id: `palette-option-${options.length}`, "aria-selected": "false", click: () => go(item) },
            el("span", {}, item.label), item.note && el("span", { class: "meta" }, item.note));
          options.push([option, item]);
          box.append(option);
        }
        return box;
      }));
      said.textContent = options.length ? "" : "Nothing has these letters.";
      said.hidden = options.length > 0;
      choose(input.value && options.length > 1 && options[0]![1].to === "new" ? 1 : 0);
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => void look(), LATE);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(at + (event.key === "ArrowDown" ? 1 : -1));
      else if (event.key === "Enter" && options[at]) go(options[at]![1]);
      else return;
      event.preventDefault();
    });
    input.focus();
    void look();
  };
}

/** Begin a story: the same form as the list's. */
function begin(headline: string): void {
  const field = (name: string, value: string) => el("input", { type: "hidden", name, value });
  const form = el("form", { method: "post", action: "/desk/articles" }, field("key", document.body.dataset["key"] ?? ""),
    field("command_id", crypto.randomUUID()), field("headline", headline), field("screen", "write"));
  document.body.append(form);
  form.submit();
}
