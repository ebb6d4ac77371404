// Notes to the desk: words in the text that no reader gets. Each has a button that takes it away.
import { toggleMark } from "prosemirror-commands";
import { InputRule } from "prosemirror-inputrules";
import type { Mark, Node, ResolvedPos, Schema } from "prosemirror-model";
import { type Command, type EditorState, Plugin, TextSelection } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView, type MarkView } from "prosemirror-view";
import { type Action, markActive } from "./commands";
import { el, icon } from "./dom";
import type { Names } from "./details";

export interface Noted { from: number; to: number; text: string; by: string | null }

export const isNote = (mark: Mark): boolean => mark.type.name === "note";

/** The notes of one block of text; `start` is where its content begins. */
function within(block: Node, start: number): Noted[] {
  const found: Noted[] = [];
  let last: Mark | undefined;
  block.forEach((child, offset) => {
    const mark = child.marks.find(isNote);
    const [from, to] = [start + offset, start + offset + child.nodeSize];
    const text = child.isText ? child.text! : " ";
    if (mark && last?.eq(mark)) Object.assign(found.at(-1)!, { to, text: found.at(-1)!.text + text });
    else if (mark) found.push({ from, to, text, by: mark.attrs["by"] as string | null });
    last = mark;
  });
  return found;
}

export function notesOf(doc: Node): Noted[] {
  const found: Noted[] = [];
  doc.descendants((node, at) => {
    if (node.isTextblock) found.push(...within(node, at + 1));
    return !node.isTextblock;
  });
  return found;
}

/** Take a note away, and with it what is empty for want of it. */
export function removeNote(view: EditorView, { from, to }: Noted): void {
  const { state } = view;
  const $from = state.doc.resolve(from);
  const block = $from.parent;
  const transaction = state.tr;
  if (to - from === block.content.size && $from.depth === 1 && state.doc.childCount > 1) transaction.delete($from.before(), $from.after());
  else {
    const before = block.textBetween(0, from - $from.start(), "", " ");
    const after = block.textBetween(to - $from.start(), block.content.size, "", " ");
    const [left, right] = [!after && before.endsWith(" ") ? 1 : 0, after.startsWith(" ") && /(^|\s)$/.test(before) ? 1 : 0];
    transaction.delete(from - left, to + right); // of the spaces on its two sides one stays
  }
  view.dispatch(transaction.scrollIntoView());
}

export class NoteView implements MarkView {
  dom: HTMLElement;
  contentDOM = el("span");

  constructor(mark: Mark, view: EditorView, names: Names) {
    const who = names["accounts"]?.[mark.attrs["by"] as string];
    const done = el("button", { type: "button", class: "note-done", contenteditable: "false", tabindex: "-1", "aria-label": "Remove this note", title: "Remove this note" }, icon("x"));
    done.addEventListener("mousedown", (event) => event.preventDefault());
    done.addEventListener("click", () => {
      if (!view.editable) return;
      const at = view.posAtDOM(this.contentDOM, 0);
      const $at = view.state.doc.resolve(at);
      const note = within($at.parent, $at.start()).find((one) => one.from <= at && at < one.to);
      if (note) removeNote(view, note);
    });
    this.dom = el("mark", { class: "note", title: `${who ? `${who}, to the desk` : "To the desk"}: readers never see this` }, this.contentDOM, done);
  }
}

/** What a caret would type with. */
const marksAt = (state: EditorState): readonly Mark[] => state.storedMarks ?? state.selection.$from.marks();

/** Step out of a note at its edge: what is typed then is the story's again. */
const leave = (edge: ($from: ResolvedPos, note: Mark) => boolean): Command => (state, dispatch) => {
  const { $from, empty } = state.selection;
  const note = marksAt(state).find(isNote);
  if (!empty || !note || !edge($from, note)) return false;
  dispatch?.(state.tr.removeStoredMark(note.type));
  return true;
};
const atEnd = leave(($from, note) => !$from.nodeAfter || !note.isInSet($from.nodeAfter.marks));
const atStart = leave(($from) => $from.parentOffset === 0);
export const noteKeys: Record<string, Command> = { Enter: atEnd, Escape: atEnd, ArrowRight: atEnd, ArrowLeft: atStart };

export function noteAction(schema: Schema, account: string): Action {
  return {
    name: "note", label: "Note to the desk", icon: "notebook-pen", words: "comment private check legal desk", keys: "Mod-Alt-m",
    run: toggleMark(schema.marks["note"]!, { by: account }, { removeWhenPresent: true }),
    active: (state) => markActive(state, schema.marks["note"]!),
  };
}

/** Two percent signs begin a note and end it, as in the plain form. */
export function noteRule(schema: Schema, account: string): InputRule {
  const type = schema.marks["note"]!;
  return new InputRule(/(^|[\s\S])%%$/, (state, match, _, end) => {
    const marks = marksAt(state);
    const transaction = state.tr.delete(end - 1, end); // the second one is not there yet
    if (marks.some(isNote)) return transaction.removeStoredMark(type);
    const { $from } = state.selection;
    const word = /\S*$/.exec($from.parent.textBetween(Math.max(0, $from.parentOffset - 500), $from.parentOffset, " ", " "))![0];
    if (/https?:\/\/|^\(*www\./i.test(word)) return null; // the percent signs are the address's own
    return /[\p{L}\p{N}]/u.test(match[1]!) ? null : transaction.setStoredMarks(type.create({ by: account }).addToSet(marks));
  });
}

/** Shows that the next words will be a note, until there are some. */
export function beginning(): Plugin {
  return new Plugin({
    props: {
      decorations(state) {
        const { $from, empty } = state.selection;
        const note = state.storedMarks?.find(isNote);
        if (!empty || !note || ($from.nodeBefore && note.isInSet($from.nodeBefore.marks))) return null;
        const shown = () => el("span", { class: "note note-empty" }, "To the desk:");
        return DecorationSet.create(state.doc, [Decoration.widget($from.pos, shown, { side: -1, key: "note" })]);
      },
    },
  });
}

/** The list in the panel of checks: each leads to its place, and goes away by a click. */
export function notesList(root: HTMLElement, view: () => EditorView, names: Names): () => void {
  const section = root.querySelector<HTMLElement>("[data-notes]");
  const list = section?.querySelector("ul");
  let drawn = "";
  return () => {
    if (!section || !list || !section.isConnected) return;
    const found = notesOf(view().state.doc);
    const now = JSON.stringify(found);
    if (now === drawn) return;
    drawn = now;
    section.hidden = !found.length;
    list.replaceChildren(...found.map((note) => el("li", {},
      el("button", { type: "button", class: "note-place", click: () => {
        const { state } = view();
        view().dispatch(state.tr.setSelection(TextSelection.create(state.doc, note.to)).scrollIntoView());
        view().focus();
      } }, note.text, el("span", { class: "meta" }, names["accounts"]?.[note.by ?? ""] ?? "")),
      view().editable && el("button", { type: "button", class: "button small quiet", "aria-label": `Remove the note “${note.text}”`, click: () => removeNote(view(), note) }, icon("x")))));
  };
}
