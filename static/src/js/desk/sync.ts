// The body's way to the log: steps are kept, sent about a second after a pause, rebased over those of others.
// The log's order decides. `base` is the server's body version, counted in its steps; the editor's own collab plugin
// only knows which steps are not confirmed yet, since several keystrokes travel as one step.
import { collab, receiveTransaction, sendableSteps } from "prosemirror-collab";
import type { Node, Schema } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { ReplaceStep, Step } from "prosemirror-transform";
import type { EditorView } from "prosemirror-view";
import type { Batch, Kept } from "./keep";
import type { Problem, Server } from "./server";
import { counted, merged, met, moved, overwritten, typed } from "./steps";
import { clean, unwritable } from "./text";
import { type Change, type StepJson, uuid } from "./types";

const PAUSE = 700; // milliseconds without a keystroke after which steps are sent
const LONGEST = 2000; // and at the latest
const OTHERS = "others";

export interface BodyHost {
  article: string;
  page: string;
  server: Server;
  changed(): void; // what is unsent or in doubt has changed: keep it, show it
  saved(at: number): void;
  behind(): Promise<void>; // fetch what others did and hand it to `receive`
  trouble(words: string): void; // why the server could not take it just now, where it said so
  refused(problem: Problem): void;
  lost(words: string, by: string): void; // what was typed where somebody deleted the whole passage
  both(by: string): void; // somebody replaced the same words at the same time: both stand there now
  overwrote(words: string, by: string): void; // words of somebody else that were deleted here before they were seen
}

/** `made`: its steps; `own`: of how many steps of the editor they were made. */
type Sent = Batch & { made: Step[]; own: number };

export class Body {
  view!: EditorView;
  base: number;
  /** What the log holds at `base`. */
  confirmed: Node;
  inflight: Sent | null = null;
  next = uuid();
  stuck: Problem | null = null;
  others = false; // whether somebody else is here: then steps are sent sooner
  private timer = 0;
  private since = 0;
  private sending: Promise<void> | null = null;
  private waits = 0;
  private queue: { steps: StepJson[]; change: Change }[] = [];
  /** Maps of the last confirmed steps of others and own ones, for carets: [body version before, map]. */
  readonly maps: { version: number; step: Step }[] = [];

  constructor(private readonly host: BodyHost, doc: Node, version: number) {
    this.confirmed = doc;
    this.base = version;
  }

  plugin() {
    return collab({ version: 0, clientID: this.host.page });
  }

  private get schema(): Schema {
    return this.confirmed.type.schema;
  }

  /** Steps that the log does not have, as few as say the same. A key adds to what was merged before it. */
  unsent(after = 0): Step[] {
    const raw = (sendableSteps(this.view.state)?.steps ?? []).slice(after);
    const { raw: before, out } = this.known;
    const goesOn = before.length <= raw.length && raw[0] === before[0] && raw[before.length - 1] === before.at(-1);
    this.known = { raw, out: goesOn ? merged(raw.slice(before.length), out) : merged(raw) };
    return [...this.known.out];
  }

  private known: { raw: readonly Step[]; out: Step[] } = { raw: [], out: [] };

  /** How many changes a person would count: the ids that blocks are given are not among them. */
  get pending(): number {
    if (!this.view) return 0;
    const steps = [...(this.inflight?.made ?? []), ...this.unsent(this.inflight?.own ?? 0)];
    return counted(steps) || Math.min(steps.length, 1);
  }

  kept(): Pick<Kept, "base" | "batch" | "next" | "steps"> {
    const { inflight } = this;
    return {
      base: inflight?.base ?? this.base,
      batch: inflight && { command: inflight.command, base: inflight.base, steps: inflight.steps },
      next: this.next,
      steps: this.unsent(inflight?.own ?? 0).map((step) => step.toJSON() as StepJson),
    };
  }

  /** The editor has a new state; `local`: because of what was typed here. */
  typed(): void {
    this.stuck = null;
    this.host.changed();
    this.schedule();
  }

