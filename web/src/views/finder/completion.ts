// What may stand where the caret is in the search line: keys first, then the values that the fleet really has.

/** The values by key; a key with none of its own is still offered. */
export type KnownValues = Readonly<Record<string, readonly string[]>>;

export interface Completion {
  /** The token as shown and inserted. */
  token: string;
  /** The whole line after choosing it. */
  line: string;
}

const MOST = 8;

const quoted = (value: string): string => (/\s/.test(value) ? `"${value}"` : value);

function tokensFor(piece: string, known: KnownValues, measures: readonly string[]): string[] {
  const colon = piece.indexOf(":");
  if (colon < 0) return [...Object.keys(known).map((key) => `${key}:`), ...measures].filter((key) => key.startsWith(piece));
  const key = piece.slice(0, colon);
  const begun = piece.slice(colon + 1).replaceAll('"', "");
  const values = known[key] ?? [];
  const fitting = values.filter((value) => value.toLowerCase().includes(begun) && value.toLowerCase() !== begun);
  fitting.sort((a, b) => Number(b.toLowerCase().startsWith(begun)) - Number(a.toLowerCase().startsWith(begun)));
  return fitting.map((value) => `${key}:${quoted(value)}`);
}

export function completionsFor(line: string, known: KnownValues, measures: readonly string[]): Completion[] {
  const start = line.lastIndexOf(" ") + 1;
  const piece = line.slice(start).toLowerCase();
  if (!piece) return [];
  return tokensFor(piece, known, measures)
    .slice(0, MOST)
    .map((token) => {
      const isWhole = !/[:>]$/.test(token);
      return { token, line: line.slice(0, start) + token + (isWhole ? " " : "") };
    });
}
