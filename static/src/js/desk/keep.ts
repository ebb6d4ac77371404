// What is typed but not acknowledged, kept in the browser (IndexedDB) until the log has it.
// One record for each story and open page. A page holds a lock while it lives; what a page left behind that lives no
// more, the next page of the same person takes over.
import type { Json, StepJson } from "./types";

export interface Batch { command: string; base: number; steps: StepJson[] }
export interface KeptField { value: Json; was: Json; command: string; sent?: Json }
export interface Kept {
  key: string; // story and page
  article: string; account: string; page: string; saved: number;
  version: number; // of the stream, when `base` was that of the body
  base: number; // the body version that `batch` or `steps` are made for
  batch: Batch | null; // sent, outcome unknown
  next: string; // the command id under which `steps` will be sent
  steps: StepJson[]; // after the batch
  fields: Record<string, KeptField>;
}

const NAME = "daybook-desk";
const STORE = "unsent";

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

export class Keep {
  private database: Promise<IDBDatabase> | null = null;
  private writing: Promise<void> | null = null;
  private waiting: (() => Kept | null) | null = null;
  /** Whether this browser keeps anything: a private window may not. */
  works = true;

  constructor(readonly article: string, readonly page: string) {
    // Held for as long as this page lives, however it ends.
    void navigator.locks?.request(lock(page), () => new Promise(() => undefined));
  }

  get key(): string {
    return `${this.article} ${this.page}`;
  }

  /** Write down what is not acknowledged; null: nothing. Writes never overtake one another; only the newest counts. */
  write(make: () => Kept | null): Promise<void> {
    this.waiting = make;
    this.writing ??= this.drain().finally(() => (this.writing = null));
    return this.writing;
  }

  private async drain(): Promise<void> {
    while (this.waiting) {
      const kept = this.waiting();
      this.waiting = null;
      try {
        await this.put(kept);
        this.works = true;
      } catch {
        this.works = false;
      }
    }
  }

  private async put(kept: Kept | null): Promise<void> {
    const database = await (this.database ??= open());
    await new Promise<void>((done, failed) => {
      const transaction = database.transaction(STORE, "readwrite", { durability: "relaxed" });
      const store = transaction.objectStore(STORE);
      if (kept) store.put(kept);
      else store.delete(this.key);
      transaction.oncomplete = () => done();
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
      transaction.commit();
    });
  }

  /** What pages of this person left behind that live no more: of this story, the oldest first. */
  async orphans(account: string): Promise<Kept[]> {
    let all: Kept[];
    try {
      const database = await (this.database ??= open());
      all = await new Promise((done, failed) => {
        const request = database.transaction(STORE).objectStore(STORE).getAll();
        request.onsuccess = () => done(request.result as Kept[]);
        request.onerror = () => failed(request.error);
      });
    } catch {
      this.works = false;
      return [];
    }
    const mine = all.filter((kept) => kept.account === account && kept.article === this.article && kept.page !== this.page);
    const left: Kept[] = [];
    for (const kept of mine.sort((a, b) => a.saved - b.saved)) if (await ended(kept.page)) left.push(kept);
    return left;
  }

  /** The record was taken over. */
  async forget(kept: Kept): Promise<void> {
    const database = await (this.database ??= open());
    await new Promise<void>((done) => {
      const transaction = database.transaction(STORE, "readwrite");
      transaction.objectStore(STORE).delete(kept.key);
      transaction.oncomplete = transaction.onerror = () => done();
    });
  }
}

const lock = (page: string) => `daybook-page-${page}`;

/** Whether a page lives no more; the lock then stays with this page, so that no other takes over the same record. */
function ended(page: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((done) => {
    void navigator.locks.request(lock(page), { ifAvailable: true }, (got) => {
      done(got !== null);
      return got ? new Promise(() => undefined) : undefined;
    });
  });
}
