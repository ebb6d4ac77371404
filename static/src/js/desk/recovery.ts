// What an earlier page of the same person left behind in this browser, put into place before anybody types on.
import type { Fields } from "./fields";
import type { Keep, Kept, KeptField } from "./keep";
import type { Server } from "./server";
import type { Body } from "./sync";
import type { Change } from "./types";

export interface RecoveryHost {
  article: string;
  account: string;
  page: string;
  server: Server;
  keep: Keep;
  body: Body;
  fields: Fields;
  locked(): boolean;
  receive(changes: Change[]): void;
  kept(): Kept | null; // what is unsent here now
  say(tone: "info" | "warn", words: string): void;
}

export async function recover(host: RecoveryHost): Promise<void> {
  for (const left of await host.keep.orphans(host.account)) {
    const answer = await host.server.get<{ changes: Change[] }>(`/articles/${host.article}/changes?after=${left.version}&client=${host.page}`);
    if (answer.kind !== "done") {
      host.say("warn", "Words from an earlier window are kept on this device. They are put in place as soon as the server answers: load the page again then.");
      return;
    }
    const { changes } = answer.value;
    host.receive(changes);
    const steps = host.locked() ? 0 : host.body.adopt(left, changes);
    host.fields.adopt(unsent(left.fields, changes));
    await host.keep.write(host.kept);
    await host.keep.forget(left);
    if (steps || Object.keys(left.fields).length) host.say("info", "What you wrote before this page was closed is back, and is being saved.");
  }
}

/** Those of which the log does not have the very command. */
function unsent(fields: Record<string, KeptField>, changes: Change[]): Record<string, KeptField> {
  const has = new Set(changes.map((change) => change.command));
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field.sent === undefined || !has.has(field.command)));
}
