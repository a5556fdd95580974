// A reporter beside the readable one: what failing tests left behind (house.mjs, afterEach) once more at the very end of the
// log, which is all that is shown of a failed step.
export default async function* lastWords(events) {
  const kept = [];
  for await (const { type, data } of events) {
    const isOfTheRunItself = data?.nesting === 0; // its counts
    if (type === "test:diagnostic" && !isOfTheRunItself) kept.push(data.message);
  }
  yield kept.join("\n");
}
