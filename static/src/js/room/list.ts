// The list of stories, kept up to date: rows change where they stand, what is new waits behind a pill until it is
// asked for. Nothing moves under the cursor.
import { el } from "../desk/dom";
import { ask, say } from "./asking";

interface News { position: number; at: number; new: number; left: string[]; rows: Record<string, string>; here: Record<string, string[]> }

const EVERY = 5000; // milliseconds
const AWAY = 15000; // while the server cannot be reached

export function list(): void {
  const rows = document.querySelector<HTMLElement>(".rows");
  const filter = document.querySelector<HTMLFormElement>("#filter");
  if (!rows || !filter) return;
  for (const form of document.querySelectorAll("form.list-new")) form.append(el("input", { type: "hidden", name: "screen", value: "write" }));
  filter.addEventListener("change", (event) => {
    if ((event.target as HTMLElement).matches("select")) filter.requestSubmit();
  });
  filter.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) if (!value) event.formData.delete(name); // short addresses
  });
  back(rows);
  follow(rows);
}

function follow(rows: HTMLElement): void {
  let position = rows.dataset["position"]!;
  const since = rows.dataset["at"]!;
  const first = !new URLSearchParams(location.search).has("before");
  const look = async (): Promise<void> => {
    if (document.visibilityState === "hidden") return void setTimeout(look, EVERY);
    const shown = [...rows.querySelectorAll<HTMLElement>("[data-id]")].map((row) => row.dataset["id"]!);
    const asked = new URLSearchParams(location.search);
    asked.delete("before");
    asked.set("after", position);
    asked.set("since", since);
    asked.set("rows", shown.join(","));
    const news = await ask<News>(`/desk/list/news?${asked}`);
    if (news === "out") return say("Your session has ended. What you see is as it was.", ["Sign in", location.href]);
    if (news === null) {
      say("The server cannot be reached. What you see may be out of date; this list goes on by itself.");
      return void setTimeout(look, AWAY);
    }
    say("");
    if (String(news.position) !== position) {
      for (const [id, html] of Object.entries(news.rows)) redraw(rows, id, html);
      for (const id of news.left) rows.querySelector(`#story-${CSS.escape(id)}`)?.classList.add("is-left");
      if (first) pill(news.new);
      position = String(news.position);
    }
    presence(rows, news.here);
    setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
}

/** Another row's words in the same place; whoever has the keyboard there keeps it. */
function redraw(rows: HTMLElement, id: string, html: string): void {
  const row = rows.querySelector<HTMLElement>(`#story-${CSS.escape(id)}`);
  if (!row) return;
  const focused = row.contains(document.activeElement);
  hold(row);
  const drawn = new DOMParser().parseFromString(html, "text/html").body; // the server's own template
  row.replaceChildren(...drawn.childNodes);
  row.classList.remove("is-new");
  void row.offsetWidth;
  row.classList.add("is-new");
  if (focused) row.querySelector<HTMLElement>(":is(h2, h3) a")?.focus({ preventScroll: true });
}

/** The row stays as high as it is, whatever its words: nothing below it moves. */
function hold(row: HTMLElement): void {
  row.style.blockSize = `${row.getBoundingClientRect().height}px`;
  row.classList.add("is-held");
}

function pill(number: number): void {
  const place = document.querySelector("#news-place");
  if (!place || !number) return;
  const words = number >= 40 ? "40 new or more" : `${number} new`;
  place.replaceChildren(el("button", { class: "pill", type: "button", click: () => {
    const id = document.activeElement?.closest<HTMLElement>("[data-id]")?.dataset["id"];
    if (id) sessionStorage.setItem("daybook-row", id);
    location.reload();
  } }, words));
}

/** After the page was loaded anew, the keyboard is where it was. */
function back(rows: HTMLElement): void {
  const id = sessionStorage.getItem("daybook-row");
  sessionStorage.removeItem("daybook-row");
  if (id) rows.querySelector<HTMLElement>(`#story-${CSS.escape(id)} :is(h2, h3) a`)?.focus();
}

function presence(rows: HTMLElement, here: Record<string, string[]>): void {
  for (const row of rows.querySelectorAll<HTMLElement>("[data-id]")) {
    const names = here[row.dataset["id"]!] ?? [];
    const last = row.querySelector(".row-last");
    const before = row.querySelector(".row-here");
    const words = names.length ? `${names.join(", ")} ${names.length === 1 ? "is" : "are"} in it now` : "";
    if (words === (before?.textContent?.trim() ?? "")) continue;
    hold(row);
    if (!words) before?.remove();
    else if (before) before.textContent = words;
    else last?.prepend(el("p", { class: "row-here" }, words));
  }
}
