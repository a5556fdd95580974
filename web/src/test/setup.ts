// What jsdom lacks and the pages use, and a clean page after each test.
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

globalThis.matchMedia ??= (media) =>
  Object.assign(new EventTarget(), { matches: false, media, onchange: null }) as unknown as MediaQueryList;
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
Element.prototype.scrollIntoView ??= () => undefined;

afterEach(cleanup);
