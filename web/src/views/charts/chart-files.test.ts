import { describe, expect, it } from "vitest";
import { tableOf } from "./chart-files";

describe("the table of a chart", () => {
  it("has a line for each time, and nothing where nothing is known", () => {
    const table = tableOf(
      [0, 60],
      [
        { name: "CPU", values: [0.5, null] },
        { name: 'in, "fast"', values: [1, 2] },
      ],
    );
    expect(table).toBe('time,CPU,"in, ""fast"""\r\n1970-01-01T00:00:00.000Z,0.5,1\r\n1970-01-01T00:01:00.000Z,,2\r\n');
  });
});
