// ProseMirror's schema: its nodes, marks, attributes and their order are the server's (events/document/schema.py);
// here stands only what they look like on the screen and how they are found in pasted HTML.
import { Schema, type DOMOutputSpec, type MarkSpec, type Node, type NodeSpec, type TagParseRule } from "prosemirror-model";
import type { Limits, State } from "./types";

export const PROVIDERS: Record<string, string> = {
  youtube: "YouTube", vimeo: "Vimeo", soundcloud: "SoundCloud", spotify: "Spotify", x: "X", bluesky: "Bluesky",
  instagram: "Instagram", tiktok: "TikTok", facebook: "Facebook", datawrapper: "Datawrapper", flourish: "Flourish",
  documentcloud: "DocumentCloud", mastodon: "Mastodon",
};

let limits: Limits;
let hrefs: RegExp;

/** An address that a document may link to, or null. */
export function href(raw: string): string | null {
  let address = raw.trim().replace(/[\x00-\x1f\x7f]/g, "").replace(/\s/g, encodeURIComponent);
  if (/^www\./i.test(address)) address = `https://${address}`;
  else if (/^[\w.+-]+@[\w-]+(\.[\w-]+)+$/.test(address)) address = `mailto:${address}`;
  else if (/^[\w-]+(\.[\w-]+)+(\/|$)/.test(address)) address = `https://${address}`;
  address = address.replace(/^[A-Za-z][A-Za-z0-9+.-]*:/, (scheme) => scheme.toLowerCase());
  if (address.startsWith(`${location.origin}/`)) address = address.slice(location.origin.length);
  return address.length <= 8192 && hrefs.test(address) ? address : null;
}

/** What can be embedded at an address: its provider and the address to keep, or null. */
export function embed(raw: string): { provider: string; url: string } | null {
  const address = raw.trim().replace(/^http:/, "https:")
    .replace(/^https:\/\/(?:www\.)?youtube(?:-nocookie)?\.com\/embed\/([\w-]+).*/, "https://www.youtube.com/watch?v=$1")
    .replace(/^(?!https:)(?=[\w-]+(\.[\w-]+)+\/)/, "https://")
    .replace(/^https:\/\/player\.vimeo\.com\/video\/(\d+).*/, "https://vimeo.com/$1");
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== "https:" || url.username || url.password || !href(address) || /\s/.test(address)) return null;
  for (const [provider, hosts] of Object.entries(limits.embeds)) {
    if (hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`))) return { provider, url: address };
  }
  return null;
}

/** Whose things are embedded, and at which addresses. */
export function embeddable(): [string, readonly string[]][] {
  return Object.entries(limits.embeds).filter(([, hosts]) => hosts.length).map(([provider, hosts]) => [PROVIDERS[provider] ?? provider, hosts]);
}

/** Why nothing can be embedded from an address, for a person. */
export function unembeddable(raw: string): string {
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z\d+.-]*:/i.test(raw.trim()) ? raw.trim() : `https://${raw.trim()}`);
  } catch {
    return "This is no web address. Copy it from the browser’s address bar: it begins with https://.";
  }
  if (!/^https?:$/.test(url.protocol)) return `An embed is found at an address that begins with https://, not with ${url.protocol}`;
  if (url.username || url.password) return "There is a name or a password in this address. Embed it without.";
  if (!/\.[^.]/.test(url.hostname)) return "This is no web address. Copy it from the browser’s address bar: it begins with https://.";
  return `${url.hostname.replace(/^www\./, "")} is none of those whose things we embed, so that no other site can follow our readers. Set it as a link instead.`;
}

type Look = Partial<Pick<NodeSpec, "toDOM" | "parseDOM" | "isolating">>;
const id = (node: Node) => (node.attrs["id"] ? { "data-id": node.attrs["id"] as string } : {});
const block = (tag: string, rules: string[] = [tag]): Look => ({
  toDOM: (node) => [tag, id(node), 0] as DOMOutputSpec,
  parseDOM: rules.map((rule) => ({ tag: rule })),
});

function cellAttrs(dom: HTMLElement) {
  const span = (name: string, most: number) => Math.min(Math.max(Number.parseInt(dom.getAttribute(name) ?? "1", 10) || 1, 1), most);
  return { colspan: span("colspan", 100), rowspan: span("rowspan", 1000) };
}
const cell = (tag: string): Look => ({
  toDOM: (node) => {
    const spans: Record<string, string> = {};
    for (const name of ["colspan", "rowspan"]) if (node.attrs[name] !== 1) spans[name] = String(node.attrs[name]);
    return [tag, spans, 0];
  },
  parseDOM: [{ tag, getAttrs: cellAttrs }],
});

