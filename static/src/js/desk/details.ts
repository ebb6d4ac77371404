// The panels of details and of images: what the story is filed under, and the pictures it has and could have.
import { el, find, icon } from "./dom";
import type { Fields } from "./fields";
import { type Library, tile } from "./library";
import type { Credit, Json, Lead, Picture } from "./types";

export const ROLES: [string, string][] = [["by", "By"], ["photographs", "Photographs by"], ["contributing", "Additional reporting by"]];
export type Names = Record<string, Record<string, string>>;

export function details(root: HTMLElement, fields: Fields, names: Names, locked: boolean): () => void {
  for (const select of root.querySelectorAll<HTMLSelectElement>("select")) {
    const kind = { "d-byline": "bylines", "d-tag": "tags", "d-section": "sections" }[select.id];
    if (kind) for (const option of select.options) if (option.value) (names[kind] ??= {})[option.value] = option.text;
  }
  const inputs = [...root.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-field]")];
  const set = (name: string, value: Json) => fields.set(name, value, true);
  for (const input of inputs) {
    const name = input.dataset["field"]!;
    input.addEventListener(input instanceof HTMLSelectElement ? "change" : "input", () => {
      if (input instanceof HTMLSelectElement) set(name, input.value || (name === "section" ? null : ""));
      else fields.set(name, input.value.trim().toLowerCase().replace(/[\s_]+/g, "-"));
    });
  }
  const bylines = find<HTMLElement>("[data-list=bylines]", root);
  const tags = find<HTMLElement>("[data-list=tags]", root);
  const byline = find<HTMLSelectElement>("#d-byline", root);
  const tag = find<HTMLSelectElement>("#d-tag", root);
  byline.addEventListener("change", () => {
    const now = fields.get("bylines") as unknown as Credit[];
    if (byline.value && !now.some((one) => one.byline === byline.value && one.role === "by")) set("bylines", [...now, { byline: byline.value, role: "by" }] as unknown as Json);
    byline.value = "";
  });
  tag.addEventListener("change", () => {
    const now = fields.get("tags") as string[];
    if (tag.value && !now.includes(tag.value)) set("tags", [...now, tag.value]);
    tag.value = "";
  });

  const drawBylines = () => {
    const now = fields.get("bylines") as unknown as Credit[];
    const put = (list: Credit[]) => set("bylines", list as unknown as Json);
    find("ol", bylines).replaceChildren(...now.map((one, index) => {
      const name = names["bylines"]?.[one.byline] ?? "Somebody";
      const move = (to: number) => {
        const list = [...now];
        list.splice(to, 0, ...list.splice(index, 1));
        put(list);
      };
      const role = el("select", { class: "select small", "aria-label": `What ${name} did`, disabled: locked }, ...ROLES.map(([value, label]) => el("option", { value, selected: value === one.role }, label)));
      role.addEventListener("change", () => put(now.map((other, at) => (at === index ? { ...other, role: role.value } : other))));
      return el("li", {}, el("span", { class: "grow" }, name), role,
        el("button", { type: "button", class: "button small quiet", "aria-label": `Move ${name} up`, disabled: locked || !index, click: () => move(index - 1) }, icon("arrow-up")),
        el("button", { type: "button", class: "button small quiet", "aria-label": `Remove ${name}`, disabled: locked, click: () => put(now.filter((_, at) => at !== index)) }, icon("x")));
    }));
  };
  const drawTags = () => {
    const now = fields.get("tags") as string[];
    find("ul", tags).replaceChildren(...now.map((id) => el("li", {}, names["tags"]?.[id] ?? "Unknown tag",
      el("button", { type: "button", "aria-label": `Remove ${names["tags"]?.[id] ?? "tag"}`, disabled: locked, click: () => set("tags", now.filter((one) => one !== id)) }, icon("x")))));
  };
  const draw = () => {
    for (const input of inputs) {
      const value = (fields.get(input.dataset["field"]!) ?? "") as string;
      if (document.activeElement !== input && input.value !== value) input.value = value;
      input.disabled = locked;
      const problem = fields.problems.get(input.dataset["field"]!);
      input.toggleAttribute("aria-invalid", Boolean(problem));
      if (problem) input.setAttribute("aria-invalid", "true");
      let said = input.parentElement!.querySelector<HTMLElement>(".error");
      if (problem && !said) input.after((said = el("p", { class: "error", role: "alert" })));
      if (said) said.textContent = problem ?? "";
    }
    byline.disabled = tag.disabled = locked;
    drawBylines();
    drawTags();
  };
  draw();
  return draw;
}

export interface PicturesHost {
  library: Library;
  fields: Fields;
  locked: boolean;
  inBody(): string[];
  insert(picture: Picture): void;
  show(id: string): void;
  takeIn(files: File[]): Promise<(Picture | string)[]>;
  say(words: string): void;
}

export function images(root: HTMLElement, host: PicturesHost): () => void {
  const { library, fields } = host;
  const used = find("[data-used]", root);
  const file = find<HTMLInputElement>("#i-file", root);
  file.disabled = host.locked;
  const grid = library.grid(find("[data-library]", root), find<HTMLInputElement>("#i-search", root), find<HTMLButtonElement>("[data-more]", root), (picture) =>
    el("div", { class: "picture-choice" }, tile(picture, () => host.insert(picture)),
      el("p", { class: "actions" },
        el("button", { type: "button", class: "button small", disabled: host.locked, click: () => host.insert(picture) }, "Insert"),
        el("button", { type: "button", class: "button small", disabled: host.locked, click: () => fields.set("lead", { image: picture.id }, true) }, "As lead"))));
  file.addEventListener("change", async () => {
    const files = [...(file.files ?? [])];
    host.say(files.length === 1 ? `${files[0]!.name} is being taken in …` : `${files.length} pictures are being taken in …`);
    const taken = await host.takeIn(files);
    const refused = taken.filter((one): one is string => typeof one === "string");
    host.say(refused.length ? refused.join(" ") : "Taken in: in the library, ready to be used.");
    file.value = "";
    await grid.load();
  });
  void grid.load();
  let drawn = "";
  const draw = () => {
    const lead = fields.get("lead") as unknown as Lead | null;
    const body = host.inBody();
    const now = JSON.stringify([lead, ...[...(lead ? [lead.image] : []), ...body].map((id) => library.get(id) ?? id)]);
    if (now === drawn) return;
    drawn = now;
    const row = (id: string, role: string, press: () => void) => {
      const picture = library.get(id);
      const alt = role === "Lead image" ? (lead?.alt ?? picture?.alt) : picture?.alt;
      return el("li", {}, el("button", { type: "button", class: "picture-row", click: press },
        picture?.small ? el("img", { src: picture.small, alt: "" }) : null,
        el("span", {}, el("strong", {}, role), el("span", { class: "meta" }, picture?.gone ? "taken down" : (picture?.caption || picture?.filename || "")),
          !picture?.gone && !alt ? el("span", { class: "badge warn" }, "no alt text") : null)));
    };
    used.replaceChildren(lead || body.length
      ? el("ul", { class: "rail-list" }, ...(lead ? [row(lead.image, "Lead image", () => find("#lead").scrollIntoView({ block: "center" }))] : []),
        ...body.map((id) => row(id, "In the text", () => host.show(id))))
      : el("p", { class: "meta" }, "No picture yet. Choose one below, or drop a file into the text."));
  };
  draw();
  return draw;
}
