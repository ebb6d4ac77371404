// The editor of the body: ProseMirror with the keys, rules and guards of a newsroom.
import { baseKeymap, chainCommands, exitCode, toggleMark } from "prosemirror-commands";
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { history, redo, undo } from "prosemirror-history";
import { InputRule, inputRules, textblockTypeInputRule, undoInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { Fragment, type Node, type Schema, Slice } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem } from "prosemirror-schema-list";
import { search } from "prosemirror-search";
import { type Command, EditorState, NodeSelection, Plugin, TextSelection } from "prosemirror-state";
import { goToNextCell, tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { type Action, insertBlock } from "./commands";
import { blockIds } from "./ids";
import type { Library } from "./library";
import type { Names } from "./details";
import { beginning, noteKeys, noteRule, NoteView } from "./notes";
import { dataPictures, pictures, transformHtml, transformSlice } from "./paste";
import { PullquoteView, quoteKeys } from "./pullquote";
import { typography } from "./quotes";
import { embed, href } from "./schema";
import { asThere, nextCell, pasteTable, spreadsheet } from "./tables";
import { unwritable, writable } from "./text";
import { placePictures, takeIn, uploads } from "./uploads";
import { EmbedView, FigureView, intoFields } from "./views";

export interface EditorHost {
  schema: Schema;
  doc: Node;
  place: HTMLElement;
  library: Library;
  account: string;
  names: Names;
  language(): string;
  editable(): boolean;
  actions: Action[];
  collab: Plugin;
  plugins: Plugin[];
  keys: Record<string, Command>;
  typed(view: EditorView): void; // the document was changed here
  drawn(view: EditorView): void; // anything changed
  escape(): boolean; // Escape, which nothing in the text wanted; whether it did something
  say(words: string): void;
}

function markdown(schema: Schema): InputRule[] {
  const { heading, bulletList, orderedList, blockquote, codeBlock, horizontalRule } = schema.nodes;
  const mark = (pattern: RegExp, name: string) => new InputRule(pattern, (state, match, start, end) => {
    const text = match[2]!;
    const at = start + match[0].indexOf(match[1]!);
    const type = schema.marks[name]!;
    if (state.doc.rangeHasMark(at, end, schema.marks["code"]!)) return null;
    const transaction = state.tr;
    const from = at + match[1]!.indexOf(text);
    if (from + text.length < end) transaction.delete(from + text.length, end);
    transaction.delete(at, from);
    return transaction.addMark(at, at + text.length, type.create()).removeStoredMark(type);
  });
  return [
    textblockTypeInputRule(/^(##{1,2})\s$/, heading!, (match) => ({ level: Math.min(match[1]!.length, 3) })),
    wrappingInputRule(/^\s*[-*•]\s$/, bulletList!),
    wrappingInputRule(/^(\d{1,4})[.)]\s$/, orderedList!, (match) => ({ start: Number(match[1]) }), (match, node) => node.childCount + node.attrs["start"] === Number(match[1])),
    wrappingInputRule(/^\s*>\s$/, blockquote!),
    textblockTypeInputRule(/^```$/, codeBlock!),
    new InputRule(/^(?:---|–-|—|\*\*\*)$/, (state, _, start) => {
      const { $from } = state.selection;
      if ($from.depth !== 1 || $from.start() !== start) return null;
      const transaction = state.tr.replaceWith($from.before(), $from.after(), [horizontalRule!.create(), schema.nodes["paragraph"]!.create()]);
      return transaction.setSelection(TextSelection.near(transaction.doc.resolve($from.before() + 1))).scrollIntoView();
    }),
    mark(/(?:^|[^*])(\*\*([^*\s](?:[^*]*[^*\s])?)\*\*)$/, "bold"),
    mark(/(?:^|[^*])(\*([^*\s](?:[^*]*[^*\s])?)\*)$/, "italic"),
    mark(/(?:^|[^_\p{L}\p{N}])(_([^_\s](?:[^_]*[^_\s])?)_)$/u, "italic"),
    mark(/(~~([^~\s](?:[^~]*[^~\s])?)~~)$/, "strike"),
    mark(/(`([^`]+)`)$/, "code"),
  ];
}

/** Characters that no document can hold never stay, however they came in. */
function writableOnly(): Plugin {
  return new Plugin({
    appendTransaction(transactions, _, state) {
      if (!transactions.some((one) => one.docChanged && one.steps.some((step) => unwritable(JSON.stringify(step.toJSON()))))) return null;
      const bad: [number, number][] = [];
      state.doc.descendants((node, at) => {
        if (!node.isText || writable(node.text!) === node.text) return;
        for (let i = 0; i < node.text!.length; i += 1) {
          const pair = node.text!.slice(i, i + 2);
          if (/^[\ud800-\udbff][\udc00-\udfff]$/.test(pair)) i += 1;
          else if (writable(node.text![i]!) === "") bad.push([at + i, at + i + 1]);
        }
      });
      if (!bad.length) return null;
      const transaction = state.tr;
      for (const [from, to] of bad.reverse()) transaction.delete(from, to);
      return transaction;
    },
  });
}

export function makeEditor(host: EditorHost): EditorView {
  const { schema, library } = host;
  const node = (name: string) => schema.nodes[name]!;
  const item = node("listItem");
  const hardBreak: Command = chainCommands(exitCode, (state, dispatch) => {
    if (!state.selection.$from.parent.inlineContent || state.selection.$from.parent.type.spec.code) return false;
    dispatch?.(state.tr.replaceSelectionWith(node("hardBreak").create(), false).scrollIntoView());
    return true;
  });
  const actionKeys: Record<string, Command> = {};
  for (const action of host.actions) if (action.keys && !["Mod-z", "Mod-Shift-z"].includes(action.keys)) actionKeys[action.keys] = action.run;
  const plugins = [
    keymap(host.keys),
    ...host.plugins,
    keymap(noteKeys),
    inputRules({ rules: [noteRule(schema, host.account), ...markdown(schema), ...typography(host.language)] }),
    keymap({
      ...actionKeys,
      Escape: () => host.escape(),
      "Mod-z": undo, "Shift-Mod-z": redo, "Mod-y": redo,
      Backspace: chainCommands(undoInputRule, quoteKeys["Backspace"]!),
      "Shift-Enter": hardBreak, "Mod-Enter": hardBreak,
      Enter: chainCommands(quoteKeys["Enter"]!, splitListItem(item)),
      Tab: chainCommands(nextCell, sinkListItem(item), intoFields),
      "Shift-Tab": chainCommands(goToNextCell(-1), liftListItem(item)),
      "Mod-]": sinkListItem(item), "Mod-[": liftListItem(item),
      "Alt-ArrowUp": moveBlock(-1), "Alt-ArrowDown": moveBlock(1),
      "Mod-Shift-s": toggleMark(schema.marks["strike"]!),
    }),
    keymap(baseKeymap),
    dropCursor({ color: false, class: "drop-cursor" }),
    gapCursor(),
    tableEditing(),
    search(),
    history({ newGroupDelay: 600 }),
    blockIds(),
    writableOnly(),
    uploads,
    beginning(),
    host.collab,
  ];
  const view = new EditorView(host.place, {
    state: EditorState.create({ doc: host.doc, plugins }),
    editable: host.editable,
    scrollThreshold: { top: 130, bottom: 90, left: 0, right: 0 }, // clear of the bars
    scrollMargin: { top: 150, bottom: 120, left: 0, right: 0 },
    attributes: () => ({
      class: "body", role: "textbox", "aria-multiline": "true", "aria-label": "Body", spellcheck: "true", lang: host.language(),
    }),
    nodeViews: {
      figure: (one, at, position) => new FigureView(one, at, position, library),
      pullquote: (one, at, position) => new PullquoteView(one, at, position),
      embed: (one) => new EmbedView(one),
    },
    markViews: { note: (mark, at) => new NoteView(mark, at, host.names) },
    dispatchTransaction(transaction) {
      const state = view.state.apply(transaction);
      view.updateState(state);
      if (transaction.docChanged && transaction.getMeta("theirs") === undefined && !transaction.getMeta("collab$")) host.typed(view);
      host.drawn(view);
    },
    transformPastedHTML: (html) => transformHtml(html),
    transformPastedText: (text) => writable(text),
    clipboardTextParser: (text, _, plain) => (plain ? null : spreadsheet(text, schema)) as Slice, // null: as always
    transformPasted: (slice, at) => asThere(transformSlice(slice, schema), at.state),
    clipboardTextSerializer: (slice) => slice.content.textBetween(0, slice.content.size, "\n\n", (leaf) => (leaf.type.name === "hardBreak" ? "\n" : "")),
    handlePaste(at, event, slice) {
      const files = pictures(event.clipboardData);
      const html = event.clipboardData?.getData("text/html") ?? "";
      const text = event.clipboardData?.getData("text/plain").trim() ?? "";
      if (files.length && !html.replace(/<img[^>]*>|<meta[^>]*>|<\/?(html|body|head)[^>]*>|<!--[\s\S]*?-->/gi, "").trim()) {
        void takeIn(at, files, at.state.selection.to, library, host.say);
        return true;
      }
      if (/^\S+$/.test(text) && pasteAddress(at, text)) return true;
      if (pasteTable(slice)(at.state, at.dispatch)) return true;
      const data = dataPictures(html);
      if (data.length) setTimeout(() => placePictures(at, data, library, host.say));
      else if (/<img\b/i.test(html) && !/data-image=/.test(html)) host.say("Pictures do not come along from another page. Where one stood is a note to the desk: drop its file there.");
      return false;
    },
    handleDrop(at, event, _, moved) {
      const files = pictures(event.dataTransfer);
      if (moved || !files.length) return false;
      const place = at.posAtCoords({ left: event.clientX, top: event.clientY });
      event.preventDefault();
      void takeIn(at, files, place?.pos ?? at.state.doc.content.size, library, host.say);
      return true;
    },
    handleDOMEvents: { mousedown: wholeBlock },
    handleClick(_, __, event) {
      // A link in the text is for writing in; with the key that opens a new tab it is followed.
      const link = (event.target as Element).closest("a[href]");
      if (link && (event.ctrlKey || event.metaKey)) {
        window.open((link as HTMLAnchorElement).href, "_blank", "noopener");
        return true;
      }
      return false;
    },
  });
  return view;

  /** A bare address: a link on the words that are selected, an embed on a line of its own, else words with a link. */
  function pasteAddress(at: EditorView, text: string): boolean {
    const { state } = at;
    const { empty, from, to, $from } = state.selection;
    const address = /^(https?:\/\/|mailto:|www\.)/i.test(text) ? href(text) : null;
    if (!address || $from.parent.type.spec.code) return false;
    if (!empty && state.selection instanceof TextSelection) {
      at.dispatch(state.tr.addMark(from, to, schema.marks["link"]!.create({ href: address })).scrollIntoView());
      return true;
    }
    const shows = embed(text);
    if (shows && $from.depth === 1 && $from.parent.type.name === "paragraph" && !$from.parent.content.size) {
      at.dispatch(insertBlock(state, node("embed").create(shows)));
      return true;
    }
    const words = schema.text(writable(text), [...(state.storedMarks ?? $from.marks()), schema.marks["link"]!.create({ href: address })]);
    at.dispatch(state.tr.replaceSelection(new Slice(Fragment.from(words), 0, 0)).scrollIntoView());
    return true;
  }
}

/** The third click at a place, and every quick one after it, selects its block of text: a browser goes on into the next. */
function wholeBlock(view: EditorView, event: MouseEvent): boolean {
  if (event.detail < 3 || event.button || event.shiftKey) return false;
  const found = view.posAtCoords({ left: event.clientX, top: event.clientY });
  const $at = found && view.state.doc.resolve(found.pos);
  if (!$at?.parent.isTextblock) return false;
  event.preventDefault();
  view.focus();
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, $at.start(), $at.end())));
  return true;
}

/** Move the block with the caret over its neighbour. */
function moveBlock(way: 1 | -1): Command {
  return (state, dispatch) => {
    const { selection } = state;
    const index = selection.$from.index(0);
    if (selection.$to.index(0) !== index && !(selection instanceof NodeSelection)) return false;
    const other = index + way;
    if (other < 0 || other >= state.doc.childCount) return false;
    const start = selection.$from.depth ? selection.$from.before(1) : selection.from;
    const block = state.doc.child(index);
    const target = way < 0 ? start - state.doc.child(other).nodeSize : start + state.doc.child(other).nodeSize;
    if (dispatch) {
      const transaction = state.tr.delete(start, start + block.nodeSize).insert(target, block);
      const moved = selection instanceof NodeSelection
        ? NodeSelection.create(transaction.doc, target)
        : TextSelection.create(transaction.doc, selection.anchor - start + target, selection.head - start + target);
      dispatch(transaction.setSelection(moved).scrollIntoView());
    }
    return true;
  };
}
