// Pull quotes: how they stand in the text with who said it, and what the keys do at their edges.
import { setBlockType } from "prosemirror-commands";
import type { Node } from "prosemirror-model";
import { type Command, type EditorState, TextSelection } from "prosemirror-state";
import type { EditorView, NodeView } from "prosemirror-view";
import { el } from "./dom";
import { type At, aside, field, fill } from "./views";

const SAYS = "Who said it";

export class PullquoteView implements NodeView {
  contentDOM = el("p");
  private readonly cite: HTMLTextAreaElement;
  dom: HTMLElement;

  constructor(private node: Node, view: EditorView, at: At) {
    this.cite = field(view, at, "cite", SAYS);
    this.dom = el("aside", { class: "pullquote" }, this.contentDOM, el("footer", { contenteditable: "false" }, this.cite));
    aside(this.dom);
    fill(this.cite, node.attrs["cite"], "", SAYS);
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type) return false;
    this.node = node;
    fill(this.cite, node.attrs["cite"], "", SAYS);
    return true;
  }

  stopEvent(event: Event): boolean {
    return event.target === this.cite;
  }

  ignoreMutation(mutation: { target: globalThis.Node }): boolean {
    return !this.contentDOM.contains(mutation.target);
  }
}

/** Where the caret is in a pull quote: null where it is in none. */
function caret({ selection: { $from, empty } }: EditorState): "start" | "within" | "end" | null {
  if (!empty || $from.parent.type.name !== "pullquote") return null;
  return $from.parentOffset === 0 ? "start" : $from.parentOffset === $from.parent.content.size ? "end" : "within";
}

const plain: Command = (state, dispatch) => setBlockType(state.schema.nodes["paragraph"]!)(state, dispatch);

/** One quote stays one: Enter breaks its line, and makes room before it and after it. */
const enter: Command = (state, dispatch) => {
  const place = caret(state);
  const { $from } = state.selection;
  const { schema, tr } = state;
  if (place === null) return false;
  if (!$from.parent.content.size) return plain(state, dispatch);
  if (place === "within") tr.replaceSelectionWith(schema.nodes["hardBreak"]!.create(), false);
  else tr.insert(place === "start" ? $from.before() : $from.after(), schema.nodes["paragraph"]!.create());
  if (place === "end") tr.setSelection(TextSelection.create(tr.doc, $from.after() + 1));
  dispatch?.(tr.scrollIntoView());
  return true;
};

/** At its beginning it becomes text again, before it is joined with what stands above. */
const backspace: Command = (state, dispatch) => caret(state) === "start" && plain(state, dispatch);

export const quoteKeys: Record<string, Command> = { Enter: enter, Backspace: backspace };
