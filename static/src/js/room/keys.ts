// Keys of every page: Ctrl+K, ?, and on a list j, k, n, / and full stop. Never while somebody types.
import { type Key, tell } from "../desk/keydialog";

const ALL: Key[] = [
  ["Ctrl K", "Find anything: stories, people, sections, places"],
  ["j  k", "Next row, previous row"], ["Enter", "Open it"], ["e", "Write in it"], ["/", "Search this list"],
  ["n", "New story"], [".", "Show what is new"], ["g  h", "To all stories"], ["g  m", "To my stories"],
  ["g  r", "To those in review"], ["g  i", "To the images"], ["?", "These keys"],
];
const PLACES: Record<string, string> = { h: "/desk", m: "/desk?scope=mine", r: "/desk?state=submitted", i: "/desk/images" };

function typing(target: EventTarget | null): boolean {
  const at = target as HTMLElement | null;
  return Boolean(at?.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
}

export function keys(palette: () => void): void {
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.altKey) {
      event.preventDefault();
      palette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.timeStamp - going < 1200 && PLACES[event.key]) {
      event.preventDefault();
      location.assign(PLACES[event.key]!);
      return;
    }
    going = event.key === "g" ? event.timeStamp : 0;
    const act: Record<string, () => void> = {
      "?": () => tell(["", ALL]), j: () => step(1), k: () => step(-1), n: () => focus("#headline"), "/": () => focus("#text"),
      ".": () => document.querySelector<HTMLElement>(".pill")?.click(),
      e: () => {
        const id = document.activeElement?.closest<HTMLElement>("[data-id]")?.dataset["id"];
        if (id && document.querySelector(".story-rows")) location.assign(`/desk/articles/${id}/write`);
      },
    };
    if (!act[event.key]) return;
    event.preventDefault();
    act[event.key]!();
  });
  for (const link of document.querySelectorAll("[data-palette]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      palette();
    });
  }
}

function focus(selector: string): void {
  const field = document.querySelector<HTMLInputElement>(selector);
  field?.focus();
  field?.select();
}

function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-id] a[href]:first-of-type")].filter((link) => link.closest("h2, h3, .tile-link"));
  const at = rows.findIndex((link) => link.closest("[data-id]")!.contains(document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
  next?.focus();
  next?.closest("[data-id]")!.scrollIntoView({ block: "nearest" });
}
