// The rail: one panel at a time, a fragment of a page that the server draws, loaded when it is opened.
// A panel's own script listens for it with `rail.fill(name, root => …)`; plain forms in it work without one.
import { el, icon } from "./dom";
import type { Unsent } from "./unsent";

const DEPENDS = new Set(["workflow", "checks", "history", "notes"]); // panels that say something of the words
const SAID = ".notice[role=status]"; // what became of a button that was pressed

export class Rail {
  private readonly fillers = new Map<string, (root: HTMLElement) => void>();
  private shown: string | null = null;
  private asked = 0;
  private timer = 0;

  constructor(
    private readonly aside: HTMLElement, private readonly tabs: HTMLElement, private readonly article: string,
    private readonly unsent: Unsent, private readonly settle: () => Promise<void>, private readonly key: () => string, private readonly changed: () => void,
  ) {
    for (const button of this.buttons) button.addEventListener("click", () => this.toggle(button.dataset["panel"]!));
    aside.querySelector(".rail-close")?.addEventListener("click", () => this.close(true));
    document.addEventListener("keydown", (event) => {
      if ((!event.ctrlKey && !event.metaKey) || event.altKey || event.shiftKey || !/^[1-8]$/.test(event.key)) return;
      const button = this.buttons.find((one) => one.dataset["key"] === event.key);
      if (!button) return;
      event.preventDefault();
      this.toggle(button.dataset["panel"]!);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing && !document.querySelector("dialog[open]")) this.escape();
    });
    aside.addEventListener("submit", (event) => void this.submit(event));
    for (const name of ["input", "change"]) aside.addEventListener(name, () => this.shown && unsent.keep(this.shown, this.root));
  }

  private get buttons(): HTMLButtonElement[] {
    return [...this.tabs.querySelectorAll<HTMLButtonElement>("[data-panel]")];
  }

  private get root(): HTMLElement {
    return this.aside.querySelector<HTMLElement>("[data-root]")!;
  }

  /** What a panel's script does with its fragment each time it is loaded. */
  fill(name: string, filler: (root: HTMLElement) => void): void {
    this.fillers.set(name, filler);
  }

  toggle(name: string): void {
    if (this.shown === name) this.close(true);
    else void this.open(name, true);
  }

  /** Close the open panel, if there is one; who was at the story itself goes on there. */
  escape(): boolean {
    if (this.shown === null) return false;
    this.close(!document.activeElement?.closest(".article"));
    return true;
  }

  close(focus = false): void {
    const button = this.buttons.find((one) => one.dataset["panel"] === this.shown);
    this.shown = null;
    this.mark();
    const tab = button?.checkVisibility() ? button : document.getElementById("rail-menu"); // where the tabs are a menu
    if (focus) tab?.focus();
  }

  private mark(): void {
    this.aside.hidden = this.shown === null;
    document.body.classList.toggle("rail-open", this.shown !== null);
    for (const one of this.buttons) one.setAttribute("aria-expanded", String(one.dataset["panel"] === this.shown));
    try {
      localStorage.setItem("daybook-rail", this.shown ?? "");
    } catch {
      // A private window forgets which panel was open; nothing else does.
    }
  }

  async open(name: string, focus = false): Promise<void> {
    this.shown = name;
    this.mark();
    if (focus) this.aside.focus();
    this.root.replaceChildren(el("p", { class: "meta loading" }, "Loading …"));
    this.aside.scrollTop = 0;
    await this.load(name);
  }

  /** Draw the open panel anew: not while somebody types in one of its forms, and what it said last stays. */
  async refresh(): Promise<void> {
    if (this.shown && !this.unsent.has(this.shown)) await this.load(this.shown, true);
  }

  /** What the panel said last was of how the story stood before somebody else did something. */
  hush(): void {
    this.root.querySelector(SAID)?.remove();
  }

  /** The words have changed, and with them perhaps what can be done: draw it anew after a pause, if nobody is in it. */
  stale(): void {
    clearTimeout(this.timer);
    if (this.shown && DEPENDS.has(this.shown)) this.timer = window.setTimeout(() => this.aside.contains(document.activeElement) || void this.refresh(), 1000);
  }

  private async load(name: string, again = false): Promise<void> {
    const turn = (this.asked += 1);
    try {
      const response = await fetch(`/desk/articles/${this.article}/panels/${name}`);
      const text = await response.text();
      if (turn !== this.asked) return;
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      const said = again && this.root.querySelector(SAID);
      this.show(name, text);
      if (said) this.root.querySelector("h2")?.after(said);
    } catch {
      if (turn !== this.asked) return;
      this.root.replaceChildren(
        el("p", { class: "notice warn" }, "This panel could not be loaded. What you wrote is safe."),
        el("button", { type: "button", class: "button small", click: () => void this.open(name, true) }, icon("rotate-ccw"), "Try again"),
      );
    }
  }

  private show(name: string, html: string): void {
    const page = new DOMParser().parseFromString(html, "text/html"); // the server's own template; scripts in it never run
    const within = this.aside.contains(document.activeElement); // its heading has the focus then, which would be lost
    this.root.replaceChildren(...page.body.childNodes);
    this.root.dataset["panel"] = name;
    this.unsent.restore(name, this.root);
    this.fillers.get(name)?.(this.root);
    const heading = this.root.querySelector("h2");
    heading?.setAttribute("tabindex", "-1");
    if (within) heading?.focus({ preventScroll: true });
  }

  /** A form of a panel: sent once everything typed is saved, and answered in its place. */
  private async submit(event: SubmitEvent): Promise<void> {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== "post" || form.dataset["plain"] !== undefined) return;
    event.preventDefault();
    const button = event.submitter as HTMLButtonElement | null;
    const name = this.shown;
    if (button?.getAttribute("aria-disabled") === "true") return;
    button?.setAttribute("aria-disabled", "true");
    try {
      await this.settle();
      const data = new FormData(form, button);
      data.set("key", this.key());
      const response = await fetch(form.action, { method: "POST", body: data });
      const text = await response.text();
      if (response.ok && name) this.unsent.forget(name, form);
      if (name && name === this.shown) await (response.redirected ? this.load(name, true) : this.show(name, text));
      if (!response.ok) this.root.querySelector<HTMLElement>("[aria-invalid]")?.focus();
      this.changed();
    } catch {
      form.prepend(el("p", { class: "notice warn", role: "alert" }, "The server did not answer. It is not known whether this was done: look, then try again."));
    } finally {
      button?.removeAttribute("aria-disabled");
    }
  }
}
