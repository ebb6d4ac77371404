// The bar above the text: on a phone the panels, and the ways out of the story, are a menu of it; the menu behind one's name; and what ails Daybook,
// for those who can do something about it.
import { menus } from "../room/menu";
import { el, find } from "./dom";

export interface Ailment { what: string; safe: string; todo: string }

/** Panels, and where else one can go, in a menu, where there is no room for them in a row. */
function panelsMenu(button: HTMLElement, tabs: HTMLElement): void {
  const show = (open: boolean): void => {
    tabs.classList.toggle("is-open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => {
    show(button.ariaExpanded !== "true");
    if (button.ariaExpanded === "true") tabs.querySelector<HTMLElement>("button")?.focus();
  });
  document.addEventListener("click", (event) => {
    if (!button.contains(event.target as Node)) show(false); // also after one was chosen
  });
  tabs.addEventListener("keydown", (event) => {
    const stops = [...tabs.querySelectorAll<HTMLElement>("button, a")];
    const at = stops.indexOf(event.target as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (event.key === "Escape" && button.ariaExpanded === "true") {
      event.preventDefault(); // a panel that is open stays so
      show(false);
      button.focus();
    } else if (next !== undefined && button.ariaExpanded === "true") {
      event.preventDefault();
      stops[(next + stops.length) % stops.length]!.focus();
    }
  });
}

/** `settle`: sends what waits, which nobody could once they have signed out. */
export function bar(settle: () => Promise<void>): void {
  panelsMenu(find("#rail-menu"), find("#rail-tabs"));
  menus();
  for (const out of document.querySelectorAll<HTMLFormElement>("form[action='/desk/sign-out']")) {
    out.addEventListener("submit", (event) => {
      event.preventDefault();
      void settle().finally(() => out.submit());
    });
  }
}

export interface Standing {
  state: string;
  words: string;
}

/** Where the story stands, as the server says; the badge of narrow bars leaves out since when. */
export function standing(place: HTMLElement, now: Standing | null): void {
  if (!now || place.textContent === now.words) return;
  const [first, ...since] = now.words.split(/(?= since )/);
  place.replaceChildren(el("span", { class: `badge ${now.state}` }, first!, ...since.map((words) => el("span", { class: "word-more" }, words))));
}

let drawn = "";

/** The same banner as over every other page, while the writing screen stays open. */
export function ailing(place: HTMLElement, ailments: Ailment[]): void {
  const now = JSON.stringify(ailments);
  if (now === (drawn ||= "[]")) return;
  drawn = now;
  place.replaceChildren(...ailments.map((one) => el("div", { class: "ailment", role: "alert" },
    el("p", {}, el("b", {}, one.what), ` ${one.safe} ${one.todo} `, el("a", { href: "/desk/system", target: "_blank" }, "Open the System room")))));
}
