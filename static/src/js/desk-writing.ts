// The writing screen: puts its parts together. What each of them does is told where it stands.
import { Plugin } from "prosemirror-state";
import { askEmbed, askLink, FindBar } from "./desk/asking";
import { bar } from "./desk/bar";
import { carets } from "./desk/carets";
import { actions, insertBlock } from "./desk/commands";
import { length, selected, told as toldLength } from "./desk/counting";
import { details, type Names } from "./desk/details";
import { el, find, setSprite } from "./desk/dom";
import { edges } from "./desk/edges";
import { makeEditor } from "./desk/editor";
import { Fields } from "./desk/fields";
import { happening, matters } from "./desk/happening";
import { Head } from "./desk/head";
import { images, putPicture } from "./desk/images";
import { Keep, type Kept } from "./desk/keep";
import { writingKeys } from "./desk/keys";
import { Library } from "./desk/library";
import { noteAction, notesList } from "./desk/notes";
import { Presence } from "./desk/presence";
import { Rail } from "./desk/rail";
import { recover } from "./desk/recovery";
import { makeSchema } from "./desk/schema";
import { Server } from "./desk/server";
import { SignIn } from "./desk/signin";
import { Status } from "./desk/status";
import { Stream } from "./desk/stream";
import { Body } from "./desk/sync";
import { plain } from "./desk/text";
import { slash, Toolbar } from "./desk/toolbar";
import { type Change, type State, uuid } from "./desk/types";
import { Unsent } from "./desk/unsent";

const state = JSON.parse(find("#state").textContent!) as State;
setSprite(find("#writing").dataset["icons"]!);
const page = uuid();
let locked = state.locked !== "";
const schema = makeSchema(state);
const server = new Server(state.key, state.me.account, signedOut);
const keep = new Keep(state.id, page);
const library = new Library(server, state.images, state.limits.megabytes);
const names: Names = state.names;
let version = state.version; // of the stream: what this page knows of it
let redraw: (() => void) | null = null; // of the panel that is open

const status = new Status(find("#state-line"), find("#notices"), state.zone);
const copying: [string, () => void] = ["Copy the whole text", () => void navigator.clipboard.writeText(plain(body.view.state.doc))];
const signIn = new SignIn(server, state.me, copying, () => {
  status.expired = false;
  draw();
  void settle();
  stream.kick();
}, () => draw());
find("#again").addEventListener("click", () => signIn.askNow());

function signedOut(): void {
  status.expired = true;
  signIn.ask();
  draw();
}

// --- what is kept and how it stands

function kept(): Kept | null {
  const own = body.kept();
  const left = fields.kept();
  if (!own.batch && !own.steps.length && !Object.keys(left).length) return null;
  return { key: keep.key, article: state.id, account: state.me.account, page, saved: Date.now(), version, ...own, fields: left };
}

function changed(): void {
  void keep.write(kept).then(draw);
  draw();
}

function draw(): void {
  status.draw({ pending: body.pending + fields.pending, kept: keep.works, expired: signIn.waiting || status.expired, stuck: body.stuck?.message ?? "", clashes: fields.clashes.size });
  find("#again").hidden = !status.expired || signIn.waiting;
}

const host = {
  article: state.id, page, server, changed,
  saved(at: number) {
    status.saved(at);
    draw();
  },
  async behind() {
    await stream.poll();
  },
  trouble(words: string) {
    status.trouble = words;
    draw();
  },
};

/** What can be done with words that are not in the story. */
const rescue = (text: string): [string, () => void][] => [
  ["Put them back", () => {
    view.dispatch(insertBlock(view.state, schema.nodes["paragraph"]!.create(null, schema.text(text))));
    view.focus();
  }],
  ["Copy", () => void navigator.clipboard.writeText(text)],
];

const fields = new Fields(host, state.fields);
const body = new Body({
  ...host,
  refused: (problem) => status.notice("bad", `These words could not be saved: ${problem.message} They are kept on this device.`, [
    copying,
    ["Try again", () => { body.stuck = null; body.schedule(true); }],
  ]),
  lost: (text, by) => status.notice("warn", `${by || "Somebody"} deleted the passage in which you were writing. Your words were: “${text}”`, rescue(text)),
  both: (by) => status.notice("warn", `${by || "Somebody"} wrote over the same words at the same moment. Both texts stand there now, yours first: keep what is right.`),
  overwrote: (text, by) => status.notice("warn", `${by || "Somebody"} changed words in what you were just replacing. They are gone from the story; they were: “${text}”`, rescue(text)),
}, schema.nodeFromJSON(state.body.doc), state.body.version);

