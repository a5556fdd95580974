// Fails when what a browser fetches before the first page, gzipped, outgrows its budget.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 220;
const dist = join(import.meta.dirname, "../dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const files = new Set();

function follow(key) {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const next of chunk.imports ?? []) follow(next);
}

follow("index.html");
// What the first page after signing in brings with it counts as well.
for (const key of Object.keys(manifest)) if (/overview-page\.tsx$/.test(key)) follow(key);
let total = 0;
for (const file of files) {
  if (!file.endsWith(".js")) continue;
  const kilobytes = gzipSync(readFileSync(join(dist, file))).length / 1000;
  total += kilobytes;
  console.log(`${kilobytes.toFixed(1).padStart(7)} KB  ${file}`);
}
console.log(`${total.toFixed(1).padStart(7)} KB  of ${BUDGET_KB}`);
process.exit(total > BUDGET_KB ? 1 : 0);