const NODES: Record<string, Look> = {
  paragraph: block("p"),
  heading: {
    toDOM: (node) => [`h${node.attrs["level"]}`, id(node), 0],
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level: level < 3 ? 2 : 3 } })),
  },
  bulletList: block("ul"),
  orderedList: {
    toDOM: (node) => ["ol", node.attrs["start"] === 1 ? {} : { start: String(node.attrs["start"]) }, 0],
    parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ start: Math.min(Math.max(Number(dom.getAttribute("start") ?? 1) || 0, 0), 999_999_999) }) }],
  },
  listItem: block("li"),
  blockquote: block("blockquote"),
  pullquote: {
    isolating: true, // deleting at its edge never mixes its words with the story's
    toDOM: (node) => ["aside", { class: "pullquote", "data-cite": node.attrs["cite"] ?? "" }, ["p", 0]],
    parseDOM: [
      { tag: "aside.pullquote", contentElement: "p", getAttrs: (dom) => ({ cite: dom.getAttribute("data-cite")?.slice(0, 5000) || null }) },
    ],
  },
  figure: {
    toDOM: (node) => {
      const attrs: Record<string, string> = { "data-image": node.attrs["image"] as string, "data-size": node.attrs["size"] as string };
      for (const name of ["caption", "alt", "credit"]) if (node.attrs[name] !== null) attrs[`data-${name}`] = node.attrs[name] as string;
      return ["figure", attrs];
    },
    parseDOM: [{
      tag: "figure[data-image]",
      getAttrs: (dom) => {
        const image = dom.getAttribute("data-image") ?? "";
        if (!/^[0-9a-f-]{36}$/.test(image)) return false;
        const size = dom.getAttribute("data-size") ?? "";
        return {
          image, size: ["column", "wide", "full"].includes(size) ? size : "column",
          caption: dom.getAttribute("data-caption"), alt: dom.getAttribute("data-alt"), credit: dom.getAttribute("data-credit"),
        };
      },
    }],
  },
  embed: {
    toDOM: (node) => ["p", { class: "embed", "data-embed": node.attrs["url"] as string }, node.attrs["url"] as string],
    parseDOM: [
      { tag: "p.embed[data-embed]", priority: 60, getAttrs: (dom) => embed(dom.getAttribute("data-embed") ?? "") ?? false },
      { tag: "iframe[src]", getAttrs: (dom) => embed(dom.getAttribute("src") ?? "") ?? false },
    ],
  },
  codeBlock: { toDOM: () => ["pre", ["code", 0]], parseDOM: [{ tag: "pre", preserveWhitespace: "full" }] },
  horizontalRule: { toDOM: () => ["hr"], parseDOM: [{ tag: "hr" }] },
  table: { toDOM: () => ["table", ["tbody", 0]], parseDOM: [{ tag: "table" }] },
  tableRow: block("tr"),
  tableHeader: cell("th"),
  tableCell: cell("td"),
  hardBreak: { toDOM: () => ["br"], parseDOM: [{ tag: "br" }] },
};

const MARKS: Record<string, Partial<MarkSpec>> = {
  note: {
    toDOM: (mark) => ["mark", { class: "note", "data-note": (mark.attrs["by"] as string | null) ?? "" }, 0],
    parseDOM: [{ tag: "mark[data-note]", getAttrs: (dom) => ({ by: /^[\w-]{1,64}$/.exec(dom.getAttribute("data-note") ?? "")?.[0] ?? null }) } as TagParseRule],
  },
  link: {
    toDOM: (mark) => ["a", { href: mark.attrs["href"] as string, rel: "noopener" }, 0],
    parseDOM: [{
      tag: "a[href]",
      getAttrs: (dom) => {
        const address = href((dom as HTMLElement).getAttribute("href") ?? "");
        return address ? { href: address } : false;
      },
    } as TagParseRule],
  },
  bold: {
    toDOM: () => ["strong", 0],
    parseDOM: [{ tag: "strong" }, { tag: "b" }],
  },
  italic: {
    toDOM: () => ["em", 0],
    parseDOM: [{ tag: "em" }, { tag: "i" }, { tag: "cite" }],
  },
  strike: { toDOM: () => ["s", 0], parseDOM: [{ tag: "s" }, { tag: "del" }, { tag: "strike" }] },
  superscript: { toDOM: () => ["sup", 0], parseDOM: [{ tag: "sup" }] },
  subscript: { toDOM: () => ["sub", 0], parseDOM: [{ tag: "sub" }] },
  code: { toDOM: () => ["code", 0], parseDOM: [{ tag: "code" }, { tag: "kbd" }, { tag: "samp" }] },
};

export function makeSchema(state: State): Schema {
  limits = state.limits;
  hrefs = new RegExp(limits.href.replace(/^\\A/, "^").replace(/\\Z$/, "$"));
  const dressed = <T extends object>(spec: Record<string, T>, looks: Record<string, object>) =>
    Object.fromEntries(Object.entries(spec).map(([name, one]) => [name, { ...one, ...looks[name] }]));
  return new Schema({
    topNode: state.schema.topNode,
    nodes: dressed<NodeSpec>(state.schema.nodes, NODES),
    marks: dressed<MarkSpec>(state.schema.marks, MARKS),
  });
}
