// What can be done to the text: one list for the toolbar, the "/" menu and the keys.
import { lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import type { Attrs, MarkType, Node, NodeType, Schema } from "prosemirror-model";
import { liftListItem, wrapInList } from "prosemirror-schema-list";
import { type Command, type EditorState, NodeSelection, Selection, TextSelection } from "prosemirror-state";
import { isInTable } from "prosemirror-tables";
import { insertTable } from "./tables";

export interface Action {
  name: string;
  label: string;
  icon: string;
  words?: string; // further words by which the "/" menu finds it
  keys?: string; // as shown
  run: Command;
  active?(state: EditorState): boolean;
}

export const mac = /Mac|iP(hone|[oa]d)/.test(navigator.platform);
export const shown = (keys: string) => keys.split("-").map((key) => ({ Mod: mac ? "⌘" : "Ctrl", Shift: mac ? "⇧" : "Shift", Alt: mac ? "⌥" : "Alt" })[key] ?? key.toUpperCase()).join(mac ? "" : "+");

export function markActive(state: EditorState, type: MarkType): boolean {
  const { from, $from, to, empty } = state.selection;
  return empty ? Boolean(type.isInSet(state.storedMarks ?? $from.marks())) : state.doc.rangeHasMark(from, to, type);
}

function within(state: EditorState, type: NodeType, attrs?: Attrs): boolean {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth);
    if (node.type === type && (!attrs || Object.entries(attrs).every(([name, value]) => node.attrs[name] === value))) return true;
  }
  return false;
}

/** Make the text block this, or plain again where it is this already. */
function block(type: NodeType, plain: NodeType, attrs?: Attrs): Command {
  return (state, dispatch) => (within(state, type, attrs) ? setBlockType(plain)(state, dispatch) : setBlockType(type, attrs)(state, dispatch));
}

function list(type: NodeType, other: NodeType, item: NodeType): Command {
  return (state, dispatch, view) => {
    if (within(state, type)) return liftListItem(item)(state, dispatch);
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth -= 1) {
      if ($from.node(depth).type !== other) continue;
      dispatch?.(state.tr.setNodeMarkup($from.before(depth), type));
      return true;
    }
    return wrapInList(type)(state, dispatch, view);
  };
}

/** Put a block after the one with the caret, or in its place where that is empty. */
export function insertBlock(state: EditorState, node: Node): import("prosemirror-state").Transaction {
  const { $from } = state.selection;
  const transaction = state.tr;
  let at = $from.depth ? $from.after(1) : state.selection.to;
  if ($from.depth === 1 && $from.parent.type.name === "paragraph" && !$from.parent.content.size) {
    transaction.replaceWith($from.before(1), $from.after(1), node);
    at = $from.before(1);
  } else {
    transaction.insert(at, node);
  }
  const after = at + node.nodeSize;
  if (node.isAtom && after >= transaction.doc.content.size) transaction.insert(after, state.schema.nodes["paragraph"]!.create());
  const inside = node.isAtom ? null : Selection.findFrom(transaction.doc.resolve(at), 1, true);
  transaction.setSelection(inside ?? (node.type.name === "figure" ? NodeSelection.create(transaction.doc, at) : TextSelection.near(transaction.doc.resolve(after), 1)));
  return transaction.scrollIntoView();
}

export interface Asking {
  link(): void;
  picture(): void;
  embed(): void;
  find(): void;
}

export function actions(schema: Schema, asking: Asking): { marks: Action[]; blocks: Action[]; inserts: Action[]; history: Action[] } {
  const node = (name: string) => schema.nodes[name]!;
  const mark = (name: string, label: string, icon: string, keys?: string): Action => ({
    name, label, icon, ...(keys ? { keys } : {}), run: toggleMark(schema.marks[name]!, null, { removeWhenPresent: true }),
    active: (state) => markActive(state, schema.marks[name]!),
  });
  const asked = (ask: () => void): Command => (_, dispatch) => {
    if (dispatch) ask();
    return true;
  };
  const plain = node("paragraph");
  return {
    marks: [
      mark("bold", "Bold", "bold", "Mod-b"), mark("italic", "Italic", "italic", "Mod-i"),
      { name: "link", label: "Link", icon: "link", keys: "Mod-k", run: asked(asking.link), active: (state) => markActive(state, schema.marks["link"]!) },
      mark("strike", "Strike through", "strikethrough", "Mod-Shift-x"), mark("superscript", "Superscript", "superscript", "Mod-."),
      mark("subscript", "Subscript", "subscript", "Mod-,"), mark("code", "Code", "code", "Mod-e"),
    ],
    blocks: [
      { name: "paragraph", label: "Text", icon: "pilcrow", words: "paragraph plain", keys: "Mod-Alt-0", run: setBlockType(plain), active: (state) => state.selection.$from.parent.type === plain },
      { name: "heading2", label: "Heading", icon: "heading-2", words: "h2 title crosshead", keys: "Mod-Alt-2", run: block(node("heading"), plain, { level: 2 }), active: (state) => within(state, node("heading"), { level: 2 }) },
      { name: "heading3", label: "Small heading", icon: "heading-3", words: "h3 subheading", keys: "Mod-Alt-3", run: block(node("heading"), plain, { level: 3 }), active: (state) => within(state, node("heading"), { level: 3 }) },
      { name: "bulletList", label: "List", icon: "list", words: "bullets points", keys: "Mod-Shift-8", run: list(node("bulletList"), node("orderedList"), node("listItem")), active: (state) => within(state, node("bulletList")) },
      { name: "orderedList", label: "Numbered list", icon: "list-ordered", words: "numbers ordered", keys: "Mod-Shift-7", run: list(node("orderedList"), node("bulletList"), node("listItem")), active: (state) => within(state, node("orderedList")) },
      { name: "blockquote", label: "Quote", icon: "quote", words: "blockquote citation", keys: "Mod-Shift-9", run: (state, dispatch) => (within(state, node("blockquote")) ? lift(state, dispatch) : wrapIn(node("blockquote"))(state, dispatch)), active: (state) => within(state, node("blockquote")) },
      { name: "pullquote", label: "Pull quote", icon: "text-quote", words: "pullquote big quote", run: block(node("pullquote"), plain), active: (state) => within(state, node("pullquote")) },
    ],
    inserts: [
      { name: "picture", label: "Picture", icon: "image-plus", words: "image photo figure upload", run: asked(asking.picture) },
      { name: "embed", label: "Embed", icon: "square-play", words: "video youtube tweet post audio chart", run: asked(asking.embed) },
      { name: "table", label: "Table", icon: "table", words: "rows columns", run: insertTable, active: isInTable },
      { name: "rule", label: "Divider", icon: "minus", words: "horizontal rule line break", run: (state, dispatch) => (dispatch?.(insertBlock(state, node("horizontalRule").create())), true) },
      { name: "codeBlock", label: "Code block", icon: "braces", words: "pre source", run: block(node("codeBlock"), plain), active: (state) => within(state, node("codeBlock")) },
    ],
    history: [
      { name: "undo", label: "Undo", icon: "undo-2", keys: "Mod-z", run: undo },
      { name: "redo", label: "Redo", icon: "redo-2", keys: "Mod-Shift-z", run: redo },
      { name: "find", label: "Find and replace", icon: "search", keys: "Mod-f", run: asked(asking.find) },
    ],
  };
}
