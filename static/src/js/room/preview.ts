// The preview: on a telephone it begins as a telephone shows it, where nobody asked for another width.
export function preview(): void {
  const frame = document.querySelector<HTMLElement>(".frame[data-unasked]");
  if (!frame || !matchMedia("(max-width: 47.99rem)").matches) return;
  frame.classList.replace("desktop", "phone");
  for (const link of document.querySelectorAll<HTMLElement>("[data-width]")) {
    link.ariaCurrent = link.dataset["width"] === "phone" ? "true" : null;
  }
}
