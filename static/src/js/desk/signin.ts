// Signing in over the page: the session has ended, nothing is lost, and what waits is sent afterwards.
import { dialog, el } from "./dom";
import type { Server } from "./server";

const QUIET = 1200; // milliseconds without a key
const AGAIN = 60_000; // after "Later"
const AWAY = "The server did not answer. What you wrote is kept on this device; try again.";
const ALONE = "On a page of its own";

interface Signed { key: string; owes: boolean; second_step?: true }

export class SignIn {
  private open: HTMLDialogElement | null = null;
  private timer = 0;
  private later = 0;
  private pressed = 0; // when a key was last pressed
  private rests = 0; // until when nobody is asked again

  constructor(private readonly server: Server, private readonly me: { name: string; email: string }, private readonly copying: [string, () => void], private readonly done: () => void, private readonly closed: () => void) {
    document.addEventListener("keydown", () => (this.pressed = Date.now()), { capture: true });
  }

  get waiting(): boolean {
    return this.open !== null;
  }

  /** Somebody wants to sign in: at once, whatever they said before. */
  askNow(): void {
    this.rests = this.pressed = 0;
    this.ask();
  }

  /** Ask once the typing pauses: what is typed in mid-sentence must not end up in the field of a password. */
  ask(): void {
    if (this.open || Date.now() < this.rests) return;
    clearTimeout(this.later);
    const rest = this.pressed + QUIET - Date.now();
    if (rest > 0) {
      this.later = window.setTimeout(() => this.ask(), rest);
      return;
    }
    const box = this.open = dialog("Sign in again");
    box.addEventListener("close", () => {
      this.open = null;
      this.rests = Date.now() + AGAIN;
      clearInterval(this.timer);
      this.closed();
      void this.look();
    });
    this.askPassword(box);
    // Signed in again elsewhere, in another tab say: then this one need not ask.
    this.timer = window.setInterval(() => void this.look(), 3000);
    void this.look();
  }

  private askPassword(box: HTMLDialogElement, said = ""): void {
    const email = el("input", { class: "input", id: "again-email", type: "email", autocomplete: "username", required: true, value: this.me.email });
    const password = el("input", { class: "input", id: "again-password", type: "password", autocomplete: "current-password", required: true });
    const wrong = el("p", { class: "error", role: "alert" }, said);
    this.form(box, "Your session has ended", wrong, async () => {
      await this.server.refresh(); // the key for those who are not signed in
      return this.send(box, wrong, "/sign-in", { email: email.value, password: password.value, account: this.server.account });
    },
      el("p", {}, `Everything that you wrote is kept on this device. Sign in again as ${this.me.name}, and it is sent.`),
      el("div", { class: "field" }, el("label", { for: "again-email" }, "E-mail address"), email),
      el("div", { class: "field" }, el("label", { for: "again-password" }, "Password"), password));
    password.focus();
  }

  private askCode(box: HTMLDialogElement): void {
    const code = el("input", { class: "input code", id: "again-code", inputmode: "numeric", autocomplete: "one-time-code", autocapitalize: "none", spellcheck: "false", required: true });
    const wrong = el("p", { class: "error", role: "alert" });
    this.form(box, "The second step", wrong, () => this.send(box, wrong, "/sign-in/code", { code: code.value }),
      el("p", {}, "Your password was right. Now the code that your phone shows, or one of your recovery codes."),
      el("div", { class: "field" }, el("label", { for: "again-code" }, "Code"), code));
    code.focus();
  }

  private form(box: HTMLDialogElement, title: string, wrong: HTMLElement, submit: () => Promise<void>, ...fields: HTMLElement[]): void {
    const button = el("button", { class: "button primary" }, "Sign in");
    box.replaceChildren(el("form", { method: "dialog", submit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      await submit();
      button.disabled = false;
    } }, el("h2", {}, title), ...fields, wrong,
      el("p", { class: "actions" }, button, el("button", { type: "button", class: "button", click: () => box.close() }, "Later"), el("button", { type: "button", class: "button", click: this.copying[1] }, this.copying[0]), alone("/desk/sign-in?next=/desk/you", ALONE))));
  }

  private async send(box: HTMLDialogElement, wrong: HTMLElement, path: string, words: Record<string, string>): Promise<void> {
    const answer = await this.server.post<Signed>(path, words);
    if (answer.kind === "done" && answer.value.second_step) this.askCode(box);
    else if (answer.kind === "done") {
      this.server.key = answer.value.key;
      if (answer.value.owes) this.owes(box);
      else box.close();
    } else if (answer.kind === "away") wrong.textContent = AWAY;
    else if ("problem" in answer && answer.problem.error === "again") this.askPassword(box, answer.problem.message);
    else if ("problem" in answer) wrong.textContent = answer.problem.message;
    else wrong.textContent = "That did not work. Try again.";
  }

  /** Signed in, but the role needs a second step that is not set up: nothing is taken before it is. */
  private owes(box: HTMLDialogElement): void {
    if (box.dataset["owes"]) return;
    box.dataset["owes"] = "yes";
    box.replaceChildren(el("h2", {}, "Your role needs a second step"),
      el("p", {}, "Everything that you wrote is kept on this device. Set up the second step of signing in; this page then goes on by itself."),
      el("p", { class: "actions" }, alone("/desk/you/second-step", "Set it up", "button primary"), el("button", { type: "button", class: "button", click: () => box.close() }, "Later")));
    box.querySelector("a")!.focus();
  }

  private async look(): Promise<void> {
    const session = await this.server.refresh();
    if (session?.owes && this.open) this.owes(this.open);
    if (session?.account !== this.server.account) return;
    clearTimeout(this.later);
    this.open?.close();
    this.rests = 0;
    this.done();
  }
}

function alone(address: string, words: string, look = ""): HTMLElement {
  return el("a", { href: address, target: "_blank", rel: "noopener", class: look || null }, words);
}
