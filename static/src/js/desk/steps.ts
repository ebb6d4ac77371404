// Steps on their own: made fewer, moved over those of others, and what they typed. No editor, no server.
import { AttrStep, Mapping, ReplaceStep, type Step } from "prosemirror-transform";

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

/** The words that these steps put in. */
export function typed(steps: readonly Step[]): string {
  const words = (step: Step) => (step instanceof ReplaceStep ? step.slice.content.textBetween(0, step.slice.content.size, "\n", " ").trim() : "");
  return merged(steps).map(words).filter(Boolean).join(" ");
}
