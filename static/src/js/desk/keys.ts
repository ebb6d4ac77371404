// The keys of the writing screen, read from what it can do.
import { type Action, mac, shown } from "./commands";
import { type Key, tell } from "./keydialog";

/** Those of the writing screen; Ctrl+/ and `button` show them. */
export function writingKeys(button: HTMLElement, actions: Action[], tabs: HTMLElement): void {
  const help = (): void => {
    if (document.querySelector("dialog[open]")) return;
    tell(
      ["", [
        [shown("Mod-s"), "Save now, without waiting for a pause"], ["/", "Put something in: a picture, a quote, a list, a table …"],
        ["Shift+Enter", "A new line in the same paragraph"], [`${mac ? "⌥" : "Alt"}+↑  ${mac ? "⌥" : "Alt"}+↓`, "Move the paragraph up, down"],
        ["Alt+F10", "To the tools above the text; arrows move there, Escape leads back"], [shown("Mod-/"), "These keys"],
      ]],
      ["Text", actions.filter((one) => one.keys).map((one): Key => [shown(one.keys!), one.label])],
      ["Panels", [...tabs.querySelectorAll<HTMLElement>("[data-panel]")].map((tab): Key => [shown(`Mod-${tab.dataset["key"]}`), tab.textContent.trim()])],
    );
  };
  button.addEventListener("click", help);
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key !== "/") return;
    event.preventDefault();
    help();
  });
}
