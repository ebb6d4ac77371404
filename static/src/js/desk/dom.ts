// Small things for making elements. No HTML is ever put together from text.
type Child = globalThis.Node | string | null | undefined | false;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, attrs: Record<string, string | boolean | null | undefined | ((event: Event) => void)> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child): child is globalThis.Node | string => Boolean(child)));
  return made;
}

let sprite = "";
export function setSprite(url: string): void {
  sprite = url;
}

export function icon(name: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

export function find<T extends HTMLElement>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`The page has no ${selector}`);
  return found;
}

/** A dialog that closes on Escape and gives the focus back. */
export function dialog(label: string, ...children: Child[]): HTMLDialogElement {
  const before = document.activeElement as HTMLElement | null;
  const made = el("dialog", { class: "desk-dialog", "aria-label": label }, ...children);
  made.addEventListener("close", () => {
    made.remove();
    if (before?.isConnected) before.focus();
  });
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  document.body.append(made);
  made.showModal();
  return made;
}
