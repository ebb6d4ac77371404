// The panel of images: the pictures that the story has, and those that it could have.
import { NodeSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { insertBlock } from "./commands";
import { el, find } from "./dom";
import type { Fields } from "./fields";
import { type Library, tile } from "./library";
import type { Lead, Picture } from "./types";

export interface ImagesHost {
  library: Library;
  fields: Fields;
  locked: boolean;
  view(): EditorView;
  say(words: string): void; // of a file, when nobody sees the panel any more
}

/** Fill the panel; what it returns draws anew which pictures the story has. */
export function images(root: HTMLElement, { library, fields, locked, view, say }: ImagesHost): () => void {
  const file = find<HTMLInputElement>("#i-file", root);
  const used = find("[data-used]", root);
  const insert = (picture: Picture) => {
    if (!view().editable) return;
    putPicture(view(), picture);
    view().focus();
  };
  const grid = library.grid(find("[data-library]", root), find<HTMLInputElement>("#i-search", root), find<HTMLButtonElement>("[data-more]", root), (picture) =>
    el("div", { class: "picture-choice" }, tile(picture, () => insert(picture)),
      el("p", { class: "actions" },
        el("button", { type: "button", class: "button small", disabled: locked, click: () => insert(picture) }, "Insert"),
        el("button", { type: "button", class: "button small", disabled: locked, click: () => fields.set("lead", { image: picture.id }, true) }, "As lead"))));
  file.disabled = locked;
  file.addEventListener("change", async () => {
    const files = [...(file.files ?? [])];
    file.value = "";
    await takeIn(files, library, find("[data-uploads]", root), say);
    await grid.load();
  });
  void grid.load();
  let drawn = "";
  const draw = () => {
    const lead = fields.get("lead") as unknown as Lead | null;
    const body = inBody(view());
    const now = JSON.stringify([lead, ...[...(lead ? [lead.image] : []), ...body].map((id) => library.get(id) ?? id)]);
    if (now === drawn) return;
    drawn = now;
    const row = (id: string, role: string, alt: string | null | undefined, press: () => void) => {
      const picture = library.get(id);
      return el("li", {}, el("button", { type: "button", class: "picture-row", click: press },
        picture?.small ? el("img", { src: picture.small, alt: "" }) : null,
        el("span", {}, el("strong", {}, role), el("span", { class: "meta" }, picture?.gone ? "taken down" : (picture?.caption || picture?.filename || "")),
          !picture?.gone && !(alt ?? picture?.alt) ? el("span", { class: "badge warn" }, "no alt text") : null)));
    };
    used.replaceChildren(lead || body.length
      ? el("ul", { class: "rail-list" }, ...(lead ? [row(lead.image, "Lead image", lead.alt, () => find("#lead").scrollIntoView({ block: "center" }))] : []),
        ...body.map((id) => row(id, "In the text", null, () => show(view(), id))))
      : el("p", { class: "meta" }, "No picture yet. Choose one below, or drop a file into the text."));
  };
  draw();
  return draw;
}

export function putPicture(view: EditorView, picture: Picture): void {
  view.dispatch(insertBlock(view.state, view.state.schema.nodes["figure"]!.create({ image: picture.id })));
}

/** Take in files, each with a line that says how far it is; what was refused stays there with the reason. */
async function takeIn(files: File[], library: Library, place: HTMLElement, say: (words: string) => void): Promise<void> {
  place.replaceChildren();
  await Promise.all(files.map(async (file) => {
    const line = el("li", { class: "meta", role: "status" });
    place.append(line);
    const taken = await library.upload(file, (words) => (line.textContent = words));
    const words = typeof taken === "string" ? taken : `${file.name} is in the library, ready to be used.`;
    if (!line.checkVisibility()) say(words);
    else line.replaceWith(el("li", typeof taken === "string" ? { class: "error", role: "alert" } : { class: "meta", role: "status" }, words));
  }));
}

function inBody(view: EditorView): string[] {
  const found = new Set<string>();
  view.state.doc.descendants((node) => {
    if (node.type.name === "figure") found.add(node.attrs["image"] as string);
  });
  return [...found];
}

function show(view: EditorView, id: string): void {
  view.state.doc.descendants((node, at) => {
    if (node.type.name === "figure" && node.attrs["image"] === id) view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, at)).scrollIntoView());
  });
  view.focus();
}
