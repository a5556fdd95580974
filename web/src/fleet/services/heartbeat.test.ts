import { describe, expect, it } from "vitest";
import states from "../../../../contract/examples/getServiceStates.json";
import type { ServiceStates } from "../nouns";
import { cellsOf, cellsOfStates, pathsOf, pathsOfLetters, troublesIn } from "./heartbeat";

describe("the heartbeat bar", () => {
  it("reads letters and digits: state, its share, and capitals for maintenance", () => {
    const cells = cellsOf({ begin: "2026-11-23T12:00:00.000Z", cell_seconds: 960, cells: "uD.", shares: "920" });
    expect(cells.map(({ kind, share, isMaintenance }) => [kind, share, isMaintenance])).toEqual([
      ["up", 1, false],
      ["down", 0.3, true],
      ["none", 0.1, false],
    ]);
    expect(cells[1]?.begin).toBe(Date.parse("2026-11-23T12:16:00Z"));
    expect(cells[1]?.end).toBe(cells[2]?.begin);
  });
  it("takes a letter that it does not know for unknown, never for up", () => {
    expect(cellsOf({ begin: "2026-11-23T12:00:00.000Z", cell_seconds: 60, cells: "x", shares: "9" })[0]?.kind).toBe("unknown");
  });
  it("draws one path per state, and the worse the taller", () => {
    const paths = pathsOfLetters("uwdn");
    expect([paths.up, paths.warning, paths.down, paths.unknown]).toEqual([
      "M0 10h3v14h-3z",
      "M4 5h3v19h-3z",
      "M8 0h3v24h-3z",
      "M12 15h3v9h-3z",
    ]);
    expect(paths.unreachable).toBe("");
    expect(pathsOf([{ kind: "up", isMaintenance: true }]).maintenance).toBe("M0 26h4v2h-4z");
  });
  it("counts what was not up", () => {
    expect(troublesIn("uuDdn..p")).toEqual({ down: 2, unknown: 1, paused: 1 });
  });
  it("says the share of the worst state of each cell of a timeline", () => {
    const { cells, cell_seconds } = states as ServiceStates;
    const shown = cellsOfStates(cells, cell_seconds);
    expect(shown).toHaveLength(cells.length);
    for (const cell of shown) expect(cell.share === null || (cell.share >= 0 && cell.share <= 1)).toBe(true);
    expect(shown.every((cell) => cell.kind === "none" || cell.share !== null)).toBe(true);
  });
});
