// What jsdom lacks and the pages use, and a clean page after each test.
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

globalThis.matchMedia ??= (media) =>
  Object.assign(new EventTarget(), { matches: false, media, onchange: null }) as unknown as MediaQueryList;
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
Element.prototype.scrollIntoView ??= () => undefined;

// A page is fetched when it is first opened: on a busy machine that takes more than the second that is waited otherwise.
configure({ asyncUtilTimeout: 5000 });

afterEach(cleanup);
