// Typographic quotes and dashes, as the story's language has them. Backspace right after takes the change back.
import { InputRule } from "prosemirror-inputrules";
import type { EditorState, Transaction } from "prosemirror-state";

type Pair = [string, string];
const NARROW = "\u202f";
const ENGLISH: [Pair, Pair] = [["“", "”"], ["‘", "’"]];
const QUOTES: Record<string, [Pair, Pair]> = {
  de: [["„", "“"], ["‚", "‘"]], cs: [["„", "“"], ["‚", "‘"]], sk: [["„", "“"], ["‚", "‘"]], sl: [["„", "“"], ["‚", "‘"]],
  pl: [["„", "”"], ["‚", "’"]], hu: [["„", "”"], ["»", "«"]], ro: [["„", "”"], ["«", "»"]],
  fr: [[`«${NARROW}`, `${NARROW}»`], ["‘", "’"]], es: [["«", "»"], ["“", "”"]], it: [["«", "»"], ["“", "”"]],
  pt: [["«", "»"], ["“", "”"]], "pt-BR": ENGLISH, uk: [["«", "»"], ["„", "“"]], ru: [["«", "»"], ["„", "“"]],
  nb: [["«", "»"], ["‘", "’"]], nn: [["«", "»"], ["‘", "’"]], da: [["»", "«"], ["›", "‹"]],
  sv: [["”", "”"], ["’", "’"]], fi: [["”", "”"], ["’", "’"]], ja: [["「", "」"], ["『", "』"]],
  "de-CH": [["«", "»"], ["‹", "›"]], "fr-CH": [["«", "»"], ["‹", "›"]],
};

function quotesOf(language: string): [Pair, Pair] {
  return QUOTES[language] ?? QUOTES[language.split("-")[0]!] ?? ENGLISH;
}

const OPENS = /(?:^|[\s{[(<\u2013\u2014\ufffc])$/; // at the start, after a space, a bracket, a dash, a picture

/** What a straight quote becomes after these words. */
export function quote(before: string, key: string, language: string): string {
  const [double, single] = quotesOf(language);
  const [own, other] = key === '"' ? [double, single] : [single, double];
  if (!before.endsWith(own[0]) && (OPENS.test(before) || before.endsWith(other[0]))) return own[0];
  const within = single[1] !== "’" && before.split(single[0]).length > before.split(single[1]).length;
  return key === "'" && /[\p{L}\p{N}]$/u.test(before) && !within ? "’" : own[1];
}

export function typography(language: () => string): InputRule[] {
  const apostrophe = (pattern: RegExp, wrong: () => string) => new InputRule(pattern, (state, match, _, end) => {
    const [, mark, next] = match;
    return mark === wrong() ? put(state, end - mark!.length, end, `’${next}`) : null;
  }, { undoable: false });
  return [
    new InputRule(/["']$/, (state, match, start, end) => put(state, start, end, quote(match.input!.slice(0, -1), match[0], language()))),
    apostrophe(/(?<=\p{L})(\S)(\p{L})$/u, () => { // a letter goes on where a quote within a quote seemed to end
      const [open, close] = quotesOf(language())[1];
      return open === close || close === "’" ? "" : close;
    }),
    apostrophe(/(?:^|[\s([])(‘)(\d)$/, () => "‘"), // ’90s
    new InputRule(/–-$/, "—"),
    new InputRule(/--$/, "–"),
    new InputRule(/\.\.\.$/, "…"),
  ];
}

function put(state: EditorState, from: number, to: number, text: string): Transaction {
  return state.tr.replaceWith(from, to, state.schema.text(text, state.storedMarks ?? state.selection.$from.marks()));
}
