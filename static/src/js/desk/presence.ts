// Who else is in the story: told to the others while one's own caret moves, and shown as avatars and carets.
import type { EditorView } from "prosemirror-view";
import { type Ailment, ailing, type Standing, standing } from "./bar";
import { caretsKey, colour, initials, mapped } from "./carets";
import { el, find } from "./dom";
import type { Server } from "./server";
import type { Body } from "./sync";
import type { Here } from "./types";

const BEAT = 15_000; // milliseconds after which one says again that one is here

export interface PresenceHost {
  article: string;
  page: string;
  me: string; // the account
  server: Server;
  body: Body;
  view: EditorView;
}

export class Presence {
  private here: Here[] = []; // never oneself, not even in another window
  private told = "";
  private timer = 0;

  constructor(private readonly host: PresenceHost) {
    setInterval(() => {
      this.told = "";
      if (document.visibilityState === "visible") this.tell();
    }, BEAT);
    window.addEventListener("pagehide", () => void this.send(true));
  }

  /** Who is here, as the server says. */
  draw(now: Here[]): void {
    this.host.body.others = now.length > 0;
    this.here = now.filter((one) => one.account !== this.host.me);
    const people = new Map(this.here.map((one) => [one.account, one]));
    find("#here").replaceChildren(...[...people.values()].map((one) => el("li", { class: `avatar caret-${colour(one.account)}`, title: one.name + (one.field ? `, in the ${one.field}` : "") },
      el("span", { "aria-hidden": "true" }, initials(one.name)), el("span", { class: "visually-hidden" }, `${one.name} is here`))));
    this.drawCarets();
    this.tell();
  }

  private drawCarets(): void {
    const { body, view } = this.host;
    const own = body.unsent();
    const place = (position: number, one: Here) => mapped(position, one.body!, body.base, body.maps, own);
    const found = this.here.flatMap((one) => {
      if (one.body === undefined || one.head === undefined || one.anchor === undefined) return [];
      const [anchor, head] = [place(one.anchor, one), place(one.head, one)];
      return anchor === null || head === null ? [] : [{ here: one, anchor, head }];
    });
    view.dispatch(view.state.tr.setMeta(caretsKey, found).setMeta("addToHistory", false));
  }

  /** Tell the others where one is, after a pause. */
  tell(now = false): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), now ? 0 : this.host.body.others ? 350 : 1500);
  }

  /** Something happened in the story: ask anew where it stands. */
  stale(): void {
    this.told = "";
    this.tell();
  }

  private async send(leaving = false): Promise<void> {
    const { article, page, server, body, view } = this.host;
    const field = (document.activeElement as HTMLElement | null)?.dataset?.["field"] ?? null;
    const spot: Record<string, unknown> = { client: page };
    if (view.hasFocus() && !body.pending) Object.assign(spot, { body: body.base, anchor: view.state.selection.anchor, head: view.state.selection.head });
    else if (view.hasFocus() && !leaving) return this.tell(); // once the words are there, the others can see where the caret stands in them
    else if (field) spot["field"] = field;
    if (leaving) spot["leaving"] = true;
    const said = JSON.stringify(spot);
    if (said === this.told) return;
    const answer = await server.post<{ here: Here[]; ailments: Ailment[]; standing: Standing | null }>(`/articles/${article}/here`, spot, leaving);
    if (answer.kind !== "done") return;
    this.told = said;
    ailing(find("#ailments"), answer.value.ailments);
    standing(find("#standing"), answer.value.standing);
  }
}
