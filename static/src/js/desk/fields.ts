// Fields of the story: each a command of its own, with the value that it was based on. A field conflicts only if that
// field itself moved; then both texts are shown and the person chooses.
import type { KeptField } from "./keep";
import type { Problem, Server } from "./server";
import { type Change, type Json, same, uuid } from "./types";

const PAUSE = 800; // milliseconds

interface Local {
  value: Json;
  was: Json;
  command: string;
  sent: Json | undefined; // what was sent under `command`; undefined: nothing yet
}
export interface Clash { theirs: Json; by: string }

export const COMMANDS: Record<string, string> = {
  kicker: "article.change_kicker", headline: "article.change_headline", standfirst: "article.change_standfirst",
  slug: "article.change_slug", section: "article.change_section", kind: "article.change_kind",
  language: "article.change_language", bylines: "article.assign_bylines", tags: "article.change_tags",
  lead: "article.set_lead_image", related: "article.change_related",
};
const EVENTS: Record<string, string> = {
  "article.kicker_changed": "kicker", "article.headline_changed": "headline", "article.standfirst_changed": "standfirst",
  "article.slug_changed": "slug", "article.section_changed": "section", "article.kind_changed": "kind",
  "article.language_changed": "language", "article.bylines_assigned": "bylines", "article.tags_changed": "tags",
  "article.lead_image_set": "lead", "article.related_changed": "related",
};
export const LABELS: Record<string, string> = {
  kicker: "kicker", headline: "headline", standfirst: "standfirst", slug: "address", section: "section", kind: "kind",
  language: "language", bylines: "bylines", tags: "tags", lead: "lead picture", related: "related stories",
};

export interface FieldsHost {
  article: string;
  server: Server;
  changed(): void;
  saved(at: number): void;
  behind(): Promise<void>;
  trouble(words: string): void;
}

export class Fields {
  readonly known: Record<string, Json>; // what the log holds, as far as this page was told
  readonly local = new Map<string, Local>();
  readonly clashes = new Map<string, Clash>();
  readonly problems = new Map<string, string>();
  private readonly watchers: ((name: string, by: string | null) => void)[] = [];
  private readonly timers = new Map<string, number>();
  private readonly busy = new Set<string>();
  private readonly seen = new Map<string, number>(); // field → version of the stream in which its known value came
  private waits = 0;

  constructor(private readonly host: FieldsHost, known: Record<string, Json>) {
    this.known = { ...known };
  }

  /** Be told when a field has another value, a clash or a problem; by: who else did it. */
  watch(told: (name: string, by: string | null) => void): void {
    this.watchers.push(told);
  }

  get(name: string): Json {
    return this.local.has(name) ? this.local.get(name)!.value : this.known[name] ?? null;
  }

  get pending(): number {
    return this.local.size;
  }

  /** Somebody typed or chose. */
  set(name: string, value: Json, soon = false): void {
    const local = this.local.get(name);
    this.problems.delete(name);
    if (local) local.value = value;
    else if (same(value, this.known[name])) return;
    else this.local.set(name, { value, was: this.known[name] ?? null, command: uuid(), sent: undefined });
    if (local && local.sent === undefined && same(value, local.was) && !this.clashes.has(name)) this.local.delete(name);
    this.tell(name);
    this.host.changed();
    this.schedule(name, soon ? 0 : PAUSE);
  }

  kept(): Record<string, KeptField> {
    return Object.fromEntries([...this.local].map(([name, one]) => [
      name, one.sent === undefined ? { value: one.value, was: one.was, command: one.command } : { ...one, sent: one.sent },
    ]));
  }

  /** What an earlier page left behind. */
  adopt(kept: Record<string, KeptField>): void {
    for (const [name, one] of Object.entries(kept)) {
      if (!(name in COMMANDS) || same(one.value, this.known[name])) continue;
      this.local.set(name, { value: one.value, was: one.was, command: one.command, sent: one.sent });
      this.tell(name);
      this.schedule(name, 0);
    }
  }

  choose(name: string, mine: boolean): void {
    const clash = this.clashes.get(name);
    const local = this.local.get(name);
    if (!clash || !local) return;
    this.clashes.delete(name);
    this.known[name] = clash.theirs;
    if (mine) this.local.set(name, { value: local.value, was: clash.theirs, command: uuid(), sent: undefined });
    else this.local.delete(name);
    this.tell(name);
    this.host.changed();
    if (mine) this.schedule(name, 0);
  }

