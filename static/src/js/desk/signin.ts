// Signing in over the page: the session has ended, nothing is lost, and what waits is sent afterwards.
import { dialog, el } from "./dom";
import type { Server } from "./server";

const QUIET = 1200; // milliseconds without a key
const AGAIN = 60_000; // after "Later"

export class SignIn {
  private open: HTMLDialogElement | null = null;
  private timer = 0;
  private later = 0;
  private pressed = 0; // when a key was last pressed
  private rests = 0; // until when nobody is asked again

  constructor(private readonly server: Server, private readonly me: { name: string; email: string }, private readonly done: () => void) {
    document.addEventListener("keydown", () => (this.pressed = Date.now()), { capture: true });
  }

  get waiting(): boolean {
    return this.open !== null;
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
    const email = el("input", { class: "input", id: "again-email", type: "email", autocomplete: "username", required: true, value: this.me.email });
    const password = el("input", { class: "input", id: "again-password", type: "password", autocomplete: "current-password", required: true });
    const wrong = el("p", { class: "error", role: "alert" });
    const button = el("button", { class: "button primary" }, "Sign in");
    const box = this.open = dialog("Sign in again",
      el("form", { method: "dialog", submit: async (event) => {
        event.preventDefault();
        button.disabled = true;
        await this.server.refresh(); // the key for those who are not signed in
        const answer = await this.server.post<{ account: string; key: string }>("/sign-in", { email: email.value, password: password.value, account: this.server.account });
        button.disabled = false;
        if (answer.kind === "done") {
          this.server.key = answer.value.key;
          box.close();
        } else if (answer.kind === "away") wrong.textContent = "The server did not answer. What you wrote is kept on this device; try again.";
        else if ("problem" in answer) wrong.textContent = answer.problem.message;
        else wrong.textContent = "That did not work. Try again.";
      } },
        el("h2", {}, "Your session has ended"),
        el("p", {}, `Everything that you wrote is kept on this device. Sign in again as ${this.me.name}, and it is sent.`),
        el("div", { class: "field" }, el("label", { for: "again-email" }, "E-mail address"), email),
        el("div", { class: "field" }, el("label", { for: "again-password" }, "Password"), password),
        wrong,
        el("p", { class: "actions" }, button, el("button", { type: "button", class: "button", click: () => box.close() }, "Later"),
          el("a", { href: "/desk/sign-in?next=/desk/you", target: "_blank", rel: "noopener" }, "On a page of its own"))));
    box.addEventListener("close", () => {
      this.open = null;
      this.rests = Date.now() + AGAIN;
      clearInterval(this.timer);
      void this.look();
    });
    // Signed in again elsewhere, in another tab say: then this one need not ask.
    this.timer = window.setInterval(() => void this.look(), 3000);
    password.focus();
  }

  private async look(): Promise<void> {
    const session = await this.server.refresh();
    if (session?.account !== this.server.account) return;
    clearTimeout(this.later);
    this.open?.close();
    this.rests = 0;
    this.done();
  }
}
