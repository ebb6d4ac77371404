// Suggestions beneath the search box: an ARIA combobox whose list never takes the focus. Without this script, or
// without an answer, the box is what it was.
interface Suggestion {
  name: string;
  note: string;
  url: string;
}

const PAUSE = 120; // milliseconds without a key before the server is asked

const box = document.querySelector<HTMLInputElement>(".search-form [name=q]");
if (box) help(box);

function help(box: HTMLInputElement): void {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  box.parentElement?.append(list);
  box.autocomplete = "off";
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    box.setAttribute(name as string, value as string);
  }
  const known = new Map<string, Suggestion[]>();
  let asked = 0;
  let at = -1;

  const options = () => [...list.children] as HTMLElement[];
  const close = () => choose([]);

  function choose(found: Suggestion[]): void {
    at = -1;
    list.replaceChildren(...found.map(drawn));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
  }

  function drawn(one: Suggestion, number: number): HTMLElement {
    const option = document.createElement("li");
    option.id = `suggestion-${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset["url"] = one.url;
    const name = document.createElement("span");
    name.textContent = one.name;
    const note = document.createElement("span");
    note.className = "meta";
    note.textContent = one.note;
    option.append(name, note);
    option.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    option.addEventListener("click", () => location.assign(one.url));
    return option;
  }

  function walk(step: number): void {
    const all = options();
    at = ((at + 1 + step + all.length + 1) % (all.length + 1)) - 1; // -1: the box itself
    all.forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    const chosen = all[at];
    if (chosen) {
      box.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else box.removeAttribute("aria-activedescendant");
  }

  async function ask(text: string): Promise<void> {
    const mine = ++asked;
    let found = known.get(text);
    if (!found) {
      try {
        const answer = await fetch(`/search/suggest.json?${new URLSearchParams({ q: text })}`);
        if (!answer.ok) return;
        found = (await answer.json()) as Suggestion[];
        known.set(text, found);
      } catch {
        return;
      }
    }
    if (mine === asked && document.activeElement === box) choose(found);
  }

  let timer = 0;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    const text = box.value.trim();
    if (text) timer = window.setTimeout(() => void ask(text), PAUSE);
    else {
      asked += 1;
      close();
    }
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      const url = options()[at]?.dataset["url"];
      if (url) location.assign(url);
    }
  });
  box.addEventListener("blur", () => {
    asked += 1;
    close();
  });
}
