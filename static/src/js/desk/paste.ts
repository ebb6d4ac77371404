// What is pasted: Word's and Google Docs' HTML made plain before ProseMirror reads it; and pictures dropped in.
import { Fragment, type Node, type Schema, Slice } from "prosemirror-model";
import { embed } from "./schema";
import { cleanSlice } from "./text";

const MOST_DEPTH = 20;

/** HTML from anywhere, with what only looks like structure made into structure. Nothing of it is ever run. */
export function transformHtml(html: string): string {
  const fragment = html.replace(/<!--\[if[\s\S]*?<!\[endif\]-->/g, "");
  const page = new DOMParser().parseFromString(fragment, "text/html");
  page.querySelectorAll("script, style, meta, link, title, noscript, template, metadata, desc").forEach((one) => one.remove());
  page.querySelectorAll("svg, math, object").forEach((one) => one.replaceWith(one.textContent || one.getAttribute("data") || "")); // its words
  page.querySelectorAll<HTMLElement>("[style*='mso-hide'], [style*='mso-list:Ignore'], [style*='mso-list: Ignore']").forEach((one) => {
    if (/mso-list/i.test(one.getAttribute("style")!)) one.closest<HTMLElement>("p")?.setAttribute("data-marker", one.textContent!.trim());
    one.remove();
  });
  blocks(page);
  wordLists(page);
  comments(page);
  looks(page);
  left(page);
  for (const one of page.querySelectorAll<HTMLElement>("b[id^='docs-internal-guid']")) one.replaceWith(...one.childNodes);
  // A heading's bold is the heading's own.
  for (const one of page.querySelectorAll<HTMLElement>("h1 b, h1 strong, h2 b, h2 strong, h3 b, h3 strong, h4 b, h4 strong")) one.replaceWith(...one.childNodes);
  // What a browser shows of forms is text.
  for (const one of page.querySelectorAll("input, textarea, select, button")) {
    const value = one instanceof HTMLInputElement && !/^(text|search|url|email|)$/.test(one.type) ? "" : (one as HTMLInputElement).value ?? "";
    one.replaceWith(one instanceof HTMLButtonElement ? one.textContent ?? "" : value);
  }
  return page.body.innerHTML;
}

/** What styles make bold, italic, raised or struck, said by elements: the page's own policy lets no style be read. */
function looks(page: Document): void {
  for (const one of page.querySelectorAll<HTMLElement>("[style]")) {
    const styles = new Map((one.getAttribute("style") ?? "").split(";").map((rule) => {
      const [name = "", value = ""] = rule.split(/:(.*)/s);
      return [name.trim().toLowerCase(), value.trim().toLowerCase()];
    }));
    one.removeAttribute("style");
    const wrap = (tag: string) => {
      if (one.closest(tag) || one.querySelector("p, div, li, td, h1, h2, h3, h4, h5, h6")) return;
      const made = page.createElement(tag);
      made.append(...one.childNodes);
      one.append(made);
    };
    const weight = styles.get("font-weight") ?? "";
    if (/^(bold(er)?|[6-9]\d\d)$/.test(weight)) wrap("strong");
    if (/^(normal|lighter|[1-5]\d\d)$/.test(weight) && /^(B|STRONG)$/.test(one.tagName)) plainer(one);
    if (/^(italic|oblique)/.test(styles.get("font-style") ?? "")) wrap("em");
    if (styles.get("font-style") === "normal" && /^(I|EM)$/.test(one.tagName)) plainer(one);
    if (/line-through/.test(`${styles.get("text-decoration")} ${styles.get("text-decoration-line")}`)) wrap("s");
    if (styles.get("vertical-align") === "super") wrap("sup");
    if (styles.get("vertical-align") === "sub") wrap("sub");
  }
}

function plainer(one: HTMLElement): void {
  one.replaceWith(...one.childNodes);
}

/** A note to the desk with these words. */
function note(page: Document, words: string): HTMLElement {
  const made = page.createElement("mark");
  made.dataset["note"] = "";
  made.textContent = words;
  return made;
}

/** Comments in the margin, as Word and Google Docs write them, become notes to the desk where they were made. */
function comments(page: Document): void {
  for (const anchor of page.querySelectorAll<HTMLAnchorElement>("a[href^='#_msocom_'], a[href^='#cmnt']:not([href^='#cmnt_ref'])")) {
    const target = anchor.getAttribute("href")!.slice(1);
    const there = page.querySelector(`a[name="${CSS.escape(target)}"], [id="${CSS.escape(target)}"]`);
    const comment = there?.closest("[style*='mso-element:comment'], div");
    if (!comment || comment.contains(anchor)) continue;
    there!.remove();
    comment.querySelectorAll("a[href^='#_msoanchor'], a[href^='#cmnt_ref'], .MsoCommentReference").forEach((one) => one.remove());
    const words = comment.textContent!.replace(/\s+/g, " ").trim();
    if (words) (anchor.closest("sup, .MsoCommentReference") ?? anchor).replaceWith(note(page, words));
    comment.remove();
  }
  page.querySelectorAll("hr.msocomoff").forEach((one) => one.remove());
}

const BLOCKS = "p, div, ul, ol, table, h1, h2, h3, h4, h5, h6, blockquote, pre, figure, hr";

/** What begins a line in a browser begins one here; and a break between two blocks is no line of its own. */
function blocks(page: Document): void {
  for (const one of page.querySelectorAll("summary, caption")) {
    const line = page.createElement("p");
    line.append(...one.childNodes);
    const table = one.closest("table");
    if (one.tagName === "CAPTION" && table) table.before(line);
    else one.before(line);
    one.remove();
  }
  const block = (node: ChildNode | null) => !node || (node instanceof Element && node.matches(BLOCKS));
  const beside = (node: ChildNode, way: "previousSibling" | "nextSibling") => {
    let next = node[way];
    while (next && next.nodeType === 3 && !next.textContent!.trim()) next = next[way];
    return next;
  };
  for (const one of page.querySelectorAll("br")) {
    if (one.parentElement!.querySelector(`:scope > :is(${BLOCKS})`) && block(beside(one, "previousSibling")) && block(beside(one, "nextSibling"))) one.remove();
  }
}

export const WAITING = /\ufdd0(\d+)\ufdd1/; // where a picture that was pasted as data will stand

/** Pictures that cannot be taken along leave a note that says which; those that came as data wait to be taken in. */
function left(page: Document): void {
  let waiting = 0;
  for (const one of page.querySelectorAll("iframe, video, audio, embed, source")) {
    const address = one.getAttribute("src") ?? "";
    if (!/^https?:\/\//i.test(address) || (one.tagName === "IFRAME" && embed(address))) continue;
    const link = page.createElement("a"); // whose things we do not embed is linked to
    link.href = link.textContent = address;
    one.replaceWith(link);
  }
  for (const one of page.querySelectorAll("img")) {
    const [source, words] = [one.getAttribute("src") ?? "", (one.getAttribute("alt") ?? "").trim()];
    if (/^data:image\//i.test(source)) one.replaceWith(`\ufdd0${(waiting += 1) - 1}\ufdd1`);
    else if (one.closest("figure[data-image]") || Number(one.getAttribute("width") ?? 99) <= 32) one.replaceWith(words);
    else {
      const from = /^https?:/i.test(source) ? source : source.split(/[\\/]/).at(-1)!;
      one.replaceWith(note(page, `Picture: ${[words, from.slice(0, 500)].filter(Boolean).join(", ")}`));
    }
  }
}

/** The pictures that came along as data, in their order. */
export function dataPictures(html: string): File[] {
  const page = new DOMParser().parseFromString(html, "text/html");
  return [...page.querySelectorAll("img[src^='data:image/' i]")].map((one, index) => {
    const [head = "", data = ""] = one.getAttribute("src")!.split(/,(.*)/s);
    const type = /^data:(image\/[\w.+-]+)/i.exec(head)![1]!.toLowerCase();
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = /;base64/i.test(head) ? Uint8Array.from(atob(data.replace(/\s/g, "")), (char) => char.charCodeAt(0)) : new TextEncoder().encode(decodeURIComponent(data));
    } catch {
      bytes = new Uint8Array();
    }
    return new File([bytes], `${one.getAttribute("alt")?.trim().slice(0, 80) || `pasted ${index + 1}`}.${type.split("/")[1]!.split("+")[0]}`, { type });
  });
}

/** Word's lists are paragraphs that say so in their style: made into lists again. */
function wordLists(page: Document): void {
  const items = [...page.querySelectorAll<HTMLElement>("p")].filter((one) => /mso-list:\s*l\d+/i.test(one.getAttribute("style") ?? ""));
  let list: HTMLElement | null = null;
  let last: Element | null = null;
  for (const item of items) {
    const style = item.getAttribute("style") ?? "";
    const level = Number(/level(\d+)/i.exec(style)?.[1] ?? 1);
    const marker = item.getAttribute("data-marker") ?? item.textContent!.trimStart().slice(0, 4);
    const ordered = /^\(?(\d+|[a-z]|[ivx]+)[.)]/i.test(marker);
    item.innerHTML = item.innerHTML.replace(/^(\s|&nbsp;)*(?:[·•o§▪–-]|\(?(?:\d+|[a-z]|[ivx]+)[.)])(\s|&nbsp;)+/i, "");
    if (!list || last !== item.previousElementSibling) {
      list = page.createElement(ordered ? "ol" : "ul");
      item.before(list);
    }
    let target = list;
    for (let depth = 1; depth < level; depth += 1) {
      const entry = target.lastElementChild ?? target.appendChild(page.createElement("li"));
      const inner = entry.querySelector(":scope > ul, :scope > ol");
      target = (inner as HTMLElement | null) ?? entry.appendChild(page.createElement(ordered ? "ol" : "ul"));
    }
    const entry = target.appendChild(page.createElement("li"));
    entry.append(...item.childNodes);
    item.remove();
    last = list;
  }
}

/** A slice that a document can take: no characters that it cannot hold, nothing too deep. */
export function transformSlice(slice: Slice, schema: Schema): Slice {
  return cleanSlice(depth(slice.content) > MOST_DEPTH ? new Slice(flat(slice.content, schema), 0, 0) : slice);
}

function depth(content: Fragment): number {
  let most = 0;
  content.forEach((child) => (most = Math.max(most, 1 + (child.isTextblock ? 0 : depth(child.content)))));
  return most;
}

/** The text blocks alone, one after another. */
function flat(content: Fragment, schema: Schema): Fragment {
  const blocks: Node[] = [];
  content.descendants((node) => {
    if (!node.isTextblock) return true;
    blocks.push(node.type.name === "listItem" ? schema.nodes["paragraph"]!.create(null, node.content) : node);
    return false;
  });
  return Fragment.from(blocks);
}

/** Pictures among what was pasted or dropped. */
export function pictures(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter((file) => /^image\//.test(file.type));
}
