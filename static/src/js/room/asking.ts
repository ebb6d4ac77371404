// Asking the server for small things. null: it cannot be reached; "out": the session has ended.
export async function ask<T>(address: string, signal?: AbortSignal): Promise<T | null | "out"> {
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual", ...(signal ? { signal } : {}) });
    if (response.type === "opaqueredirect" || response.status === 401) return "out";
    return response.ok ? ((await response.json()) as T) : null;
  } catch {
    return null;
  }
}

let bar: HTMLElement | null = null;

/** A bar at the page's foot for as long as something is amiss; '' takes it away. */
export function say(words: string, link?: [string, string]): void {
  if (!words) {
    bar?.remove();
    bar = null;
    return;
  }
  if (!bar) {
    bar = document.createElement("div");
    bar.className = "notice warn offline-bar";
    bar.setAttribute("role", "status");
    document.body.append(bar);
  }
  if (bar.dataset["words"] === words) return;
  bar.dataset["words"] = words;
  const line = document.createElement("p");
  line.textContent = words;
  if (link) {
    const anchor = document.createElement("a");
    [anchor.textContent, anchor.href] = link;
    line.append(" ", anchor);
  }
  bar.replaceChildren(line);
}
