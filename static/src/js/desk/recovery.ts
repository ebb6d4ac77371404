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
    const known = host.locked() || (await sentAgain(host, left));
    const answer = known ? await host.server.get<{ changes: Change[] }>(`/articles/${host.article}/changes?after=${left.version}&client=${host.page}`) : null;
    if (answer?.kind !== "done") {
      host.say("warn", "Words from an earlier window are kept on this device. They are put in place as soon as the server answers: load the page again then.");
      return;
    }
    const { changes } = answer.value;
    host.receive(changes);
    const steps = host.locked() ? 0 : host.body.adopt(left, changes);
    host.fields.adopt(unsent(left.fields, changes));
    await host.keep.write(host.kept);
    await host.keep.forget(left);
    if (steps || left.batch || left.steps.length || Object.keys(left.fields).length) host.say("info", "What you wrote before this page was closed is back, and is being saved.");
  }
}

/**
 * What may be on its way still, since the page went while it was being sent: sent once more under its own command ids, of
 * which the log takes each once, whichever comes first. What it does not take so, it never will: others were quicker.
 * False where it did not answer.
 */
async function sentAgain(host: RecoveryHost, left: Kept): Promise<boolean> {
  const next = left.batch ? left.batch.base + left.batch.steps.length : left.base;
  const edits = [left.batch, left.steps.length ? { command: left.next, base: next, steps: left.steps } : null];
  for (const edit of edits) {
    if (!edit) continue;
    const command = { do: "article.edit_body", id: host.article, base: edit.base, steps: edit.steps };
    const answer = await host.server.post("/commands", { command_id: edit.command, commands: [command] });
    if (answer.kind === "away" || answer.kind === "expired") return false;
    if (answer.kind !== "done") break;
  }
  return true;
}

/** Those of which the log does not have the very command. */
function unsent(fields: Record<string, KeptField>, changes: Change[]): Record<string, KeptField> {
  const has = new Set(changes.map((change) => change.command));
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field.sent === undefined || !has.has(field.command)));
}
