import type { Range } from "../../../fleet/range";

/** A range as the address of a question has it. */
export function windowOf({ seconds, to }: Pick<Range, "seconds" | "to">): { from: string; to: string } {
  const end = to ?? Math.floor(Date.now() / 1000);
  return { from: new Date((end - seconds) * 1000).toISOString(), to: new Date(end * 1000).toISOString() };
}
