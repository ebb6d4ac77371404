// How long the story is, and what is selected of it: words as the log counts them, characters, minutes to read.
// Each block is counted once for as long as it stays as it is, so that a key costs no more in a long story.
import type { Fragment, Node } from "prosemirror-model";
import { NodeSelection, type Selection } from "prosemirror-state";
import { count, numeral, plain, words } from "./text";

interface Length { words: number; characters: number }

const A_MINUTE = 230; // words, as the site's own pages count
const known = new WeakMap<Node, Length>();

function measured(text: string): Length {
  let characters = 0;
  for (const char of text) if (char !== "\n") characters += 1;
  return { words: words(text), characters };
}

function total(content: Fragment): Length {
  const sum = { words: 0, characters: 0 };
  content.forEach((block) => {
    let length = known.get(block);
    if (!length) known.set(block, (length = measured(plain(block))));
    sum.words += length.words;
    sum.characters += length.characters;
  });
  return sum;
}

export function length(doc: Node): Length {
  return total(doc.content);
}

/** Of what is selected; null where that is nothing, or no words. */
export function selected(doc: Node, selection: Selection): Length | null {
  if (selection.empty || selection instanceof NodeSelection) return null;
  const sum = { words: 0, characters: 0 };
  for (const { $from, $to } of selection.ranges) {
    const part = total(doc.cut($from.pos, $to.pos).content);
    sum.words += part.words;
    sum.characters += part.characters;
  }
  return sum;
}

export function minutes(number: number): string {
  return `${Math.max(1, Math.round(number / A_MINUTE))} min read`;
}

/** In words: of all of it, or of what is selected. */
export function told(all: Length, part: Length | null): [string, string] {
  if (part) return [`${numeral(part.words)} of ${count(all.words, "word")}`, `${count(part.characters, "character")} selected`];
  return [count(all.words, "word"), all.words ? `${count(all.characters, "character")} · ${minutes(all.words)}` : ""];
}
