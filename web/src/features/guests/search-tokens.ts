// The search line of the guest list: what its tokens mean (views/finder/terms.ts says how they are written).
import { isEmpty, parseTerms, type Terms } from "../../views/finder/terms";

export const TOKEN_KEYS = ["node", "cluster", "status", "type", "tag", "pool", "is", "name", "has"] as const;
export type TokenKey = (typeof TOKEN_KEYS)[number];
export type Measure = "cpu" | "mem";
export type Search = Terms<TokenKey, Measure>;

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

/** A part of an address, not a plain number: "10.0.", "fd00:". */
const ADDRESS_PART = /^(?=.*[.:])[\da-f.:]+$/;

export const parseSearch = (line: string): Search => parseTerms(line, TOKEN_KEYS, ["cpu", "mem"]);

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

function within(limit: Search["limits"][number], guest: Searchable): boolean {
  const percent = limit.measure === "cpu" ? guest.cpuPercent : guest.memPercent;
  if (percent === null) return false;
  return limit.above ? percent > limit.number : percent < limit.number;
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

export const isEmptySearch = (search: Search): boolean => isEmpty(search);
