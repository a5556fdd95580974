// What may stand where the caret is in the search line: keys first, then the values that the fleet really has.
import { TOKEN_KEYS, type TokenKey } from "./search-tokens";

export type KnownValues = Record<Exclude<TokenKey, "name">, readonly string[]>;

export interface Completion {
  /** The token as shown and inserted. */
  token: string;
  /** The whole line after choosing it. */
  line: string;
}

const MOST = 8;

const quoted = (value: string): string => (/\s/.test(value) ? `"${value}"` : value);

function tokensFor(piece: string, known: KnownValues): string[] {
  const colon = piece.indexOf(":");
  if (colon < 0) return [...TOKEN_KEYS.map((key) => `${key}:`), "cpu>", "mem>"].filter((key) => key.startsWith(piece));
  const key = piece.slice(0, colon);
  const begun = piece.slice(colon + 1).replaceAll('"', "");
  if (!(key in known)) return [];
  const values = known[key as keyof KnownValues];
  const fitting = values.filter((value) => value.toLowerCase().includes(begun) && value.toLowerCase() !== begun);
  fitting.sort((a, b) => Number(b.toLowerCase().startsWith(begun)) - Number(a.toLowerCase().startsWith(begun)));
  return fitting.map((value) => `${key}:${quoted(value)}`);
}

export function completionsFor(line: string, known: KnownValues): Completion[] {
  const start = line.lastIndexOf(" ") + 1;
  const piece = line.slice(start).toLowerCase();
  if (!piece) return [];
  return tokensFor(piece, known)
    .slice(0, MOST)
    .map((token) => {
      const isWhole = !/[:>]$/.test(token);
      return { token, line: line.slice(0, start) + token + (isWhole ? " " : "") };
    });
}
