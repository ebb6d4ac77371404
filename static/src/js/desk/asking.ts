// Small dialogs of the text: a link (also to our own stories), an embed, find and replace.
import { closeHistory } from "prosemirror-history";
import { findNext, findPrev, getMatchHighlights, replaceAll, replaceNext, SearchQuery, setSearchState } from "prosemirror-search";
import { type EditorState, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { insertBlock } from "./commands";
import { dialog, el, icon } from "./dom";
import { embed, embeddable, href, unembeddable } from "./schema";
import type { Server } from "./server";
import { count, writable } from "./text";

/** The link around the caret, as far as it reaches. */
function around(state: EditorState): { from: number; to: number; href: string } | null {
  const link = state.schema.marks["link"]!;
  const { $from, from, to, empty } = state.selection;
  const mark = link.isInSet($from.marks()) ?? ($from.nodeAfter && link.isInSet($from.nodeAfter.marks));
  if (!mark) return null;
  if (!empty) return { from, to, href: mark.attrs["href"] };
  let [start, end] = [from, from];
  $from.parent.forEach((child, offset) => {
    const at = $from.start() + offset;
    if (mark.isInSet(child.marks) && at <= from && at + child.nodeSize >= from) [start, end] = [at, at + child.nodeSize];
  });
  return { from: start, to: end, href: mark.attrs["href"] };
}

interface Found { headline: string; path: string; section: string; at: number }

export function askLink(view: EditorView, server: Server): void {
  const known = around(view.state);
  const { from, to } = known ?? view.state.selection;
  const words = view.state.doc.textBetween(from, to, " ");
  const input = el("input", { class: "input", id: "link-address", autocomplete: "off", spellcheck: "false", value: known?.href ?? "", placeholder: "https://… or words of one of our headlines", "aria-describedby": "link-wrong" });
  const wrong = el("p", { class: "error", id: "link-wrong", role: "alert" });
  const list = el("ul", { class: "found", "aria-label": "Our own stories" });
  let timer = 0;
  let asked = 0; // a slow answer never takes the place of a newer one
  const put = (raw: string, headline = "") => {
    const address = href(raw);
    if (!address) {
      wrong.textContent = "A link leads to https://, http://, mailto:, to a page of our own (/…) or to a place on this page (#…).";
      input.setAttribute("aria-invalid", "true");
      return;
    }
    box.close();
    const mark = view.state.schema.marks["link"]!.create({ href: address });
    const transaction = view.state.tr;
    if (from === to) transaction.insertText(headline || address, from);
    const end = transaction.mapping.map(to);
    transaction.removeMark(from, end, mark.type).addMark(from, end, mark);
    view.dispatch(transaction.removeStoredMark(mark.type).setSelection(TextSelection.create(transaction.doc, end)));
    view.focus();
  };
  const look = async () => {
    const text = input.value.trim();
    const turn = (asked += 1);
    if (/^(https?:|mailto:|\/|#|www\.)/i.test(text)) return list.replaceChildren();
    const answer = await server.get<{ stories: Found[] }>(`/stories?q=${encodeURIComponent(text)}`);
    if (turn !== asked) return undefined;
    const found = () => [...list.querySelectorAll("button")];
    const focused = found().findIndex((one) => one === document.activeElement);
    if (answer.kind !== "done") return list.replaceChildren(el("li", { class: "meta" }, "Our stories could not be searched just now."));
    list.replaceChildren(...answer.value.stories.map((one) => el("li", {},
      el("button", { type: "button", click: () => put(one.path, one.headline) }, el("strong", {}, one.headline),
        el("span", { class: "meta" }, [one.section, new Date(one.at).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" })].filter(Boolean).join(" · "))))));
    if (!answer.value.stories.length) list.replaceChildren(el("li", { class: "meta" }, "No headline of ours has these words."));
    if (focused >= 0) (found()[focused] ?? input).focus(); // what had the focus is gone
    return undefined;
  };
  const box = dialog("Link", el("form", { method: "dialog", submit: (event) => { event.preventDefault(); put(input.value); } },
    el("div", { class: "dialog-head" }, el("h2", {}, "Link"), el("button", { class: "button small quiet", type: "button", "aria-label": "Close", click: () => box.close() }, icon("x"))),
    words && el("p", { class: "meta" }, `On “${words.length > 60 ? `${words.slice(0, 59)}…` : words}”`),
    el("label", { for: "link-address", class: "label" }, "Address, or a story of ours"), input, wrong, list,
    el("p", { class: "actions" }, el("button", { class: "button primary" }, "Set the link"),
      known && el("button", { type: "button", class: "button danger", click: () => {
        box.close();
        view.dispatch(view.state.tr.removeMark(from, to, view.state.schema.marks["link"]!));
        view.focus();
      } }, "Remove the link"))));
  box.addEventListener("keydown", (event) => {
    const stops = [input, ...list.querySelectorAll("button")];
    const next = stops[stops.indexOf(event.target as HTMLInputElement) + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? NaN)];
    if (!next || !stops.includes(event.target as HTMLInputElement)) return;
    event.preventDefault();
    next.focus();
  });
  input.addEventListener("input", () => {
    wrong.textContent = "";
    input.removeAttribute("aria-invalid");
    clearTimeout(timer);
    timer = window.setTimeout(() => void look(), 250);
  });
  input.select();
  if (!known) {
    if (words && words.length < 60) input.value = href(words) && /[.@]/.test(words) ? words : "";
    void look();
  }
}

export function askEmbed(view: EditorView): void {
  const input = el("input", { class: "input", id: "embed-address", autocomplete: "off", spellcheck: "false", placeholder: "https://…", "aria-describedby": "embed-wrong" });
  const wrong = el("p", { class: "error", id: "embed-wrong", role: "alert" });
  const instead = el("button", { type: "button", class: "button", hidden: true, click: () => {
    const address = href(input.value)!;
    box.close();
    const mark = view.state.schema.marks["link"]!.create({ href: address });
    view.dispatch(view.state.tr.replaceSelectionWith(view.state.schema.text(address, [mark]), false).scrollIntoView());
    view.focus();
  } }, icon("link"), "Set it as a link");
  const box = dialog("Embed", el("form", { method: "dialog", submit: (event) => {
    event.preventDefault();
    const shows = embed(input.value);
    if (!shows) {
      wrong.textContent = unembeddable(input.value);
      instead.hidden = !href(input.value);
      input.setAttribute("aria-invalid", "true");
      return;
    }
    box.close();
    view.dispatch(insertBlock(view.state, view.state.schema.nodes["embed"]!.create(shows)));
    view.focus();
  } },
    el("div", { class: "dialog-head" }, el("h2", {}, "Embed"), el("button", { class: "button small quiet", type: "button", "aria-label": "Close", click: () => box.close() }, icon("x"))),
    el("label", { for: "embed-address", class: "label" }, "Address of the post, video, sound or chart"),
    input, wrong, el("p", { class: "actions" }, el("button", { class: "button primary" }, "Embed"), instead),
    el("details", { class: "embed-hosts" }, el("summary", { class: "meta" }, "Whose things can be embedded"),
      el("dl", { class: "facts" }, ...embeddable().flatMap(([name, hosts]) => [el("dt", {}, name), el("dd", {}, hosts.join(", "))])))));
  input.addEventListener("input", () => {
    wrong.textContent = "";
    instead.hidden = true;
    input.removeAttribute("aria-invalid");
  });
  input.focus();
}

export class FindBar {
  private readonly words = el("input", { class: "input", type: "search", placeholder: "Find", "aria-label": "Find", autocomplete: "off" });
  private readonly by = el("input", { class: "input", placeholder: "Replace by", "aria-label": "Replace by", autocomplete: "off" });
  private readonly exact = el("input", { type: "checkbox", id: "find-case" });
  private readonly whole = el("input", { type: "checkbox", id: "find-whole" });
  private readonly said = el("output", { class: "meta" });
  private readonly one = el("button", { type: "button", class: "button small", click: () => this.go(replaceNext) });
  private readonly every = el("button", { type: "button", class: "button small", click: () => this.all() });

  constructor(private readonly bar: HTMLElement, private readonly view: () => EditorView) {
    bar.append(
      this.words, this.said, this.by,
      el("span", { class: "find-steps" },
        el("button", { type: "button", class: "button small", "aria-label": "Previous", click: () => this.go(findPrev) }, icon("arrow-up")),
        el("button", { type: "button", class: "button small", "aria-label": "Next", click: () => this.go(findNext) }, icon("arrow-down"))),
      el("span", { class: "find-how" }, el("label", { class: "check" }, this.exact, "Same case"), el("label", { class: "check" }, this.whole, "Whole words")),
      el("span", { class: "find-replace" }, this.one, this.every),
      el("button", { type: "button", class: "button small quiet find-close", "aria-label": "Close", click: () => this.close() }, icon("x")),
    );
    for (const one of [this.words, this.by, this.exact, this.whole]) one.addEventListener("input", () => this.query());
    bar.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        this.close();
      }
      if (event.key !== "Enter" || event.target instanceof HTMLButtonElement) return;
      event.preventDefault();
      this.go(event.target === this.by ? replaceNext : event.shiftKey ? findPrev : findNext);
    });
  }

  open(): void {
    const { from, to, empty } = this.view().state.selection;
    this.bar.hidden = false;
    const selected = this.view().state.doc.textBetween(from, to, " ");
    if (!empty && selected.length < 80) this.words.value = selected;
    this.words.select();
    this.words.focus();
    this.query();
  }

  private close(): void {
    this.bar.hidden = true;
    const view = this.view();
    view.dispatch(setSearchState(view.state.tr, new SearchQuery({ search: "" })));
    view.focus();
  }

  private query(): void {
    const view = this.view();
    const query = new SearchQuery({
      search: this.words.value, literal: true, caseSensitive: this.exact.checked, wholeWord: this.whole.checked, replace: writable(this.by.value),
    });
    view.dispatch(setSearchState(view.state.tr, query));
    this.tell();
  }

  private tell(): void {
    const found = getMatchHighlights(this.view().state).find().length;
    this.said.textContent = this.words.value ? (found ? count(found, "place") : "Nowhere") : "";
    this.one.textContent = this.by.value ? "Replace" : "Remove";
    this.every.textContent = this.by.value ? "Replace all" : found ? `Remove all ${found}` : "Remove all";
  }

  private go(command: typeof findNext): void {
    const view = this.view();
    command(view.state, view.dispatch, view);
    const { node } = view.domAtPos(view.state.selection.from);
    (node instanceof Element ? node : node.parentElement)?.scrollIntoView({ block: "center", behavior: "instant" });
    this.tell();
  }

  private all(): void {
    const view = this.view();
    const found = getMatchHighlights(view.state).find().length;
    view.dispatch(closeHistory(view.state.tr));
    replaceAll(view.state, view.dispatch);
    this.tell();
    this.said.textContent = found ? `${count(found, "place")} ${this.by.value ? "replaced" : "removed"}` : "Nowhere";
  }
}
