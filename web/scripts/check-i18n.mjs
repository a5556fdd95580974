// Fails when a language lacks a word, has one too many, misses a plural form its grammar needs or has one it never
// uses, or names other values than English does. Every namespace in src/i18n/en counts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../src/i18n");
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const EXPECTED = ["da", "de", "en", "fi", "fr", "nb", "sv"];
const FORM = /_(zero|one|two|few|many|other)$/;
const faults = [];

const flat = (words, before = "") =>
  Object.entries(words).flatMap(([key, value]) => (typeof value === "string" ? [[before + key, value]] : flat(value, `${before}${key}.`)));

function read(language, namespace) {
  try {
    return new Map(flat(JSON.parse(readFileSync(join(root, language, namespace), "utf8"))));
  } catch (error) {
    faults.push(`${language}/${namespace}: ${error.message}`);
    return new Map();
  }
}

const valuesIn = (text) => [...text.matchAll(/\{\{-?\s*(\w+)/g)].map((found) => found[1]);
const pluralsOf = (words) => new Set([...words.keys()].filter((key) => FORM.test(key)).map((key) => key.replace(FORM, "")));

function compare(language, namespace, english) {
  const words = read(language, namespace);
  const say = (text) => faults.push(`${language}/${namespace}: ${text}`);
  const plurals = pluralsOf(english);
  // French and others have a form "many" for round millions only; "other" serves there.
  const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories.filter((form) => form !== "many");
  const wanted = new Map();
  for (const [key, text] of english) {
    const base = key.replace(FORM, "");
    if (!plurals.has(base)) wanted.set(key, text);
    else for (const form of needed) wanted.set(`${base}_${form}`, english.get(`${base}_other`) ?? text);
  }
  for (const [key, text] of wanted) {
    const own = words.get(key);
    if (own === undefined) say(`lacks ${key}`);
    else if (own.trim() === "") say(`${key} is empty`);
    else {
      const allowed = new Set(valuesIn(text));
      for (const value of valuesIn(own)) if (!allowed.has(value)) say(`${key} names {{${value}}}, which English does not`);
      // A singular may leave the number out ("one node"); everything else must use what it is given.
      const free = FORM.test(key) ? "count" : "";
      for (const value of allowed) if (value !== free && !valuesIn(own).includes(value)) say(`${key} does not use {{${value}}}`);
    }
  }
  for (const key of words.keys()) {
    if (!wanted.has(key) && !(key.endsWith("_many") && plurals.has(key.replace(FORM, ""))))
      say(`${key} is too many or a plural form this language does not use`);
  }
}

for (const language of EXPECTED) if (!folders.includes(language)) faults.push(`${language}: no folder`);
const namespaces = readdirSync(join(root, "en"));
for (const namespace of namespaces) {
  const english = read("en", namespace);
  for (const language of folders) compare(language, namespace, english);
}
for (const language of folders) {
  for (const file of readdirSync(join(root, language)))
    if (!namespaces.includes(file)) faults.push(`${language}/${file}: unknown namespace`);
}
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
console.log(`${folders.length} languages, ${namespaces.length} namespaces: complete`);
