// The toolbar: one stop for Tab, arrows within it, Alt+F10 from the text; and the "/" menu with the same actions.
import { type EditorState, Plugin } from "prosemirror-state";
import { isInTable } from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import { type Action, shown } from "./commands";
import { el, icon } from "./dom";
import { CHANGES } from "./tables";

export class Toolbar {
  private readonly buttons: { button: HTMLButtonElement; action: Action }[] = [];
  private readonly table: HTMLSelectElement;

  constructor(bar: HTMLElement, groups: Action[][], private readonly view: () => EditorView) {
    for (const group of groups) bar.append(el("span", { class: "tool-group" }, ...group.map((action) => this.button(action))));
    this.table = el("select", { class: "select", "aria-label": "Change the table", hidden: true, change: () => this.tableDo() },
      el("option", { value: "" }, "Table …"), ...CHANGES.map(([label], index) => el("option", { value: String(index) }, label)));
    bar.append(this.table);
    bar.addEventListener("keydown", (event) => this.key(event));
  }

  private button(action: Action): HTMLButtonElement {
    const title = action.keys ? `${action.label} (${shown(action.keys)})` : action.label;
    const button = el("button", { type: "button", class: "tool", "aria-label": action.label, title, tabindex: this.buttons.length ? "-1" : "0" }, icon(action.icon));
    if (action.active) button.setAttribute("aria-pressed", "false");
    button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    button.addEventListener("click", () => {
      const view = this.view();
      if (button.ariaDisabled === "true") return;
      action.run(view.state, view.dispatch, view);
      if (!document.querySelector("dialog[open]") && action.name !== "find") view.focus();
    });
    this.buttons.push({ button, action });
    return button;
  }

  private key(event: KeyboardEvent): void {
    const stops = [...this.buttons.map((one) => one.button as HTMLElement), this.table].filter((one) => !one.hidden);
    const at = stops.indexOf(event.target as HTMLElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (event.key === "Escape") {
      event.preventDefault();
      this.view().focus();
    }
    if (next === undefined || event.target === this.table && event.key !== "ArrowLeft") return;
    event.preventDefault();
    this.focus(stops[(next + stops.length) % stops.length]!);
  }

  private focus(stop: HTMLElement): void {
    for (const { button } of this.buttons) button.tabIndex = button === stop ? 0 : -1;
    stop.focus();
  }

  enter(): void {
    (this.buttons.find((one) => one.button.tabIndex === 0)?.button ?? this.buttons[0]?.button)?.focus();
  }

  private tableDo(): void {
    const view = this.view();
    const chosen = CHANGES[Number(this.table.value)];
    if (this.table.value && chosen) chosen[1](view.state, view.dispatch, view);
    this.table.value = "";
    view.focus();
  }

  draw(state: EditorState, editable: boolean): void {
    for (const { button, action } of this.buttons) {
      if (action.active) button.setAttribute("aria-pressed", String(action.active(state)));
      const can = action.name === "find" || (editable && (button.ariaPressed === "true" || action.run(state)));
      if ((button.ariaDisabled !== "true") !== can) button.setAttribute("aria-disabled", String(!can));
    }
    this.table.hidden = !editable || !isInTable(state);
  }
}

/** "/" at the start of an empty line, or after a space: what to put there, found by typing. */
export function slash(actions: Action[], place: HTMLElement): Plugin {
  let open: { from: number; at: number; found: Action[] } | null = null;
  const list = el("div", { class: "slash", role: "listbox", id: "slash-menu", tabindex: "0", "aria-label": "Insert", hidden: true });
  place.append(list);

  const close = (view: EditorView) => {
    open = null;
    list.hidden = true;
    view.dom.removeAttribute("aria-activedescendant");
    view.dom.removeAttribute("aria-controls");
  };
  const choose = (view: EditorView, action: Action) => {
    const { from } = open!;
    close(view);
    view.dispatch(view.state.tr.delete(from, view.state.selection.to));
    action.run(view.state, view.dispatch, view);
    if (!document.querySelector("dialog[open]")) view.focus();
  };
  const draw = (view: EditorView) => {
    if (!open) return;
    list.replaceChildren(...open.found.map((action, index) => {
      const option = el("div", { role: "option", id: `slash-${index}`, class: "slash-option", "aria-selected": String(index === open!.at) }, icon(action.icon), el("span", {}, action.label));
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(view, action);
      });
      return option;
    }));
    list.hidden = false;
    view.dom.setAttribute("aria-controls", "slash-menu");
    view.dom.setAttribute("aria-activedescendant", `slash-${open.at}`);
    const { left, bottom, top } = view.coordsAtPos(open.from);
    const box = place.getBoundingClientRect();
    const below = bottom + list.offsetHeight + 8 < window.innerHeight;
    list.style.insetInlineStart = `${Math.max(0, Math.min(left - box.left, box.width - list.offsetWidth))}px`;
    list.style.insetBlockStart = `${(below ? bottom + 6 : top - list.offsetHeight - 6) - box.top}px`;
    const chosen = list.children[open.at] as HTMLElement; // in sight within the list; the page itself stays where it is
    list.scrollTop = Math.min(Math.max(list.scrollTop, chosen.offsetTop + chosen.offsetHeight - list.clientHeight + 4), chosen.offsetTop - 4);
  };

  let editor: EditorView | null = null;
  addEventListener("resize", () => {
    if (open && editor) close(editor); // its place was measured on another screen
  });

  return new Plugin({
    view: () => ({
      update(view, before) {
        editor = view;
        const { $from, empty, from } = view.state.selection;
        if (before.doc.eq(view.state.doc) && before.selection.eq(view.state.selection)) return;
        const text = empty && $from.parent.isTextblock && !$from.parent.type.spec.code
          ? $from.parent.textBetween(0, $from.parentOffset, "\n", "\ufffc") : "";
        const match = /(?:^|\s)\/([\p{L}\d ]{0,20})$/u.exec(text);
        const typed = match?.[1]?.toLowerCase() ?? "";
        const found = match ? actions.filter((one) => `${one.label} ${one.words ?? ""}`.toLowerCase().split(" ").some((word) => word.startsWith(typed)) || one.label.toLowerCase().startsWith(typed)) : [];
        const start = match ? from - match[1]!.length - 1 : 0;
        if (!match || !found.length || (!open && before.doc.eq(view.state.doc)) || !view.editable) {
          if (open) close(view);
          return;
        }
        open = { from: start, at: open?.from === start ? Math.min(open.at, found.length - 1) : 0, found };
        draw(view);
      },
      destroy: () => list.remove(),
    }),
    props: {
      handleKeyDown(view, event) {
        if (!open) return false;
        const size = open.found.length;
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          open.at = (open.at + (event.key === "ArrowDown" ? 1 : -1) + size) % size;
          draw(view);
        } else if (event.key === "Enter" || event.key === "Tab") choose(view, open.found[open.at]!);
        else if (event.key === "Escape") close(view);
        else return false;
        event.preventDefault();
        return true;
      },
      handleDOMEvents: {
        blur: (view) => {
          if (open) close(view);
          return false;
        },
      },
    },
  });
}