  schedule(soon = false): void {
    const now = Date.now();
    this.since ||= now;
    const pause = soon ? 0 : this.others ? PAUSE / 2 : PAUSE;
    const latest = this.others ? LONGEST / 2 : LONGEST;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), Math.max(0, Math.min(pause, this.since + latest - now)));
  }

  /** Send what there is, and what comes up meanwhile, until all of it is acknowledged or cannot be sent now. */
  send(keepalive = false): Promise<void> {
    clearTimeout(this.timer);
    this.sending ??= this.sendNow(keepalive).finally(() => {
      this.sending = null;
      if (!this.inflight && !this.stuck && this.pending) this.schedule();
    });
    return this.sending;
  }

  private async sendNow(keepalive: boolean): Promise<void> {
    if (this.stuck || !this.view) return;
    if (!this.inflight) {
      const sendable = sendableSteps(this.view.state);
      if (!sendable) return;
      if (sendable.steps.some((step) => unwritable(JSON.stringify(step.toJSON())))) this.squash();
      const own = sendableSteps(this.view.state)?.steps ?? [];
      if (!own.length) return;
      const made = merged(own);
      this.inflight = { command: this.next, base: this.base, steps: made.map((step) => step.toJSON() as StepJson), made, own: own.length };
      this.next = uuid();
      this.since = 0;
      this.host.changed(); // written down before it is sent
    }
    const batch = this.inflight;
    const command = { do: "article.edit_body", id: this.host.article, base: batch.base, steps: batch.steps };
    const answer = await this.host.server.post<{ at: number }>(
      "/commands", { command_id: batch.command, commands: [command] }, keepalive,
    );
    if (this.inflight !== batch) return; // the stream was quicker to say that the log has it
    switch (answer.kind) {
      case "done":
        this.waits = 0;
        this.confirm(batch);
        this.host.saved(answer.value.at);
        return;
      case "conflict":
        await this.host.behind();
        if (this.inflight === batch) { // it was not taken: send it anew, upon what others did
          this.inflight = null;
          this.host.changed();
        }
        this.schedule(true);
        return;
      case "refused":
      case "missing":
        this.inflight = null;
        if (!this.squashed) {
          await this.host.behind();
          if (this.squash()) return this.schedule(true);
        }
        this.stuck = answer.problem;
        this.host.changed();
        this.host.refused(answer.problem);
        return;
      case "denied":
        this.stuck = answer.problem;
        this.host.refused(answer.problem);
        return;
      case "expired":
        this.host.changed();
        return; // sent again when somebody has signed in
      case "away":
        this.host.trouble(answer.said);
        this.host.changed();
        this.waits = Math.min(this.waits + 1, 5);
        clearTimeout(this.timer);
        this.timer = window.setTimeout(() => void this.send(), 500 * 2 ** this.waits);
    }
  }

  /** The log has this batch, right after what was confirmed before. */
  private confirm(batch: Sent): void {
    this.inflight = null;
    const own = sendableSteps(this.view.state)?.steps.slice(0, batch.own) ?? [];
    for (const step of batch.made) this.advance(step);
    this.view.dispatch(receiveTransaction(this.view.state, own, own.map(() => this.host.page)));
    this.squashed = false;
    this.agree();
    this.host.changed();
  }

  private advance(step: Step): void {
    const result = step.apply(this.confirmed);
    if (result.doc) this.confirmed = result.doc;
    this.maps.push({ version: this.base, step });
    if (this.maps.length > 400) this.maps.shift();
    this.base += 1;
  }

  /** Events of the stream, in its order; those that are known already are left out. */
  receive(change: Change): void {
    const { base, steps } = change.data as unknown as { base: number; steps: StepJson[] };
    if (base + steps.length <= this.base) return;
    if (this.inflight && change.command === this.inflight.command) {
      const batch = this.inflight;
      this.confirm(batch);
      this.host.saved(change.at);
      return;
    }
    this.queue.push({ steps, change });
    this.drain();
  }

  /** Take in what others did; not in the middle of a composition, which it would break. */
  drain(): void {
    while (this.queue.length && !this.view.composing) {
      const { steps, change } = this.queue.shift()!;
      const theirs = steps.map((json) => Step.fromJSON(this.schema, json));
      for (const step of theirs) this.advance(step);
      const before = sendableSteps(this.view.state)?.steps ?? [];
      const transaction = receiveTransaction(
        this.view.state, theirs, theirs.map(() => OTHERS), { mapSelectionBackward: true },
      ).setMeta("theirs", change);
      this.view.dispatch(transaction);
      this.agree();
      const after = sendableSteps(this.view.state)?.steps ?? [];
      if (after.length < before.length) {
        const words = typed(moved(before, theirs, () => true));
        if (words) this.host.lost(words, change.by);
      }
      if (met(before, theirs)) this.host.both(change.by);
      const over = overwritten(this.confirmed, theirs, transaction.mapping.slice(before.length + theirs.length));
      if (over) this.host.overwrote(over, change.by);
      if (before.length) this.host.changed();
    }
  }

  /** Nothing unsent: then what is on the screen is what the log holds, or a fault is put right at once. */
  private agree(): void {
    if (sendableSteps(this.view.state) || this.confirmed.eq(this.view.state.doc)) return;
    console.error("The screen and the log differed; the log's words were taken.");
    this.reset(this.confirmed);
  }

  private squashed = false;

  /** Make one plain replacement of everything that is unsent, without what no document can hold. */
  private squash(): boolean {
    const wanted = clean(this.view.state.doc);
    const start = this.confirmed.content.findDiffStart(wanted.content);
    this.reset(this.confirmed);
    this.squashed = true;
    if (start === null) return false;
    let { a, b } = this.confirmed.content.findDiffEnd(wanted.content)!;
    const overlap = start - Math.min(a, b);
    if (overlap > 0) { a += overlap; b += overlap; }
    const transaction = this.view.state.tr.step(new ReplaceStep(start, a, wanted.slice(start, b)));
    this.view.dispatch(transaction);
    return true;
  }

  /** The editor anew with another document; its undo history begins again. */
  private reset(doc: Node): void {
    const { state } = this.view;
    this.view.updateState(EditorState.create({ doc, plugins: state.plugins }));
  }

  /** What another page of the same person left behind, upon the document as it is now. Returns how many steps. */
  adopt(kept: Kept, since: Change[]): number {
    const has = new Set(since.map((change) => change.command));
    let left: StepJson[] = [];
    if (kept.batch && !has.has(kept.batch.command)) left.push(...kept.batch.steps);
    if (has.has(kept.next)) left = [];
    else left.push(...kept.steps);
    const mine = kept.batch && has.has(kept.batch.command) ? kept.batch.command : null;
    const theirs = since
      .filter((change) => change.type === "article.body_edited" && change.command !== mine && change.command !== kept.next)
      .filter((change) => (change.data["base"] as number) >= kept.base)
      .flatMap((change) => (change.data["steps"] as StepJson[]).map((json) => Step.fromJSON(this.schema, json)));
    theirs.push(...(sendableSteps(this.view.state)?.steps ?? [])); // of another page that was taken over before
    return this.replay(left.map((json) => Step.fromJSON(this.schema, json)), theirs);
  }

  /** Steps made before `theirs` happened, applied to the document in which they have happened. */
  private replay(steps: Step[], theirs: Step[]): number {
    if (!steps.length) return 0;
    const transaction = this.view.state.tr.setMeta("adopted", true);
    const failed = moved(steps, theirs, (step) => !transaction.maybeStep(step).failed);
    if (transaction.docChanged) this.view.dispatch(transaction);
    const words = typed(failed);
    if (words) this.host.lost(words, "");
    return steps.length - failed.length;
  }
}
