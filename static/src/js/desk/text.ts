// Words: what a document cannot hold, and how many there are; both as the server sees it (events/document).
import { Fragment, type Node, Slice } from "prosemirror-model";

const UNWRITABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ESCAPED = /\\u00(?:0[0-8bcef]|1[0-9a-f])|\\[bf]|\\ud[89a-f][0-9a-f]{2}|[\ufffe\uffff]/i;

/** Whether JSON text holds characters that no document can. */
export function unwritable(json: string): boolean {
  return ESCAPED.test(json);
}

export function writable(text: string): string {
  return text.replace(UNWRITABLE, "");
}

/** The same node without characters that no document can hold. */
export function clean(node: Node): Node {
  if (node.isText) {
    const text = writable(node.text!);
    return text === node.text ? node : node.type.schema.text(text || " ", node.marks);
  }
  const content = cleaned(node.content);
  const attrs = Object.fromEntries(
    Object.entries(node.attrs).map(([name, value]) => [name, typeof value === "string" ? writable(value) : value]),
  );
  return node.type.create(attrs, content, node.marks);
}

function cleaned(content: Fragment): Fragment {
  const nodes: Node[] = [];
  content.forEach((child) => {
    if (child.isText && !writable(child.text!)) return;
    nodes.push(clean(child));
  });
  return Fragment.from(nodes);
}

export function cleanSlice(slice: Slice): Slice {
  return new Slice(cleaned(slice.content), slice.openStart, slice.openEnd);
}

const CHARACTER = /[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu;

/** Words as the log counts them: what stands between spaces and has a letter or digit; CJK by character. */
export function words(text: string): number {
  let characters = 0;
  const rest = text.replace(CHARACTER, () => {
    characters += 1;
    return " ";
  });
  return characters + rest.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** The words of a document for readers, those that a figure or a pull quote sets itself among them; no notes to the desk. */
export function plain(doc: Node): string {
  const lines: string[] = [];
  const take = (node: Node): boolean => {
    if (node.isTextblock) {
      let line = "";
      node.forEach((child) => {
        if (!child.marks.some((mark) => mark.type.name === "note")) line += child.text ?? "\n";
      });
      lines.push(line);
      if (node.type.name === "pullquote" && node.content.size && node.attrs["cite"]) lines.push(node.attrs["cite"]);
      return false;
    }
    if (node.type.name === "figure") for (const name of ["caption", "alt", "credit"]) if (node.attrs[name]) lines.push(node.attrs[name]);
    return true;
  };
  if (take(doc)) doc.descendants(take);
  return lines.join("\n");
}

// Made once each: making one takes a browser longer than all else that a key needs here.
const NUMBERS = new Intl.NumberFormat("en-GB");
const clocks = new Map<string, Intl.DateTimeFormat>();

/** A time of day in the newsroom's zone: 14:02:07. */
export function clock(at: number, zone: string): string {
  let known = clocks.get(zone);
  if (!known) clocks.set(zone, (known = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" })));
  return known.format(at);
}

export function numeral(number: number): string {
  return NUMBERS.format(number);
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${numeral(number)} ${number === 1 ? one : many}`;
}
