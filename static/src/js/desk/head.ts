// What stands above the body: kicker, headline, standfirst, byline line, lead image; each in its place, as readers see it.
import type { EditorView } from "prosemirror-view";
import { el, find } from "./dom";
import { type Fields, LABELS } from "./fields";
import type { Library } from "./library";
import { pictures } from "./paste";
import { quote } from "./quotes";
import { writable } from "./text";
import { type Names, ROLES } from "./details";
import type { Credit, Json, Lead } from "./types";

const LINES = ["kicker", "headline", "standfirst"];

export class Head {
  private readonly areas = new Map<string, HTMLTextAreaElement>();
  private readonly caption: HTMLTextAreaElement;
  private readonly alt: HTMLTextAreaElement;
  private readonly credit: HTMLTextAreaElement;
  private quoted: { area: HTMLTextAreaElement; from: number; to: number; plain: string } | null = null; // just now

  constructor(private readonly root: HTMLElement, private readonly fields: Fields, private readonly library: Library, private locked: boolean, private readonly names: Names, private readonly learn: () => void, view: () => EditorView) {
    for (const area of root.querySelectorAll<HTMLTextAreaElement>("textarea[data-field]")) {
      const name = area.dataset["field"]!;
      this.areas.set(name, area);
      area.readOnly = locked;
      area.addEventListener("input", (event) => {
        this.quoted = null;
        this.quote(area, event as InputEvent);
        fields.set(name, this.value(name, area.value));
      });
      area.addEventListener("blur", () => void fields.flush());
      area.addEventListener("keydown", (event) => {
        if (event.key === "Backspace" && this.unquote(area)) event.preventDefault();
        if (event.key !== "Enter" || event.isComposing || event.shiftKey) return;
        event.preventDefault();
        const next = LINES[LINES.indexOf(name) + 1];
        if (next) this.areas.get(next)!.focus();
        else view().focus();
      });
    }
    this.caption = find<HTMLTextAreaElement>("#lead-caption");
    this.alt = find<HTMLTextAreaElement>("#lead-alt");
    this.credit = find<HTMLTextAreaElement>("#lead-credit");
    for (const [name, input] of [["caption", this.caption], ["alt", this.alt], ["credit", this.credit]] as const) {
      input.readOnly = locked;
      input.addEventListener("input", () => {
        const lead = this.lead;
        if (lead) fields.set("lead", { ...lead, [name]: writable(input.value).replace(/\s+/g, " ").trim() || null } as unknown as Json);
      });
    }
    const lead = find("#lead");
    for (const button of lead.querySelectorAll<HTMLButtonElement>("[data-lead]")) button.addEventListener("click", () => void this.choose(button.dataset["lead"]!));
    find("img", lead).addEventListener("click", () => (lead.classList.contains("needs-alt") ? this.alt : this.caption).focus());
    lead.addEventListener("dragover", (event) => event.preventDefault());
    lead.addEventListener("drop", (event) => {
      const files = pictures(event.dataTransfer);
      event.preventDefault();
      if (!files[0] || this.locked) return;
      lead.setAttribute("aria-busy", "true");
      const sent = find("#lead-sent");
      void library.upload(files[0], (words) => (sent.textContent = words)).then((taken) => {
        lead.removeAttribute("aria-busy");
        sent.textContent = "";
        if (typeof taken === "string") this.say("lead", taken);
        else fields.set("lead", { image: taken.id }, true);
      });
    });
    library.watch((id) => id === this.lead?.image && this.drawLead());
    for (const name of [...LINES, "lead"]) this.draw(name, null);
  }

  lock(): void {
    this.locked = true;
    for (const area of [...this.areas.values(), this.caption, this.alt]) area.readOnly = true;
    for (const button of find("#lead").querySelectorAll<HTMLElement>("[data-lead]")) button.hidden = true;
  }

  private get lead(): Lead | null {
    return this.fields.get("lead") as unknown as Lead | null;
  }

  private value(name: string, raw: string): string {
    const text = writable(raw);
    return name === "standfirst" ? text.trim() : text.replace(/\s+/g, " ").trim();
  }

  /** Typographic quotes here too; Backspace right after one gives the plain one. */
  private quote(area: HTMLTextAreaElement, event: InputEvent): void {
    if (event.inputType !== "insertText" || (event.data !== '"' && event.data !== "'")) return;
    const at = area.selectionStart;
    const put = quote(area.value.slice(0, at - 1), event.data, String(this.fields.get("language") ?? "en"));
    area.setRangeText(put, at - 1, at, "end");
    this.quoted = { area, from: at - 1, to: at - 1 + put.length, plain: event.data };
  }

