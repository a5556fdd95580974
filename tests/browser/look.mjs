// A page as people see it: in both colours, at phone width, and with what axe has against it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = process.env.MONITORIX_PICTURES;

/** What axe holds against a page that is serious or worse. */
export async function seriousFindings(page) {
  // By evaluate: a script tag would be refused by the page's own policy.
  await page.evaluate(`${AXE}; undefined`);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  return violations.filter((one) => one.impact === "serious" || one.impact === "critical").map((one) => `${one.id}: ${one.nodes[0]?.html.slice(0, 200)}`);
}

/** Looks at a page in both colours and at phone width; nothing may stand out of the page, and axe has nothing against it. */
export async function look(page, name) {
  for (const [colours, width, height] of [["light", 1440, 900], ["dark", 1440, 900], ["light", 390, 844], ["dark", 390, 844]]) {
    await page.emulateMedia({ colorScheme: colours });
    await page.setViewportSize({ width, height });
    assert.deepEqual(await seriousFindings(page), [], `${name}, ${colours}, ${width}`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wider <= 0, `${name} is ${wider} pixels wider than ${width}`);
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}-${colours}-${width}.png` });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1440, height: 900 });
}