/** Send everything that waits; resolved when all of it is acknowledged, or cannot be now. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5 && (body.pending || fields.pending); turn += 1) await Promise.all([body.send(), fields.flush()]);
}

// --- the editor

const find_ = (): FindBar => (finder ??= new FindBar(find("#find"), () => view));
let finder: FindBar | null = null;
const offered = actions(schema, {
  link: () => askLink(view, server),
  picture: () => void library.pick().then((picture) => picture && putPicture(view, picture)),
  embed: () => askEmbed(view),
  find: () => find_().open(),
});
offered.inserts.unshift(noteAction(schema, state.me.account));
const everything = [...offered.marks, ...offered.blocks, ...offered.inserts, ...offered.history];
const toolbar = new Toolbar(find("#tools"), [offered.blocks, offered.marks, offered.inserts, offered.history], () => view);
edges(find("#tools"));
let counting = 0;

const place = find("#body");
place.replaceChildren();
const view = makeEditor({
  schema, place, library, names, account: state.me.account, doc: body.confirmed, collab: body.plugin(),
  language: () => String(fields.get("language") ?? "en"),
  editable: () => ready && !locked,
  actions: everything,
  keys: { "Alt-F10": () => (toolbar.enter(), true) },
  plugins: [
    slash([...offered.blocks, ...offered.inserts], find("#writing")), carets(),
    new Plugin({ props: { handleDOMEvents: { compositionend: () => (setTimeout(() => body.drain()), false), focus: () => (presence.tell(), false), blur: () => (presence.tell(), false) } } }),
  ],
  typed: () => body.typed(),
  escape: () => rail.escape(),
  drawn: (at) => {
    toolbar.draw(at.state, at.editable);
    clearTimeout(counting);
    counting = window.setTimeout(countWords, 300);
    presence.tell();
  },
  say: (text) => status.notice("warn", text),
});
body.view = view;
let ready = false;
const head = new Head(find("#head"), fields, library, locked, names, () => void learn(), () => view);

/** Names of what somebody else chose. */
async function learn(): Promise<void> {
  const answer = await server.get<State>(`/articles/${state.id}`);
  if (answer.kind !== "done") return;
  for (const [kind, known] of Object.entries(answer.value.names)) Object.assign((names[kind] ??= {}), known);
  head.draw("bylines", null);
}

function countWords(): void {
  const { doc, selection } = view.state;
  const [words, more] = toldLength(length(doc), selected(doc, selection));
  find("#words").replaceChildren(words, el("span", { class: "word-more" }, more && ` · ${more}`));
  view.dom.classList.toggle("is-empty", doc.childCount === 1 && !doc.firstChild!.content.size && doc.firstChild!.type.name === "paragraph");
  redraw?.();
}

// --- the others

function receive(changes: Change[]): void {
  for (const change of changes) {
    if (change.version <= version) continue;
    const own = change.account === state.me.account;
    if (change.type === "article.body_edited") body.receive(change);
    const name = fields.receive(change, own);
    if (name) status.told(change.by, name, change.at);
    version = change.version;
    if (matters(change)) happened(change, own);
  }
  if (!changes.length) return;
  rail.stale();
  presence.stale();
  redraw?.();
  draw();
}

function happened(change: Change, own: boolean): void {
  const told = happening(change, own, names["accounts"] ?? {});
  if (told?.locks) {
    lock();
    status.notice("warn", told.words, [copying, ["Load again", () => location.reload()]]);
  } else if (told) {
    const { panel } = told;
    status.notice("info", told.words, panel ? [["Look", () => void rail.open(panel, true)]] : change.type === "article.recovered" ? [["Load again", () => location.reload()]] : []);
  }
  if (!own) rail.hush();
  void rail.refresh();
}

/** Nothing can be written here any more; what stands here stays in sight. */
function lock(): void {
  locked = true;
  head.lock();
  view.setProps({});
  toolbar.draw(view.state, view.editable);
}

const presence = new Presence({ article: state.id, page, me: state.me.account, server, body, view });

const stream = new Stream({
  article: state.id, page, server, version: () => version, changes: receive, here: (now) => presence.draw(now),
  reached(yes) {
    if (status.reached(yes)) void settle();
    draw();
  },
  expired: signedOut,
});

// --- the rail

const unsent = new Unsent(`daybook-unsent ${state.me.account} ${state.id}`);
const rail = new Rail(find("#rail"), find("#rail-tabs"), state.id, unsent, settle, () => server.key, () => stream.kick());
rail.fill("details", (root) => (redraw = details(root, fields, names, locked)));
for (const panel of ["checks", "notes"]) {
  rail.fill(panel, (root) => {
    redraw = notesList(root, () => view, names);
    redraw();
  });
}
rail.fill("images", (root) => (redraw = images(root, { library, fields, locked, view: () => view, say: (words) => status.notice("warn", words) })));
fields.watch((name, by) => {
  head.draw(name, by);
  redraw?.();
  draw();
});

bar(settle);
writingKeys(find("#keys"), everything, find("#rail-tabs"));

// --- the page's own life

window.addEventListener("pagehide", () => {
  if (body.inflight === null && body.pending) void body.send(true);
  void fields.flush(true);
});
window.addEventListener("online", () => void settle());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") void settle();
});
document.addEventListener("keydown", (event) => {
  const mod = event.ctrlKey || event.metaKey;
  if (mod && event.key === "s") {
    event.preventDefault();
    void settle();
  }
});
place.addEventListener("dragover", (event) => event.preventDefault());

async function begin(): Promise<void> {
  status.saved(null);
  if (!locked) await recover({
    article: state.id, account: state.me.account, page, server, keep, body, fields, kept, receive, locked: () => locked, say: (tone, words) => status.notice(tone, words),
  });
  ready = true;
  view.setProps({});
  place.setAttribute("aria-busy", "false");
  countWords();
  draw();
  void stream.run();
  presence.tell(true);
  if (body.pending) body.schedule(true);
  let last = "";
  try {
    last = localStorage.getItem("daybook-rail") ?? "";
  } catch {
    last = "";
  }
  if (last && window.matchMedia("(min-width: 75rem)").matches && find("#rail-tabs").querySelector(`[data-panel="${CSS.escape(last)}"]`)) await rail.open(last);
  document.documentElement.dataset["ready"] = "yes";
}

void begin();
