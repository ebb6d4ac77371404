// Where the others are: their carets in the text, with names, and who is here.
import { Plugin, PluginKey } from "prosemirror-state";
import { Mapping } from "prosemirror-transform";
import { Decoration, DecorationSet } from "prosemirror-view";
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

/** A position of body version `version`, in the document on the screen: through what has happened since. */
export function mapped(position: number, version: number, base: number, maps: readonly { version: number; step: import("prosemirror-transform").Step }[], own: readonly import("prosemirror-transform").Step[]): number | null {
  if (version > base) return null; // of words that have not come yet
  const since = maps.filter((one) => one.version >= version);
  if (since.length < base - version) return null; // too long ago
  return new Mapping([...since.map((one) => one.step.getMap()), ...own.map((step) => step.getMap())]).map(position, -1);
}