  async flush(keepalive = false): Promise<void> {
    await Promise.all([...this.local.keys()].map((name) => this.send(name, keepalive)));
  }

  private schedule(name: string, pause: number): void {
    clearTimeout(this.timers.get(name));
    this.timers.set(name, window.setTimeout(() => void this.send(name), pause));
  }

  private async send(name: string, keepalive = false): Promise<void> {
    const local = this.local.get(name);
    clearTimeout(this.timers.get(name));
    if (!local || this.busy.has(name) || this.clashes.has(name) || this.problems.has(name)) return;
    this.busy.add(name);
    if (local.sent === undefined) {
      local.sent = local.value;
      this.host.changed(); // written down before it is sent
    }
    const command = { do: COMMANDS[name]!, id: this.host.article, was: local.was, [name]: local.sent };
    const answer = await this.host.server.post<{ at: number; version: number; events: { data: Record<string, Json> }[] }>(
      "/commands", { command_id: local.command, commands: [command] }, keepalive,
    );
    this.busy.delete(name);
    if (this.local.get(name) !== local) {
      if (this.local.has(name)) this.schedule(name, 0); // the stream told of it first, and more was typed since
      return;
    }
    switch (answer.kind) {
      case "done": {
        this.waits = 0;
        this.seen.set(name, answer.value.version);
        const event = answer.value.events.find((one) => name in one.data);
        this.acknowledged(name, event ? event.data[name]! : this.settled(local));
        this.host.saved(answer.value.at);
        return;
      }
      case "conflict":
        if (answer.problem.error === "moved") {
          this.clash(name, answer.problem.theirs ?? null, answer.problem.by ?? "Somebody");
          return;
        }
        await this.host.behind();
        this.again(name, local);
        return;
      case "refused":
      case "missing":
      case "denied":
        this.refuse(name, local, answer.problem);
        return;
      case "expired":
        return this.host.changed();
      case "away":
        this.waits = Math.min(this.waits + 1, 5);
        this.host.trouble(answer.said);
        this.host.changed();
        this.schedule(name, 500 * 2 ** this.waits);
    }
  }

  /** Nothing had to happen: the log holds what was sent, but for spaces that it does not keep. */
  private settled(local: Local): Json {
    return typeof local.sent === "string" ? local.sent.trim() : local.sent ?? null;
  }

  private acknowledged(name: string, value: Json): void {
    const local = this.local.get(name)!;
    this.known[name] = value;
    if (same(local.value, local.sent) || same(local.value, value)) {
      this.local.delete(name);
      this.tell(name);
    } else {
      this.local.set(name, { value: local.value, was: value, command: uuid(), sent: undefined });
      this.schedule(name, PAUSE);
    }
    this.host.changed();
  }

  private again(name: string, local: Local): void {
    this.local.set(name, { value: local.value, was: local.was, command: uuid(), sent: undefined });
    this.schedule(name, 0);
  }

  private refuse(name: string, local: Local, problem: Problem): void {
    this.problems.set(name, problem.message);
    this.local.set(name, { value: local.value, was: local.was, command: uuid(), sent: undefined });
    this.tell(name);
    this.host.changed();
  }

  private clash(name: string, theirs: Json, by: string): void {
    this.known[name] = theirs;
    const local = this.local.get(name);
    if (!local || same(local.value, theirs)) this.local.delete(name);
    else this.clashes.set(name, { theirs, by });
    this.tell(name);
    this.host.changed();
  }

  /** An event of the stream. Returns the field that somebody else changed, if one did. */
  receive(change: Change, own: boolean): string | null {
    const name = EVENTS[change.type];
    if (!name) return null;
    if (change.version <= (this.seen.get(name) ?? 0)) return null; // older than what is known: an answer was faster
    const value = change.data[name] ?? null;
    const local = this.local.get(name);
    if (local && change.command === local.command) {
      this.acknowledged(name, value);
      return null;
    }
    if (same(this.known[name], value)) return null;
    this.known[name] = value;
    if (!local) this.tell(name, own ? null : change.by);
    else if (!this.busy.has(name)) this.clash(name, value, change.by);
    return own ? null : name;
  }

  private tell(name: string, by: string | null = null): void {
    for (const told of this.watchers) told(name, by);
  }
}
