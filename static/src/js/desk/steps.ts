// Steps on their own: made fewer, moved over those of others, and what they typed. No editor, no server.
import type { Node } from "prosemirror-model";
import { AttrStep, type Mappable, Mapping, ReplaceStep, type Step } from "prosemirror-transform";

// Of two people who type at the same place, each goes on where their own words end: what one types stays together.
ReplaceStep.MAP_BIAS = -1;

// And nobody deletes what they have not seen: where all that a step replaces was replaced by somebody else already, what
// they wrote stays, and what the step puts in stands before it. (As it comes, the later one would win without a word.)
const asItComes = ReplaceStep.prototype.map;
ReplaceStep.prototype.map = function (this: ReplaceStep, mapping: Mappable): ReplaceStep | null {
  if (!gone(mapping, this.from, this.to)) return asItComes.call(this, mapping) as ReplaceStep | null;
  const place = mapping.map(this.from, -1);
  return this.slice.size ? new ReplaceStep(place, place, this.slice) : null;
};

/** Whether nothing is left of what stood between two places. */
function gone(mapping: Mappable, from: number, to: number): boolean {
  if (from >= to || !mapping.mapResult(to, -1).deletedBefore) return false;
  for (let place = from; place < to; place += 1) if (!mapping.mapResult(place, 1).deletedAfter) return false;
  return true;
}

/** As few steps as do the same, one after another; upon those that were merged before. */
export function merged(steps: readonly Step[], before: readonly Step[] = []): Step[] {
  const out = [...before];
  for (const step of steps) {
    // What gives a block before this place its id may as well come afterwards.
    let at = out.length - 1;
    while (at > 0 && out[at] instanceof AttrStep && step instanceof ReplaceStep && (out[at] as AttrStep).pos < step.from) at -= 1;
    const both = out[at]?.merge(step);
    if (both) out[at] = both;
    else out.push(step);
  }
  return out;
}

/** How many changes a person would count: the ids that blocks are given are not among them. */
export function counted(steps: readonly Step[]): number {
  return steps.filter((step) => !(step instanceof AttrStep) || step.attr !== "id").length;
}

/**
 * Steps made before `theirs` happened, moved to where they have happened; `apply` says whether one could be applied.
 * Returns those of which nothing is left.
 */
export function moved(mine: readonly Step[], theirs: readonly Step[], apply: (step: Step) => boolean): Step[] {
  const mapping = new Mapping([...[...mine].reverse().map((step) => step.getMap().invert()), ...theirs.map((step) => step.getMap())]);
  let from = mine.length;
  return mine.filter((step) => {
    const there = step.map(mapping.slice(from));
    from -= 1;
    if (!there || !apply(there)) return true;
    mapping.appendMap(there.getMap(), from);
    return false;
  });
}

/** Whether some of these replace what was replaced by `theirs`, which happened at the same time. */
export function met(mine: readonly Step[], theirs: readonly Step[]): boolean {
  const back = new Mapping([...mine].reverse().map((step) => step.getMap().invert()));
  const there = new Mapping(theirs.map((step) => step.getMap()));
  return mine.some((step, at) => {
    if (!(step instanceof ReplaceStep) || step.from >= step.to || !step.slice.size) return false;
    const before = back.slice(mine.length - at);
    if (before.mapResult(step.from, 1).deletedAfter) return false; // it replaces what was typed here
    return gone(there, before.map(step.from, 1), before.map(step.to, -1));
  });
}

/** The words of `theirs` that `mine` deleted unseen; `doc`: with theirs, before mine were put upon it again. */
export function overwritten(doc: Node, theirs: readonly Step[], mine: Mappable): string {
  const maps = theirs.map((step) => step.getMap());
  const lost = new Set<number>();
  maps.forEach((map, at) => {
    const later = new Mapping(maps.slice(at + 1));
    map.forEach((_, __, from, to) => {
      for (let place = later.map(from, 1); place < later.map(to, -1); place += 1) if (mine.mapResult(place, 1).deletedAfter) lost.add(place);
    });
  });
  const words = [...lost].sort((a, b) => a - b).map((place) => (lost.has(place - 1) ? "" : " ") + doc.textBetween(place, place + 1, " ", " "));
  return /[\p{L}\p{N}]/u.test(words.join("")) ? words.join("").replace(/\s+/g, " ").trim() : "";
}

/** The words that these steps put in. */
export function typed(steps: readonly Step[]): string {
  const words = (step: Step) => (step instanceof ReplaceStep ? step.slice.content.textBetween(0, step.slice.content.size, "\n", " ").trim() : "");
  return merged(steps).map(words).filter(Boolean).join(" ");
}
