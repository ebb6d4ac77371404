// Names that the server knows, below a field in which one of them is typed.
import { el } from "../desk/dom";
import { ask } from "./asking";

export function suggest(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("[data-suggest]")) {
    const options = document.getElementById(input.getAttribute("list")!)!;
    const look = async (): Promise<void> => {
      const found = await ask<string[]>(`/desk/suggest/${input.dataset["suggest"]}?q=${encodeURIComponent(input.value)}`);
      if (Array.isArray(found)) options.replaceChildren(...found.map((name) => el("option", { value: name })));
    };
    input.addEventListener("focus", () => void look());
    input.addEventListener("input", () => void look());
    if (input === document.activeElement) void look();
  }
}
