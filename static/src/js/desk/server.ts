// Talking to the server: what is asked is either answered, refused for a reason, or not known to have arrived.
import type { Json } from "./types";

export interface Problem { error: string; message: string; field?: string | null; theirs?: Json; by?: string; at?: number | null }
export type Answer<T> =
  | { kind: "done"; value: T }
  | { kind: "conflict" | "refused" | "denied" | "missing"; problem: Problem }
  | { kind: "expired" }
  | { kind: "away"; said: string }; // no answer, or one from a server in trouble, which may say which: it may or may not have happened

const TIMEOUT = 15_000; // milliseconds
const UPLOAD_TIMEOUT = 600_000; // a large picture over a slow line

export class Server {
  constructor(public key: string, readonly account: string, private readonly expired: () => void) {}

  get<T>(path: string): Promise<Answer<T>> {
    return this.ask<T>(path, { method: "GET" });
  }

  post<T>(path: string, body: unknown, keepalive = false): Promise<Answer<T>> {
    return this.ask<T>(path, {
      method: "POST", body: JSON.stringify(body), keepalive, headers: { "Content-Type": "application/json" },
    });
  }

  /** Send a file; `sent` is told how much of it is there, from 0 to 1. */
  upload<T>(path: string, form: FormData, sent: (share: number) => void): Promise<Answer<T>> {
    return this.ask<T>(path, { method: "POST", body: form }, UPLOAD_TIMEOUT, true, sent);
  }

  /** Ask who is signed in here now, and take over the key that goes with that. */
  async refresh(): Promise<{ signed_in: boolean; account: string | null; name: string | null; owes: boolean } | null> {
    try {
      const response = await fetch("/desk/api/session", { signal: AbortSignal.timeout(TIMEOUT) });
      if (!response.ok) return null;
      const session = await response.json();
      this.key = session.key;
      return session;
    } catch {
      return null;
    }
  }

  private async ask<T>(path: string, options: RequestInit, timeout = TIMEOUT, again = true, sent?: (share: number) => void): Promise<Answer<T>> {
    let response: { ok: boolean; status: number };
    let body: unknown;
    try {
      const headers = { ...(options.headers as Record<string, string>), "X-Daybook-Key": this.key, "X-Daybook-Person": this.account };
      const asked = { ...options, headers, signal: AbortSignal.timeout(timeout) };
      const came = await (sent ? told(`/desk/api${path}`, asked, sent) : fetch(`/desk/api${path}`, asked));
      response = came;
      body = await came.json();
    } catch {
      return { kind: "away", said: "" };
    }
    if (response.ok) return { kind: "done", value: body as T };
    const problem = body as Problem;
    if (response.status === 401) {
      this.expired();
      return { kind: "expired" };
    }
    if (response.status === 403 && problem.error === "key" && again) {
      // Somebody signed in again in another tab: the session has a new key. Whose is it?
      const session = await this.refresh();
      if (session?.account === this.account) return this.ask<T>(path, options, timeout, false, sent);
      this.expired();
      return { kind: "expired" };
    }
    if (response.status === 409) return { kind: "conflict", problem };
    if (response.status === 403) return { kind: "denied", problem };
    if (response.status === 404) return { kind: "missing", problem };
    if (response.status < 500) return { kind: "refused", problem };
    return { kind: "away", said: response.status === 503 ? problem.message : "" };
  }
}

/** As fetch, for a form; and says how much of it has been sent, which fetch cannot. */
function told(address: string, asked: RequestInit & { headers: Record<string, string>; signal: AbortSignal }, sent: (share: number) => void): Promise<Response> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    for (const [name, value] of Object.entries(asked.headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && sent(event.loaded / event.total));
    request.addEventListener("load", () => done(new Response(request.responseText, { status: request.status })));
    for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, () => failed(new TypeError(name)));
    asked.signal.addEventListener("abort", () => request.abort());
    request.send(asked.body as FormData);
  });
}
