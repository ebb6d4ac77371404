// Typographic quotes and dashes, as the story's language has them. Backspace right after takes the change back.
import { InputRule } from "prosemirror-inputrules";

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

export function quotesOf(language: string): [Pair, Pair] {
  return QUOTES[language] ?? QUOTES[language.split("-")[0]!] ?? ENGLISH;
}

export function typography(language: () => string): InputRule[] {
  const pair = (level: 0 | 1) => quotesOf(language())[level];
  return [
    // An opening quote stands at the start, after a space, a bracket, a dash or another opening quote.
    new InputRule(/(?:^|[\s{[(<\u2013\u2014“‘„‚«‹「『\ufffc])(")$/, (state, match, start, end) => put(state, match, start, end, pair(0)[0])),
    new InputRule(/(")$/, (state, match, start, end) => put(state, match, start, end, pair(0)[1])),
    new InputRule(/(?:^|[\s{[(<\u2013\u2014“„«‹「\ufffc])(')$/, (state, match, start, end) => put(state, match, start, end, pair(1)[0])),
    new InputRule(/(?<=[\p{L}\p{N}])(')$/u, (state, match, start, end) => put(state, match, start, end, "’")),
    new InputRule(/(')$/, (state, match, start, end) => put(state, match, start, end, pair(1)[1])),
    new InputRule(/–-$/, "—"),
    new InputRule(/--$/, "–"),
    new InputRule(/\.\.\.$/, "…"),
  ];
}

function put(state: import("prosemirror-state").EditorState, match: RegExpMatchArray, start: number, end: number, text: string) {
  const at = start + match[0].length - match[1]!.length;
  return state.tr.replaceWith(Math.min(at, end), end, state.schema.text(text, state.storedMarks ?? state.selection.$from.marks()));
}
