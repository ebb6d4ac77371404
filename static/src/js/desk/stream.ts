// What others do, as it happens: a stream where the server has room for one, else asked for every second.
// A page that nobody looks at does not hold a stream: browsers allow few, and each holds a thread of the server.
import type { Server } from "./server";
import type { Change, Here } from "./types";

export interface StreamHost {
  article: string;
  page: string;
  server: Server;
  version(): number;
  changes(changes: Change[]): void;
  here(here: Here[]): void;
  reached(yes: boolean): void;
  expired(): void;
}

const POLL = 1000;
const HIDDEN = 5000;
const SILENT = 25_000; // no sign of life for so long: the stream is dead

export class Stream {
  private stopping = new AbortController();
  private fails = 0;
  private paused: (() => void) | null = null;
  private stopped = false;
  private noStreamUntil = 0;

  constructor(private readonly host: StreamHost) {
    document.addEventListener("visibilitychange", () => this.kick());
    window.addEventListener("online", () => this.kick());
    window.addEventListener("offline", () => this.kick());
  }

  /** Look again now. */
  kick(): void {
    this.stopping.abort();
    this.stopping = new AbortController();
    this.paused?.();
  }

  stop(): void {
    this.stopped = true;
    this.kick();
  }

  async run(): Promise<void> {
    while (!this.stopped) {
      const hidden = document.visibilityState === "hidden";
      const listened = !hidden && Date.now() > this.noStreamUntil && (await this.listen());
      if (this.stopped) return;
      if (listened) continue;
      const there = await this.poll();
      this.fails = there ? 0 : this.fails + 1;
      const rest = !there ? Math.min(250 * 2 ** this.fails, 5000) : hidden ? HIDDEN : this.noStreamUntil > Date.now() ? POLL : 50;
      await this.pause(rest);
    }
  }

  private pause(rest: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(go, rest);
      const self = this;
      function go() {
        clearTimeout(timer);
        self.paused = null;
        done();
      }
      this.paused = go;
    });
  }

  /** Ask once. Whether the server answered. */
  async poll(): Promise<boolean> {
    const { host } = this;
    const query = `after=${host.version()}&client=${host.page}`;
    const answer = await host.server.get<{ changes: Change[]; here: Here[] }>(`/articles/${host.article}/changes?${query}`);
    host.reached(answer.kind !== "away");
    if (answer.kind !== "done") return answer.kind !== "away" && answer.kind !== "expired";
    host.changes(answer.value.changes);
    host.here(answer.value.here);
    return true;
  }

  /** Listen until the stream ends. Whether it was one that ended as it should, so that the next can follow at once. */
  private async listen(): Promise<boolean> {
    const { host } = this;
    let alive = 0;
    const stopping = this.stopping;
    try {
      const response = await fetch(
        `/desk/api/articles/${host.article}/stream?after=${host.version()}&client=${host.page}`,
        { signal: stopping.signal, headers: { Accept: "text/event-stream" } },
      );
      if (response.status === 401) {
        host.expired();
        return false;
      }
      if (!response.ok || !response.body) {
        if (response.status === 503) this.noStreamUntil = Date.now() + 30_000;
        return false;
      }
      this.fails = 0;
      host.reached(true);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      const watch = () => {
        clearTimeout(alive);
        alive = window.setTimeout(() => stopping.abort(), SILENT);
      };
      for (watch(); ; watch()) {
        const { value, done } = await reader.read();
        if (done) return true;
        text += value;
        const pieces = text.split("\n\n");
        text = pieces.pop()!;
        for (const piece of pieces) this.take(piece);
      }
    } catch {
      return false;
    } finally {
      clearTimeout(alive);
    }
  }

  private take(piece: string): void {
    const lines = piece.split("\n");
    const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
    const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
    if (name === "changes") this.host.changes(JSON.parse(data) as Change[]);
    if (name === "expired") this.host.expired();
    if (name === "here") this.host.here(JSON.parse(data) as Here[]);
  }
}
