// Tables: made, changed, walked through with Tab, and pasted from a spreadsheet.
import { Fragment, type Node, type Schema, Slice } from "prosemirror-model";
import { type Command, type EditorState, Selection } from "prosemirror-state";
import * as tables from "prosemirror-tables";
import { insertBlock } from "./commands";
import { writable } from "./text";

export const CHANGES: [string, Command][] = [
  ["Row above", tables.addRowBefore], ["Row below", tables.addRowAfter], ["Column before", tables.addColumnBefore],
  ["Column after", tables.addColumnAfter], ["First row is a heading", tables.toggleHeader("row")],
  ["First column is a heading", tables.toggleHeader("column")],
  ["Delete row", tables.deleteRow], ["Delete column", tables.deleteColumn], ["Delete table", tables.deleteTable],
];

function made(schema: Schema, rows: string[][], heads: boolean): Node {
  const cell = (words: string, type: string) =>
    schema.nodes[type]!.create(null, schema.nodes["paragraph"]!.create(null, words ? schema.text(words) : null));
  return schema.nodes["table"]!.create(null, rows.map((row, index) =>
    schema.nodes["tableRow"]!.create(null, row.map((words) => cell(words, heads && !index ? "tableHeader" : "tableCell")))));
}

/** An empty one, of three columns and a heading row. */
export const insertTable: Command = (state, dispatch) => {
  dispatch?.(insertBlock(state, made(state.schema, Array(3).fill(["", "", ""]), true)));
  return true;
};

/** Tab: to the next cell; after the last one there is a new row. */
export const nextCell: Command = (state, dispatch) => {
  if (!tables.isInTable(state)) return false;
  if (tables.goToNextCell(1)(state)) return tables.goToNextCell(1)(state, dispatch);
  return tables.addRowAfter(state, (transaction) => {
    const after = state.apply(transaction);
    tables.goToNextCell(1)(after, (move) => {
      transaction.setSelection(Selection.fromJSON(transaction.doc, move.selection.toJSON()));
    });
    dispatch?.(transaction.scrollIntoView());
  });
};

/** Lines of cells with tabs between them, as a spreadsheet gives them where it gives nothing else; or null. */
export function spreadsheet(text: string, schema: Schema): Slice | null {
  const rows = writable(text).replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t"));
  const [first] = rows;
  if (rows.length < 2 || first!.length < 2 || rows.some((row) => row.length !== first!.length)) return null;
  return new Slice(Fragment.from(made(schema, rows.map((row) => row.map((cell) => cell.trim())), false)), 0, 0);
}

/** A table that is pasted into another takes over what is a heading there. */
export function asThere(slice: Slice, { selection, schema }: EditorState): Slice {
  const { $from } = selection;
  const depth = Array.from({ length: $from.depth }, (_, at) => at + 1).find((at) => $from.node(at).type.name === "tableRow");
  if (depth === undefined || slice.content.firstChild?.type.name !== "table") return slice;
  const heads = $from.node(depth).children.every((cell) => cell.type.name === "tableHeader");
  const dressed = (row: Node, index: number) => row.copy(Fragment.from(row.children.map((cell) =>
    schema.nodes[heads && !index ? "tableHeader" : "tableCell"]!.create(cell.attrs, cell.content))));
  const table = slice.content.firstChild;
  return new Slice(slice.content.replaceChild(0, table.copy(Fragment.from(table.children.map(dressed)))), slice.openStart, slice.openEnd);
}

/** A table that is pasted into the story, the caret at its end: what is typed next is not the next paragraph's. */
export function pasteTable(slice: Slice): Command {
  return (state, dispatch) => {
    if (slice.content.lastChild?.type.name !== "table" || tables.isInTable(state)) return false;
    const transaction = state.tr.replaceSelection(slice);
    const end = transaction.mapping.map(state.selection.to);
    dispatch?.(transaction.setSelection(Selection.near(transaction.doc.resolve(end), -1)).scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"));
    return true;
  };
}
