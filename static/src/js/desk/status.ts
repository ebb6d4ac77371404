// The state line: what is saved, what waits and where, said so that it is always true. And notices beneath it.
import { el, icon } from "./dom";
import { LABELS } from "./fields";
import { clock, count } from "./text";

export interface How { pending: number; kept: boolean; expired: boolean; stuck: string; clashes: number }

export class Status {
  expired = false;
  trouble = ""; // what the server said of why it cannot save just now
  private at: number | null = null;
  private there = true;
  private others = "";
  private timer = 0;

  constructor(private readonly line: HTMLElement, private readonly notices: HTMLElement, private readonly zone: string) {}

  saved(at: number | null): void {
    this.at = at;
    this.there = true;
    this.trouble = "";
    this.others = "";
  }

  /** Somebody else changed a field. */
  told(by: string, field: string, at: number): void {
    this.others = `${by} changed the ${LABELS[field] ?? field}`;
    this.at = Math.max(at, this.at ?? 0);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.others = ""), 20_000);
  }

  /** Whether the server answers. True where it does again. */
  reached(yes: boolean): boolean {
    const again = yes && !this.there;
    this.there = yes;
    return again;
  }

  draw(how: How): void {
    const [tone, words] = this.words(how);
    if (this.line.textContent !== words) this.line.textContent = words;
    this.line.dataset["tone"] = tone;
  }

  private words(how: How): [string, string] {
    const waiting = how.pending ? count(how.pending, "change") : "";
    const where = how.kept ? "kept on this device" : "in this window only: do not close it";
    if (how.stuck) return ["bad", `Not saved: ${how.stuck}`];
    if (how.expired) return ["warn", waiting ? `Signed out, ${waiting} ${where}` : "Signed out"];
    if (how.clashes) return ["warn", `${count(how.clashes, "field")} changed by somebody else: choose below`];
    if (!navigator.onLine) return ["warn", waiting ? `Offline, ${waiting} ${where}` : "Offline. Go on writing: it is kept on this device"];
    if (!this.there) return ["warn", waiting ? `The server does not answer, ${waiting} ${where}` : "The server does not answer. Go on writing: it is kept on this device"];
    if (how.pending && this.trouble) return ["warn", `${this.trouble.split(". ")[0]!.replace(/\.$/, "")}, ${waiting} ${where}`];
    if (how.pending) return ["busy", "Saving…"];
    if (this.others) return ["info", this.others];
    return ["good", this.at ? `Saved ${clock(this.at, this.zone)}` : "Everything is saved"];
  }

  notice(tone: "info" | "warn" | "bad", words: string, offers: [string, () => void][] = []): void {
    if ([...this.notices.children].some((one) => (one as HTMLElement).dataset["words"] === words)) return;
    const made = el("div", { class: `notice ${tone}`, role: tone === "info" ? "status" : "alert", "data-words": words },
      el("p", {}, words),
      el("p", { class: "actions" },
        ...offers.map(([label, press]) => el("button", { type: "button", class: "button small", click: () => { made.remove(); press(); } }, label)),
        el("button", { type: "button", class: "button small quiet", "aria-label": "Dismiss", click: () => made.remove() }, icon("x"))));
    this.notices.append(made);
    if (tone === "info") setTimeout(() => made.remove(), 12_000);
  }
}
