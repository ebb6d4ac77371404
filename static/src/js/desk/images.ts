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
    const now = JSON.stringify([lead, ...body, ...[...(lead ? [lead.image] : []), ...body.keys()].map((id) => library.get(id) ?? id)]);
    if (now === drawn) return;
    drawn = now;
    const row = (id: string, role: string, alts: (string | null | undefined)[], press: () => void) => {
      const picture = library.get(id);
      return el("li", {}, el("button", { type: "button", class: "picture-row", click: press },
        picture?.small ? el("img", { src: picture.small, alt: "" }) : null,
        el("span", {}, el("strong", {}, role), el("span", { class: "meta" }, picture?.gone ? "taken down" : (picture?.caption || picture?.alt || picture?.filename || "")),
          picture?.gone ? null : told(picture, alts))));
    };
    used.replaceChildren(lead || body.size
      ? el("ul", { class: "rail-list" }, ...(lead ? [row(lead.image, "Lead picture", [lead.alt], () => find("#lead").scrollIntoView({ block: "center" }))] : []),
        ...[...body].map(([id, alts]) => row(id, "In the text", alts, () => show(view(), id))))
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

/** What there is to say of a picture's alt text. alts: those that the story gives it, wherever it stands. */
function told(picture: Picture | undefined, alts: (string | null | undefined)[]): HTMLElement | null {
  if (!picture) return null;
  if (!alts.every((alt) => alt ?? picture.alt)) return el("span", { class: "badge warn" }, "no alt text");
  return picture.alt ? null : el("span", { class: "meta" }, "The library has no alt text; this story has its own.");
}

/** The pictures in the text, each with the alt texts that the story gives it. */
function inBody(view: EditorView): Map<string, (string | null)[]> {
  const found = new Map<string, (string | null)[]>();
  view.state.doc.descendants((node) => {
    if (node.type.name === "figure") {
      const { image, alt } = node.attrs as { image: string; alt: string | null };
      found.set(image, [...(found.get(image) ?? []), alt]);
    }
  });
  return found;
}

function show(view: EditorView, id: string): void {
  view.state.doc.descendants((node, at) => {
    if (node.type.name === "figure" && node.attrs["image"] === id) view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, at)).scrollIntoView());
  });
  view.focus();
}
