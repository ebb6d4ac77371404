// Pictures that are being taken in: each has a place in the text that says how far it is, until the picture stands there.
import type { Node } from "prosemirror-model";
import { Plugin } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { el } from "./dom";
import type { Library } from "./library";
import { WAITING } from "./paste";

type Say = (words: string) => void;

/** Where a picture that is being taken in will stand. */
export const uploads: Plugin<DecorationSet> = new Plugin<DecorationSet>({
  state: {
    init: () => DecorationSet.empty,
    apply(transaction, set) {
      let mapped = set.map(transaction.mapping, transaction.doc);
      const action = transaction.getMeta(uploads) as { add?: [number, HTMLElement]; remove?: HTMLElement } | undefined;
      if (action?.add) {
        const [at, shown] = action.add;
        mapped = mapped.add(transaction.doc, [Decoration.widget(at, shown, { id: shown, side: 1 })]);
      }
      if (action?.remove) mapped = mapped.remove(mapped.find(undefined, undefined, (spec) => spec["id"] === action.remove));
      return mapped;
    },
  },
  props: { decorations: (state) => uploads.getState(state) },
});

/** Take in files and put each where it was dropped. */
export async function takeIn(view: EditorView, files: File[], at: number, library: Library, say: Say): Promise<void> {
  await Promise.all(files.map(async (file) => {
    const shown = el("p", { class: "uploading", role: "status" });
    const $at = view.state.doc.resolve(Math.min(at, view.state.doc.content.size));
    const place = $at.depth ? $at.after(1) : $at.pos;
    view.dispatch(view.state.tr.setMeta(uploads, { add: [place, shown] }));
    const taken = await library.upload(file, (words) => (shown.textContent = words));
    const found = uploads.getState(view.state)?.find(undefined, undefined, (spec) => spec["id"] === shown)[0];
    const transaction = view.state.tr.setMeta(uploads, { remove: shown });
    if (typeof taken === "string") say(taken);
    else if (found) transaction.insert(found.from, view.state.schema.nodes["figure"]!.create({ image: taken.id }));
    view.dispatch(transaction);
    if (typeof taken !== "string" && !found) say(`${file.name} is in the library; its place in the text was deleted meanwhile.`);
  }));
}

/** Pictures that were pasted as data are taken in, each where it stood. */
export function placePictures(view: EditorView, files: File[], library: Library, say: Say): void {
  for (let found = waiting(view.state.doc); found; found = waiting(view.state.doc)) {
    view.dispatch(view.state.tr.delete(found.from, found.to));
    const file = files[found.index];
    if (file) void takeIn(view, [file], found.from, library, say);
  }
}

/** The first place where a picture that was pasted waits to be taken in. */
function waiting(doc: Node): { from: number; to: number; index: number } | null {
  let found: { from: number; to: number; index: number } | null = null;
  doc.descendants((node, at) => {
    const match = !found && node.isText && WAITING.exec(node.text!);
    if (match) found = { from: at + match.index, to: at + match.index + match[0].length, index: Number(match[1]) };
    return !found;
  });
  return found;
}
