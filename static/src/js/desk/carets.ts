// Where the others are: their carets in the text, with names, and who is here.
import { Plugin, PluginKey, type PluginView } from "prosemirror-state";
import { Mapping, type Step } from "prosemirror-transform";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Here } from "./types";

interface Caret { here: Here; anchor: number; head: number }
export const caretsKey = new PluginKey<Caret[]>("carets");

/** One of eight colours, the same for a person wherever they are. */
export function colour(account: string): number {
  let sum = 0;
  for (const char of account) sum = (sum * 31 + char.charCodeAt(0)) % 997;
  return sum % 8;
}

export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  return ((parts[0]?.[0] ?? "") + (parts.length > 1 ? parts[parts.length - 1]![0]! : "")).toUpperCase() || "?";
}

export function carets(): Plugin<Caret[]> {
  return new Plugin<Caret[]>({
    key: caretsKey,
    state: {
      init: () => [],
      apply(transaction, value) {
        const given = transaction.getMeta(caretsKey) as Caret[] | undefined;
        if (given) return given;
        if (!transaction.docChanged) return value;
        return value.map((one) => ({ ...one, anchor: transaction.mapping.map(one.anchor, -1), head: transaction.mapping.map(one.head, -1) }));
      },
    },
    view: (view) => new Labels(view),
    props: {
      decorations(state) {
        const found: Decoration[] = [];
        for (const { here, anchor, head } of caretsKey.getState(state) ?? []) {
          const size = state.doc.content.size;
          const at = Math.min(head, size);
          const tint = colour(here.account);
          found.push(Decoration.widget(at, () => {
            const caret = document.createElement("span");
            caret.className = `caret caret-${tint}`;
            const name = document.createElement("span");
            name.className = "caret-name";
            name.textContent = here.name;
            caret.append(name);
            return caret;
          }, { key: `${here.client} ${tint}`, side: 10, ignoreSelection: true }));
          const [from, to] = [Math.min(anchor, at), Math.min(Math.max(anchor, at), size)];
          if (from < to) found.push(Decoration.inline(from, to, { class: `caret-range caret-${tint}` }));
        }
        return DecorationSet.create(state.doc, found);
      },
    },
  });
}

/** Keeps the names at the carets within the column of the text: near its end they stand to the left of the caret. */
class Labels implements PluginView {
  private waits = 0;
  private readonly resized = new ResizeObserver(() => this.update());

  constructor(private readonly view: EditorView) {
    this.resized.observe(view.dom);
  }

  update(): void {
    if (caretsKey.getState(this.view.state)?.length) this.waits ||= requestAnimationFrame(() => this.place());
  }

  private place(): void {
    this.waits = 0;
    const column = this.view.dom.getBoundingClientRect();
    const labels = [...this.view.dom.querySelectorAll<HTMLElement>(".caret-name")];
    const over = labels.map((label) => label.parentElement!.getBoundingClientRect().left + label.offsetWidth - column.right);
    labels.forEach((label, index) => label.style.setProperty("translate", over[index]! > 0 ? `${-over[index]!}px` : "none"));
  }

  destroy(): void {
    this.resized.disconnect();
    cancelAnimationFrame(this.waits);
  }
}

/** A position of body version `version`, in the document on the screen: through what has happened since. */
export function mapped(position: number, version: number, base: number, maps: readonly { version: number; step: Step }[], own: readonly Step[]): number | null {
  if (version > base) return null; // of words that have not come yet
  const since = maps.filter((one) => one.version >= version);
  if (since.length < base - version) return null; // too long ago
  return new Mapping([...since.map((one) => one.step.getMap()), ...own.map((step) => step.getMap())]).map(position, -1);
}
