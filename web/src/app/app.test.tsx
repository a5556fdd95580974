import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { createMemoryRouter, Outlet, RouterProvider } from "react-router";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import me from "../../../contract/examples/getMe.json";
import { type Me, useSession } from "../api/session";
import { startWords } from "../i18n/words";
import { useLineStatus } from "../live/status";
import { exampleNodes, fakeNetwork, fillWorld } from "../test/render-fleet";
import { BrokenPage } from "./edges";
import { Shell } from "./frame/shell";
import { routes } from "./routes";
import { followProfile } from "./taste";

// Nothing answers a line here: its attempts, which come when they come, would speak over what a test says of it.
vi.mock("../live/socket", async (original) => ({
  ...(await original<typeof import("../live/socket")>()),
  Line: class {
    start(): void {}
    stop(): void {}
    hurry(): void {}
  },
}));

const VERSION = { version: "1", commit: "c", api_versions: ["v1"], setup_required: false, insecure_http: false };

function open(at: string, of = routes) {
  const router = createMemoryRouter(of, { initialEntries: [at] });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return router;
}

beforeAll(async () => {
  await startWords();
  followProfile();
});
beforeEach(() => {
  fakeNetwork({ "GET /api/version": { body: VERSION }, "PUT /api/auth/me": { body: { ...me, theme: "dark" } } });
  fillWorld();
  useSession.setState({ phase: "in", me: { ...(me as Me), role: "admin", theme: null, language: null } });
  useLineStatus.setState({ line: "live" });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  delete document.documentElement.dataset.theme;
});

function Broken(): never {
  throw new Error("a hole in the page");
}

const at = (router: ReturnType<typeof open>) => router.state.location.pathname + router.state.location.search;
const press = (key: string, more = {}) => fireEvent.keyDown(document.body, { key, ...more });

it("sends who is not signed in to the login, and remembers where they wanted to go", async () => {
  useSession.setState({ phase: "out", me: null });
  const router = open("/nodes?q=a");
  await waitFor(() => expect(at(router)).toBe("/login?next=%2Fnodes%3Fq%3Da"));
});

it("shows the API only to who is signed in, and fetches nothing of it for others", async () => {
  const asked = fakeNetwork({ "GET /api/version": { body: VERSION }, "GET /api/openapi.json": { body: { info: {}, paths: {} } } });
  useSession.setState({ phase: "out", me: null });
  const router = open("/api/docs");
  await waitFor(() => expect(at(router)).toBe("/login?next=%2Fapi%2Fdocs"));
  expect(screen.queryByLabelText("Find an operation")).toBeNull();
  expect(asked.map((one) => one.what)).not.toContain("GET /api/openapi.json");
  cleanup();
  useSession.setState({ phase: "in", me: { ...(me as Me), role: "viewer" } });
  open("/api/docs");
  expect(await screen.findByLabelText("Find an operation")).toBeTruthy();
  expect(asked.map((one) => one.what)).toContain("GET /api/openapi.json");
});

it("sends the very first visitor to the setup", async () => {
  fakeNetwork({ "GET /api/version": { body: { ...VERSION, setup_required: true } } });
  useSession.setState({ phase: "out", me: null });
  const router = open("/");
  await waitFor(() => expect(at(router)).toBe("/setup"));
});

it("says that the server does not answer instead of asking for a password", async () => {
  useSession.setState({ phase: "unknown", me: null, isUnreachable: true });
  open("/nodes");
  expect(await screen.findByText(/Monitorix does not answer/)).toBeTruthy();
});

it("opens the overview at the root, with its name in the tab", async () => {
  const router = open("/");
  expect(await screen.findByRole("heading", { level: 1, name: "Overview" })).toBeTruthy();
  expect(at(router)).toBe("/dashboard");
  expect(document.title).toBe("Overview · Monitorix");
});

it("goes by g and a letter, but not while one types", async () => {
  const router = open("/nodes");
  const field = await screen.findByLabelText("Filter nodes");
  fireEvent.keyDown(field, { key: "g" });
  fireEvent.keyDown(field, { key: "s" });
  expect(at(router)).toBe("/nodes");
  press("g");
  press("s");
  await waitFor(() => expect(at(router)).toBe("/storages"));
});

