// How pictures and embeds stand in the text, and the fields in which something is said of a block.
import type { Node } from "prosemirror-model";
import { type Command, NodeSelection, TextSelection, type Transaction } from "prosemirror-state";
import type { EditorView, NodeView } from "prosemirror-view";
import { el, icon } from "./dom";
import type { Library } from "./library";
import { PROVIDERS } from "./schema";
import { writable } from "./text";

const SIZES: [string, string][] = [["column", "Column"], ["wide", "Wide"], ["full", "Full width"]];
const FIELDS = "textarea, select, button";
export type At = () => number | undefined;

function set(view: EditorView, at: At, name: string, value: string | null): void {
  const position = at();
  if (position === undefined) return;
  const node = view.state.doc.nodeAt(position);
  if (node && node.attrs[name] !== value) view.dispatch(view.state.tr.setNodeAttribute(position, name, value));
}

/** The caret in the paragraph after a block, which is made where there is none: what is typed next goes on from there. */
function onward(view: EditorView, position: number): Transaction {
  const { doc, schema, tr } = view.state;
  const after = position + (doc.nodeAt(position)?.nodeSize ?? 0);
  if (!doc.nodeAt(after)?.isTextblock) tr.insert(after, schema.nodes["paragraph"]!.create());
  return tr.setSelection(TextSelection.create(tr.doc, after + 1)).scrollIntoView();
}

/** A field for an attribute: null where it is empty and so follows the picture. */
export function field(view: EditorView, at: At, name: string, label: string): HTMLTextAreaElement {
  const made = el("textarea", { rows: "1", "aria-label": label, class: "figure-field" });
  let timer = 0;
  const take = () => {
    clearTimeout(timer);
    set(view, at, name, writable(made.value).replace(/\s+/g, " ").trim().slice(0, 5000) || null);
  };
  made.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(take, 600);
  });
  made.addEventListener("change", take);
  made.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      take();
      const position = at();
      if (position !== undefined) view.dispatch(event.key === "Enter" ? onward(view, position) : view.state.tr.setSelection(NodeSelection.create(view.state.doc, position)));
      view.focus();
    }
  });
  return made;
}

/** The fields of a block are stops for Tab from each other only, not on the way of who writes and leaves the text. */
export function aside(block: HTMLElement): void {
  const stop = (index: number) => block.querySelectorAll<HTMLElement>(FIELDS).forEach((one) => (one.tabIndex = index));
  block.addEventListener("focusin", () => stop(0));
  block.addEventListener("focusout", () => stop(-1));
  stop(-1);
}

/** Into the fields of the block that is selected, or of the pull quote that the caret is in. */
export const intoFields: Command = ({ selection }, dispatch, view) => {
  const at = selection instanceof NodeSelection ? selection.from : selection.$from.parent.type.name === "pullquote" ? selection.$from.before() : null;
  const block = at === null ? null : view?.nodeDOM(at);
  const field = block instanceof Element ? block.querySelector<HTMLElement>(FIELDS) : null;
  if (dispatch) field?.focus();
  return Boolean(field);
};

export function fill(input: HTMLTextAreaElement, value: string | null, follows: string, otherwise: string): void {
  if (document.activeElement !== input) input.value = value ?? "";
  input.placeholder = follows || otherwise;
}

export class FigureView implements NodeView {
  dom = el("figure");
  private readonly image = el("img", { alt: "" });
  private readonly gone = el("p", { class: "notice bad" }, "This picture was taken down. Choose another one, or remove it.");
  private readonly caption: HTMLTextAreaElement;
  private readonly alt: HTMLTextAreaElement;
  private readonly credit: HTMLTextAreaElement;
  private readonly size: HTMLSelectElement;
  private readonly unwatch: () => void;

  constructor(private node: Node, private readonly view: EditorView, private readonly at: At, private readonly library: Library) {
    this.caption = field(view, at, "caption", "Caption of this picture");
    this.alt = field(view, at, "alt", "Alt text of this picture");
    this.credit = field(view, at, "credit", "Credit of this picture");
    this.size = el("select", { "aria-label": "Width of this picture", change: () => set(view, at, "size", this.size.value) },
      ...SIZES.map(([value, label]) => el("option", { value }, label)));
    this.dom.append(
      this.image, this.gone,
      el("figcaption", {}, this.caption,
        el("div", { class: "figure-more" },
          el("label", {}, el("span", {}, "Alt text"), this.alt), el("label", {}, el("span", {}, "Credit"), this.credit),
          el("div", { class: "figure-tools" }, this.size,
            el("button", { type: "button", class: "button small", click: () => void this.replace() }, icon("image"), "Replace"),
            el("button", { type: "button", class: "button small danger", click: () => this.remove() }, icon("trash-2"), "Remove")))),
    );
    aside(this.dom);
    this.unwatch = library.watch((id) => id === this.node.attrs["image"] && this.draw());
    this.draw();
  }

  private draw(): void {
    const { image, size, caption, alt, credit } = this.node.attrs as Record<string, string | null>;
    const picture = this.library.get(image!);
    this.dom.className = `figure figure-${size}${this.dom.classList.contains("ProseMirror-selectednode") ? " ProseMirror-selectednode" : ""}`;
    this.gone.hidden = !picture?.gone;
    this.image.hidden = Boolean(picture?.gone);
    if (picture?.src && this.image.getAttribute("src") !== picture.src) {
      this.image.width = picture.width ?? 960;
      this.image.height = picture.height ?? 640;
      this.image.src = picture.src;
    }
    this.image.alt = alt ?? picture?.alt ?? "";
    fill(this.caption, caption!, picture?.caption ?? "", "Caption");
    fill(this.alt, alt!, picture?.alt ?? "", "What one sees, for those who do not");
    fill(this.credit, credit!, picture?.credit ?? "", "Who made it");
    this.dom.classList.toggle("needs-alt", !(alt ?? picture?.alt));
    this.size.value = size!;
  }

  private async replace(): Promise<void> {
    const picture = await this.library.pick();
    if (picture) set(this.view, this.at, "image", picture.id);
  }

  private remove(): void {
    const at = this.at();
    if (at !== undefined) this.view.dispatch(this.view.state.tr.delete(at, at + this.node.nodeSize));
    this.view.focus();
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.draw();
    return true;
  }

  stopEvent(event: Event): boolean {
    return (event.target as Element).closest("textarea, select, button, label") !== null && !/^drag|^drop/.test(event.type);
  }

  ignoreMutation(): boolean {
    return true;
  }

  destroy(): void {
    this.unwatch();
  }
}

export class EmbedView implements NodeView {
  dom: HTMLElement;

  constructor(node: Node) {
    const { provider, url } = node.attrs as { provider: string; url: string };
    this.dom = el("p", { class: "embed" }, el("span", { class: "embed-provider" }, PROVIDERS[provider] ?? provider), url.replace(/^https:\/\/(www\.)?/, ""));
  }
}
