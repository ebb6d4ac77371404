// The panel of details: what the story is filed under, and who signed it.
import { el, find, icon } from "./dom";
import type { Fields } from "./fields";
import type { Credit, Json } from "./types";

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