  private unquote(area: HTMLTextAreaElement): boolean {
    const { quoted } = this;
    if (!quoted || area !== quoted.area || area.selectionStart !== quoted.to || area.selectionEnd !== quoted.to) return false;
    area.setRangeText(quoted.plain, quoted.from, quoted.to, "end");
    area.dispatchEvent(new Event("input"));
    return true;
  }

  private async choose(what: string): Promise<void> {
    if (what === "remove") return this.fields.set("lead", null, true);
    const picture = await this.library.pick();
    if (picture) this.fields.set("lead", { image: picture.id }, true);
  }

  private say(name: string, words: string): void {
    const said = this.root.querySelector<HTMLElement>(`[data-said="${name}"]`);
    if (said) said.textContent = words;
  }

  draw(name: string, by: string | null): void {
    if (name === "lead") this.drawLead();
    if (name === "bylines" || name === "section") this.drawNames();
    if (name === "headline") document.title = `${String(this.fields.get("headline") || "No headline yet")} · Daybook desk`;
    const area = this.areas.get(name);
    if (area) {
      const value = String(this.fields.get(name) ?? "");
      if (this.value(name, area.value) !== value) {
        area.value = value;
        if (by) {
          area.classList.remove("changed");
          requestAnimationFrame(() => area.classList.add("changed"));
        }
      }
      const problem = this.fields.problems.get(name);
      area.toggleAttribute("aria-invalid", Boolean(problem));
      if (problem) area.setAttribute("aria-invalid", "true");
    }
    this.say(name, this.fields.problems.get(name) ?? "");
    this.drawClash(name);
  }

  /** The byline line and the section, once their names are known here. */
  private drawNames(): void {
    const credits = this.fields.get("bylines") as unknown as Credit[];
    const section = this.fields.get("section") as string | null;
    const all = [...credits.map((one) => this.names["bylines"]?.[one.byline]), section ? this.names["sections"]?.[section] : ""];
    if (all.includes(undefined)) {
      this.learn();
      return;
    }
    const said = ROLES.flatMap(([role, label]) => {
      const names = credits.filter((one) => one.role === role).map((one) => this.names["bylines"]![one.byline]!);
      return names.length ? `${label} ${new Intl.ListFormat("en-GB", { style: "long" }).format(names)}` : [];
    });
    find("#byline-line").textContent = said.join(". ");
    const line = find("#section-line");
    line.textContent = section ? this.names["sections"]![section]! : "";
  }

  private drawLead(): void {
    const lead = this.lead;
    const figure = find("#lead");
    const picture = lead ? this.library.get(lead.image) : undefined;
    figure.classList.toggle("has-image", Boolean(lead));
    const image = find<HTMLImageElement>("img", figure);
    if (picture?.src && image.getAttribute("src") !== picture.src) {
      image.width = picture.width ?? 960;
      image.height = picture.height ?? 640;
      image.src = picture.src;
    }
    image.hidden = !picture?.src;
    image.alt = lead?.alt ?? picture?.alt ?? "";
    figure.classList.toggle("needs-alt", Boolean(lead && picture && !(lead.alt ?? picture.alt)));
    for (const [input, own, follows, otherwise] of [
      [this.caption, lead?.caption, picture?.caption, "Caption"],
      [this.alt, lead?.alt, picture?.alt, "What one sees, for those who do not"],
      [this.credit, lead?.credit, picture?.credit, "Who made it"],
    ] as const) {
      if (document.activeElement !== input) input.value = own ?? "";
      input.placeholder = follows || otherwise;
    }
    if (picture?.gone) this.say("lead", "This picture was taken down. Choose another one.");
  }

  private drawClash(name: string): void {
    const place = this.root.querySelector<HTMLElement>(`[data-clash="${name}"]`) ?? find("#clashes");
    place.querySelector(`[data-of="${name}"]`)?.remove();
    const clash = this.fields.clashes.get(name);
    if (!clash || this.locked) return;
    const shown = (value: Json) => (typeof value === "string" ? value || "(empty)" : value === null ? "(nothing)" : "another choice");
    place.append(el("div", { class: "notice warn clash", role: "alert", "data-of": name },
      el("p", {}, el("strong", {}, `${clash.by} changed the ${LABELS[name]} while you did.`), " Nothing is lost; choose one."),
      el("div", { class: "clash-pair" },
        el("div", {}, el("p", { class: "meta" }, "Yours"), el("blockquote", {}, shown(this.fields.get(name))),
          el("button", { type: "button", class: "button small", click: () => this.fields.choose(name, true) }, "Keep mine")),
        el("div", {}, el("p", { class: "meta" }, `${clash.by}’s`), el("blockquote", {}, shown(clash.theirs)),
          el("button", { type: "button", class: "button small", click: () => this.fields.choose(name, false) }, "Take theirs")))));
  }
}
