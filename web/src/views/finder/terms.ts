// The terms of a search line: plain words, tokens with a value, limits of a measure.
//   line  = { term } ; term = key ":" value | measure (">" | "<") number | word
// A value may be quoted. Several values of one key mean "or"; keys and words among each other mean "and".

export interface Limit<Measure extends string> {
  measure: Measure;
  above: boolean;
  number: number;
}

export interface Terms<Key extends string, Measure extends string> {
  values: Partial<Record<Key, string[]>>;
  limits: Limit<Measure>[];
  words: string[];
}

const TERM = /(?:[^\s"]|"[^"]*"?)+/g;
const LIMIT = /^([a-z]\w*)([<>])=?(\d+(?:[.,]\d+)?)%?$/;

export function parseTerms<Key extends string, Measure extends string>(
  line: string,
  keys: readonly Key[],
  measures: readonly Measure[],
): Terms<Key, Measure> {
  const terms: Terms<Key, Measure> = { values: {}, limits: [], words: [] };
  for (const term of line.toLowerCase().match(TERM) ?? []) {
    const limit = LIMIT.exec(term);
    const measure = measures.find((known) => known === limit?.[1]);
    if (limit && measure) {
      terms.limits.push({ measure, above: limit[2] === ">", number: Number((limit[3] ?? "0").replace(",", ".")) });
      continue;
    }
    const colon = term.indexOf(":");
    const key = colon > 0 ? keys.find((known) => known === term.slice(0, colon)) : undefined;
    if (key) {
      const value = term.slice(colon + 1).replaceAll('"', "");
      // "node:" while it is still being typed asks for nothing yet.
      if (value) terms.values[key] = [...(terms.values[key] ?? []), value];
      continue;
    }
    const word = term.replaceAll('"', "");
    if (word) terms.words.push(word);
  }
  return terms;
}

export const isEmpty = (terms: Terms<string, string>): boolean =>
  terms.words.length === 0 && terms.limits.length === 0 && Object.keys(terms.values).length === 0;

/** Adds a token to a line, or takes it away when it stands there already. */
export function toggleToken(line: string, token: string): string {
  const terms = line.match(TERM) ?? [];
  const without = terms.filter((term) => term.toLowerCase() !== token.toLowerCase());
  return (without.length < terms.length ? without : [...terms, token]).join(" ");
}
