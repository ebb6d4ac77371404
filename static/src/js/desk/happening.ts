// What others do with the story while it is open, in plain words: what happened, what is safe, what to do.
import type { Change } from "./types";

export interface Happening {
  words: string;
  locks: boolean; // nothing can be written in it any more
  panel?: string; // where there is more of it
}

type Said = (change: Change, names: Record<string, string>) => string;

const SAID: Record<string, string | Said> = {
  published: "published this story: readers see it now. Go on writing; they see what you change once that is published too.",
  updated: "published an update of this story. Go on writing; readers see what you change once that is published too.",
  corrected: "published a correction of this story. Go on writing; readers see what you change once that is published too.",
  scheduled: "scheduled this story as it stands now. What you change from here on is not in that.",
  schedule_cancelled: "cancelled the publication that was scheduled. Its words are all here.",
  submitted: "submitted it for review.",
  approved: "approved it as it stands. Once you change its words it has to be approved again.",
  taken_back: "took it back: it is a draft again.",
  returned: (change) => `sent it back: “${String(change.data["note"] ?? "")}”`,
  withdrawn: "withdrew it: readers find it nowhere now. Its words are safe, and can be written on.",
  retracted: "retracted it: readers see only a notice, and nothing more can be written here.",
  trashed: "put it in the bin. Everything that was saved is in there with it; take it out again to write on.",
  recovered: "took it out of the bin. Load the page again to write on.",
  assigned: (change, names) => (change.data["account"] ? `gave it to ${names[String(change.data["account"])] ?? "somebody"}.` : "took it back: nobody has it now."),
  due_set: (change) => (change.data["due"] ? "set by when it is due." : "lifted the time by when it was due."),
  embargoed: (change) => (change.data["until"] ? "put it under embargo." : "lifted its embargo."),
  note_added: "left a note about it.",
};
const LOCKS = new Set(["retracted", "trashed"]);
const PANELS: Record<string, string> = { note_added: "notes", due_set: "workflow", assigned: "workflow", embargoed: "workflow", returned: "workflow" };

/** `own`: it was done by the same person, in another window. Null where nothing needs to be said. */
export function happening(change: Change, own: boolean, names: Record<string, string>): Happening | null {
  const name = change.type.replace("article.", "");
  const said = SAID[name];
  const locks = LOCKS.has(name);
  if (!said || (own && !locks)) return null;
  const words = `${own ? "In another window you" : change.by} ${typeof said === "string" ? said : said(change, names)}`;
  const panel = PANELS[name];
  return { words, locks, ...(panel ? { panel } : {}) };
}

/** Whether it changes what can be done with the story, and so what the open panel says. */
export function matters(change: Change): boolean {
  return change.type.replace("article.", "") in SAID;
}