it("leaves the browser's own shortcuts alone", async () => {
  const router = open("/nodes");
  await screen.findByLabelText("Filter nodes");
  press("g", { ctrlKey: true });
  press("s");
  expect(at(router)).toBe("/nodes");
  expect(fireEvent.keyDown(document.body, { key: "s", ctrlKey: true })).toBe(true);
});

it("jumps from Ctrl K to a node of the fleet", async () => {
  const router = open("/clusters");
  await screen.findByRole("heading", { level: 1, name: "Clusters" });
  press("k", { ctrlKey: true });
  const line = await screen.findByPlaceholderText("A node, a guest, a page, an action", undefined, { timeout: 10_000 });
  const node = exampleNodes.find((one) => one.status === "online");
  if (!node) throw new Error("no node is online in the examples");
  fireEvent.change(line, { target: { value: node.name } });
  const found = await screen.findAllByRole("option", { name: new RegExp(node.name) });
  fireEvent.click(found[0] as HTMLElement);
  await waitFor(() => expect(at(router)).toBe(`/nodes/${node.id}`));
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("shows the keys at a question mark", async () => {
  open("/clusters");
  await screen.findByRole("heading", { level: 1, name: "Clusters" });
  press("?");
  expect(await screen.findByRole("dialog", { name: "Keys" })).toBeTruthy();
});

it("warns of a connection that is not encrypted", async () => {
  fakeNetwork({ "GET /api/version": { body: { ...VERSION, insecure_http: true } } });
  open("/clusters");
  expect(await screen.findByText("This connection is not encrypted.")).toBeTruthy();
});

it("says when the next attempt comes while the line is lost", async () => {
  useLineStatus.setState({ line: "offline", retryAt: Date.now() + 40_000, lastMessageAt: Date.now() - 12_000 });
  open("/clusters");
  expect(await screen.findByText(/Offline, trying again in (3\d|4[0-5]) s/)).toBeTruthy();
  expect(screen.getByText(/^([89]|1\d|2\d) s old$/)).toBeTruthy();
});

it("keeps the frame when a page breaks, and says what broke", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  open("/", [
    { path: "/", element: <Shell />, children: [{ errorElement: <BrokenPage />, children: [{ index: true, element: <Broken /> }] }] },
  ]);
  expect(await screen.findByText("Error: a hole in the page")).toBeTruthy();
  expect(screen.getByRole("navigation", { name: "Main" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
});

it("hides the frame in kiosk", async () => {
  open("/", [{ path: "/", element: <Shell />, children: [{ index: true, element: <p>a page</p> }] }]);
  expect(screen.getByRole("navigation")).toBeTruthy();
  cleanup();
  open("/?kiosk=1", [
    { path: "/", element: <Outlet />, children: [{ path: "", element: <Shell />, children: [{ index: true, element: <p>a page</p> }] }] },
  ]);
  expect(screen.getByText("a page")).toBeTruthy();
  expect(screen.queryByRole("navigation")).toBeNull();
});

it("shows the settings of administrators to them alone", async () => {
  useSession.setState({ me: { ...(me as Me), role: "viewer" } });
  open("/settings/profile");
  await screen.findByRole("navigation", { name: "Settings" });
  expect(screen.queryByRole("link", { name: "Users" })).toBeNull();
  expect(screen.getByRole("link", { name: "API documentation" })).toBeTruthy();
});

it("wears the theme of the profile as soon as it is known", () => {
  useSession.getState().put({ ...(me as Me), theme: "light" });
  expect(document.documentElement.dataset.theme).toBe("light");
  useSession.getState().put({ ...(me as Me), theme: "system" });
  expect(document.documentElement.dataset.theme).toBeUndefined();
});

it("says of an address that leads nowhere that it does", async () => {
  open("/no/such/page");
  expect(await screen.findByText("There is no such page")).toBeTruthy();
});
