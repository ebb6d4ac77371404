// The newsroom's pictures: what is known of them, choosing one, taking one in.
import { dialog, el, icon } from "./dom";
import type { Server } from "./server";
import { type Picture, uuid } from "./types";

export class Library {
  private readonly watchers = new Set<(id: string) => void>();
  private readonly asked = new Set<string>();

  constructor(readonly server: Server, private readonly known: Record<string, Picture>, readonly megabytes: number) {}

  /** A picture, as far as this page knows it; what it does not know it asks for, and tells those who watch. */
  get(id: string): Picture | undefined {
    if (!this.known[id] && !this.asked.has(id)) {
      this.asked.add(id);
      void this.server.get<Picture>(`/images/${id}`).then((answer) => {
        if (answer.kind === "done") this.add(answer.value);
        else this.asked.delete(id);
      });
    }
    return this.known[id];
  }

  add(picture: Picture): void {
    this.known[picture.id] = picture;
    for (const told of this.watchers) told(picture.id);
  }

  watch(told: (id: string) => void): () => void {
    this.watchers.add(told);
    return () => this.watchers.delete(told);
  }

  async search(text: string, before: string | null = null): Promise<{ images: Picture[]; next: string | null } | null> {
    const query = new URLSearchParams({ q: text, ...(before ? { before } : {}) });
    const answer = await this.server.get<{ images: Picture[]; next: string | null }>(`/images?${query}`);
    if (answer.kind !== "done") return null;
    answer.value.images.forEach((picture) => (this.known[picture.id] = picture));
    return answer.value;
  }

  /** Take in a file, and say meanwhile how far it is. Resolves with the picture, or with what is wrong with it, for a person. */
  async upload(file: File, say: (words: string) => void = () => undefined): Promise<Picture | string> {
    if (file.size > this.megabytes * 1_000_000) return `${file.name}: the file is larger than ${this.megabytes} MB. Save it smaller, as JPEG.`;
    const form = new FormData();
    form.append("command_id", uuid());
    form.append("file", file, file.name || "picture");
    const name = file.name || "A picture";
    say(`${name} is being sent …`);
    const answer = await this.server.upload<Picture>("/images", form, (share) => {
      say(share < 1 ? `${name}: ${Math.floor(share * 100)} % sent` : `${name} has arrived and is being read …`);
    });
    if (answer.kind === "done") {
      this.add(answer.value);
      return answer.value;
    }
    if (answer.kind === "away") return `${file.name}: it could not be sent. The file is untouched; try again.`;
    if (answer.kind === "expired") return `${file.name}: your session has ended. Sign in, then add it again.`;
    return `${file.name}: ${answer.problem.message}`;
  }

  /** A grid of pictures with a search; `chosen` is called with the one that is pressed. */
  grid(list: HTMLElement, search: HTMLInputElement, more: HTMLButtonElement, tile: (picture: Picture) => HTMLElement): { load(): Promise<void> } {
    let next: string | null = null;
    let timer = 0;
    const load = async (after: string | null = null): Promise<void> => {
      list.setAttribute("aria-busy", "true");
      const found = await this.search(search.value, after);
      list.removeAttribute("aria-busy");
      if (!after) list.replaceChildren();
      if (!found) list.append(el("li", { class: "meta" }, "The library could not be reached. What you wrote is safe; try again."));
      else if (!found.images.length && !after) list.append(el("li", { class: "meta" }, search.value ? "No picture has these words." : "There are no pictures yet. Upload one."));
      list.append(...(found?.images ?? []).map((picture) => el("li", {}, tile(picture))));
      next = found?.next ?? null;
      more.hidden = !next;
    };
    search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => void load(), 250);
    });
    more.addEventListener("click", () => void load(next));
    return { load: () => load() };
  }

  /** Choose a picture in a dialog, or upload one there. */
  pick(): Promise<Picture | null> {
    return new Promise((done) => {
      const search = el("input", { class: "input", type: "search", placeholder: "Caption, credit, file name", "aria-label": "Search the library", autocomplete: "off" });
      const list = el("ul", { class: "picture-grid" });
      const more = el("button", { class: "button small", type: "button", hidden: true }, "More");
      const file = el("input", { class: "visually-hidden", type: "file", accept: "image/*", id: "pick-file" });
      const said = el("p", { class: "meta", role: "status" });
      const box = dialog(
        "Choose a picture",
        el("div", { class: "dialog-head" }, el("h2", {}, "Choose a picture"),
          el("label", { class: "button small", for: "pick-file" }, icon("upload"), "Upload"), file,
          el("button", { class: "button small quiet", type: "button", "aria-label": "Close", click: () => box.close() }, icon("x"))),
        search, said, list, more,
      );
      let chosen: Picture | null = null;
      const take = (picture: Picture) => {
        chosen = picture;
        box.close();
      };
      box.addEventListener("close", () => done(chosen));
      file.addEventListener("change", async () => {
        if (!file.files?.[0]) return;
        const taken = await this.upload(file.files[0], (words) => (said.textContent = words));
        if (typeof taken === "string") said.textContent = taken;
        else take(taken);
      });
      void this.grid(list, search, more, (picture) => tile(picture, () => take(picture))).load();
      search.focus();
    });
  }
}

export function tile(picture: Picture, press: () => void): HTMLElement {
  const words = picture.caption || picture.alt || picture.filename || "Picture without words";
  return el("button", { type: "button", class: "picture-tile", title: words, click: press },
    el("img", { src: picture.small ?? "", alt: "", loading: "lazy" }),
    el("span", {}, words));
}

