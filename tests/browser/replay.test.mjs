// Recorded answers of real Proxmox VE servers, served over TLS, as they stand on the screen.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { furnish, openBrowser, openHouse, signIn } from "./house.mjs";

const RECORDINGS = join(import.meta.dirname, "../data/pve");
// As tests/data/pve/README.md tells of the installation; loads and sizes as the recordings have them.
const VERSIONS = {
  "8.4.1": { node: ["13.4 %", "10.8 %", "8.1 %"], web: ["0.5 %", "2.3 %"], storage: ["8.1 %", "20.4 GiB", "252 GiB"], nas: "Unknown" },
  "9.2.11": { node: ["0.0 %", "6.4 %", "8.1 %"], web: ["0.0 %", "0.0 %"], storage: ["8.1 %", "20.3 GiB", "252 GiB"], nas: "Inactive" },
};
const GUESTS = [
  ["Unknown", "300", "300 qemu", ""],
  ["Unknown", "301", "301 lxc", ""],
  ["Running", "ct-dns", "200 lxc", "pve1"],
  ["Stopped", "ct-nomem", "201 lxc", "pve1"],
  ["Stopped", "locked-vm", "102 qemu", "pve1"],
  ["Template", "tmpl-deb12", "101 qemu", "pve1"],
  ["Running", "web-01", "100 qemu", "pve1"],
];

for (const [version, known] of Object.entries(VERSIONS)) {
  describe(`recordings of Proxmox VE ${version}`, () => {
    let house, browser;
    before(async () => {
      house = await openHouse({ simulator: ["--replay", join(RECORDINGS, `pve-${version}`)] });
      await furnish(house);
      browser = await openBrowser();
      await signIn(browser.page, house.origin);
    });
    after(async () => {
      await browser?.close();
      await house?.close();
    });

    /** What a cell says; the space before a unit is one that does not break. */
    const text = (cell) => cell.replaceAll("\u00a0", " ").trim();

    /** The rows of the table on a page, cell by cell. */
    const rowsOf = async (path) => {
      const { page } = browser;
      await page.goto(house.origin + path);
      await page.locator("main tbody tr").first().waitFor();
      const rows = await page.locator("main tbody tr").evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.innerText)));
      return rows.map((cells) => cells.map(text));
    };

    test("the cluster is connected, a single node with all its guests", async () => {
      const { page } = browser;
      await page.goto(`${house.origin}/clusters`);
      // Its version and its quorum come with calls of their own, a moment after the list.
      await page.getByText("Single node", { exact: true }).waitFor({ timeout: 15_000 });
      const [row, ...others] = await rowsOf("/clusters");
      assert.deepEqual(others, []);
      assert.deepEqual(row.slice(0, 6), ["Connected", `pve-${version}`, version, "Single node", "1 / 1", "7"]);
    });

    test("its node has the recorded load, and two fewer guests than the cluster: those lie on the dead one", async () => {
      const { page } = browser;
      await page.goto(`${house.origin}/nodes?view=table`);
      // What the node itself says comes with its own call, a moment after the list.
      await page.getByRole("cell", { name: known.node[2], exact: true }).waitFor({ timeout: 15_000 });
      const rows = await rowsOf("/nodes?view=table");
      assert.equal(rows.length, 1);
      // The empty cell is the curve of the last hour.
      assert.deepEqual(rows[0].slice(0, 8), ["Online", "pve1", `pve-${version}`, "", ...known.node, "5"]);
      assert.equal(rows[0].at(-1), version);
    });

    test("each guest stands there with its state, type and node, and nothing is invented for those not known", async () => {
      const { page } = browser;
      await page.goto(`${house.origin}/vms`);
      await page.getByText("7 of 7").waitFor();
      const rows = (await page.locator('[role="row"][id^="guest-"]').evaluateAll((all) =>
        all.sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).map((row) => [...row.children].map((cell) => cell.innerText)))).map((cells) => cells.map(text));
      assert.deepEqual(rows.map((row) => row.slice(0, 4)), GUESTS);
      assert.deepEqual(rows[0].slice(6), ["–", "–", "–"]);
      assert.deepEqual(rows[6].slice(6, 8), known.web);
      assert.match(rows[6][4], /prod\s*web/);
    });

    test("the storages have the recorded sizes; the dead one has none", async () => {
      const { page } = browser;
      await page.goto(`${house.origin}/storages`);
      // That a storage is off on every node is told by the nodes themselves, one call each.
      await page.getByRole("row", { name: new RegExp(`${known.nas} nas-dead`) }).waitFor({ timeout: 30_000 });
      const rows = await rowsOf("/storages");
      assert.deepEqual(rows[0], ["Available", "local", `pve-${version}`, "pve1", "dir", "", ...known.storage]);
      assert.deepEqual(rows[1], [known.nas, "nas-dead", `pve-${version}`, "1 node", "nfs", "", "–", "–", "–"]);
      assert.equal(rows.length, 2);
    });

    test("no script failed", () => assert.deepEqual(browser.faults, []));
  });
}
