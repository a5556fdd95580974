// The search line of the guest list: plain words and tokens.
//   line  = { term } ; term = key ":" value | ("cpu" | "mem") (">" | "<") number | word
// A value may be quoted. Several values of one key mean "or"; keys and words among each other mean "and".

export const TOKEN_KEYS = ["node", "cluster", "status", "type", "tag", "pool", "is", "name", "has"] as const;
export type TokenKey = (typeof TOKEN_KEYS)[number];
export type Measure = "cpu" | "mem";

export interface Limit {
  measure: Measure;
  above: boolean;
  percent: number;
}

export interface Search {
  values: Partial<Record<TokenKey, string[]>>;
  limits: Limit[];
  words: string[];
}

/** What of a guest can be searched; all in lower case. */
export interface Searchable {
  node: string;
  cluster: string;
  status: string;
  type: string;
  tags: readonly string[];
  pool: string;
  /** "unprotected": no backup that one could count on */
  is: readonly string[];
  name: string;
  vmid: string;
  addresses: readonly string[];
  /** "agent" when its agent answers, and what else may stand behind has: */
  has: readonly string[];
  cpuPercent: number | null;
  memPercent: number | null;
}

const TERM = /(?:[^\s"]|"[^"]*"?)+/g;
/** A part of an address, not a plain number: "10.0.", "fd00:". */
const ADDRESS_PART = /^(?=.*[.:])[\da-f.:]+$/;
const LIMIT = /^(cpu|mem)([<>])=?(\d+(?:[.,]\d+)?)%?$/;

const isTokenKey = (text: string): text is TokenKey => (TOKEN_KEYS as readonly string[]).includes(text);

export function parseSearch(line: string): Search {
  const search: Search = { values: {}, limits: [], words: [] };
  for (const term of line.toLowerCase().match(TERM) ?? []) {
    const limit = LIMIT.exec(term);
    if (limit) {
      const percent = Number((limit[3] ?? "0").replace(",", "."));
      search.limits.push({ measure: limit[1] as Measure, above: limit[2] === ">", percent });
      continue;
    }
    const colon = term.indexOf(":");
    const key = term.slice(0, colon);
    if (colon > 0 && isTokenKey(key)) {
      const value = term.slice(colon + 1).replaceAll('"', "");
      // "node:" while it is still being typed asks for nothing yet.
      if (value) search.values[key] = [...(search.values[key] ?? []), value];
      continue;
    }
    const word = term.replaceAll('"', "");
    if (word) search.words.push(word);
  }
  return search;
}

function holds(key: TokenKey, wanted: string, guest: Searchable): boolean {
  switch (key) {
    case "tag":
      return guest.tags.includes(wanted);
    case "is":
      return guest.is.includes(wanted);
    case "has":
      return guest.has.includes(wanted);
    case "name":
      return guest.name.includes(wanted);
    default:
      return guest[key] === wanted;
  }
}

function within(limit: Limit, guest: Searchable): boolean {
  const percent = limit.measure === "cpu" ? guest.cpuPercent : guest.memPercent;
  if (percent === null) return false;
  return limit.above ? percent > limit.percent : percent < limit.percent;
}

export function isFound(search: Search, guest: Searchable): boolean {
  for (const key of TOKEN_KEYS) {
    const wanted = search.values[key];
    if (wanted && !wanted.some((value) => holds(key, value, guest))) return false;
  }
  if (!search.limits.every((limit) => within(limit, guest))) return false;
  return search.words.every(
    (word) =>
      guest.name.includes(word) ||
      guest.vmid === word ||
      guest.tags.some((tag) => tag.includes(word)) ||
      (ADDRESS_PART.test(word) && guest.addresses.some((address) => address.includes(word))),
  );
}

export const isEmptySearch = (search: Search): boolean =>
  search.words.length === 0 && search.limits.length === 0 && Object.keys(search.values).length === 0;

/** Adds a token to a line, or takes it away when it stands there already. */
export function toggleToken(line: string, token: string): string {
  const terms = line.match(TERM) ?? [];
  const without = terms.filter((term) => term.toLowerCase() !== token.toLowerCase());
  return (without.length < terms.length ? without : [...terms, token]).join(" ");
}
