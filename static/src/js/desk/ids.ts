// Every block that is written here gets an id that stays its own, for comments, diffs and anchors: also the second
// half of a paragraph that was split, and what was copied.
import type { Node } from "prosemirror-model";
import { type EditorState, Plugin, type Transaction } from "prosemirror-state";
import { ReplaceStep } from "prosemirror-transform";

function made(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => (byte % 36).toString(36)).join("");
}

/** Words typed into a block that has its id, as nearly every key does: nothing to look for, however long the story is. */
function onlyWords(transactions: readonly Transaction[], state: EditorState): boolean {
  const [transaction] = transactions;
  const step = transaction?.steps[0];
  if (transactions.length !== 1 || transaction!.steps.length !== 1 || !(step instanceof ReplaceStep)) return false;
  const { from, to, slice } = step;
  if (slice.openStart || slice.openEnd || slice.content.firstChild?.isInline === false) return false;
  const $from = transaction!.before.resolve(from);
  if (!$from.parent.isTextblock || to > $from.end()) return false;
  const $at = state.doc.resolve(from);
  for (let depth = $at.depth; depth > 0; depth -= 1) if ($at.node(depth).attrs["id"] === null) return false;
  return true;
}

export function blockIds(): Plugin {
  return new Plugin({
    appendTransaction(transactions, before, state) {
      const local = transactions.filter((one) => one.docChanged && one.getMeta("theirs") === undefined && !one.getMeta("collab$"));
      if (!local.length || onlyWords(local, state) || before.doc.eq(state.doc)) return null;
      const start = before.doc.content.findDiffStart(state.doc.content);
      const end = before.doc.content.findDiffEnd(state.doc.content);
      if (start === null || !end) return null;
      const seen = new Map<string, number>();
      state.doc.descendants((node) => {
        const id = node.attrs["id"] as string | null | undefined;
        if (id) seen.set(id, (seen.get(id) ?? 0) + 1);
        return !node.isTextblock;
      });
      const transaction = state.tr;
      const first = new Set<string>();
      state.doc.descendants((node: Node, at) => {
        const id = node.attrs["id"] as string | null | undefined;
        if (id === undefined) return !node.isTextblock;
        const twice = id !== null && seen.get(id)! > 1 && first.has(id);
        if (id) first.add(id);
        const touched = at + node.nodeSize >= start && at <= Math.max(end.b, start);
        if (touched && (id === null || twice) && node.isBlock) transaction.setNodeAttribute(at, "id", made());
        return !node.isTextblock;
      });
      return transaction.docChanged ? transaction : null;
    },
  });
}
