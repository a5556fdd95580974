import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Me, useSession } from "../../api/session";
import { example, FakeServer, problem } from "../../test/fake-server";
import { renderPage } from "../../test/render-page";
import { KeysPage } from "./keys-page";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer().start();
  useSession.setState({ phase: "in", me: example<Me>("getMe") });
});
afterEach(() => server.stop());

const openForm = async () => {
  await renderPage(<KeysPage />, "/settings/api-keys");
  fireEvent.click(await screen.findByRole("button", { name: "Create key" }));
  return screen.findByRole("dialog", { name: "Create key" });
};

it("lists keys by what tells them apart, with their owner for an administrator", async () => {
  await renderPage(<KeysPage />, "/settings/api-keys");
  const row = await screen.findByRole("row", { name: /backup script/ });
  expect(row.textContent).toContain("mx_0a1b2c3d");
  expect(row.textContent).toContain("kari");
  expect(within(row).getByText("Read")).toBeTruthy();
  expect(screen.getByRole("row", { name: /grafana/ }).textContent).toContain("Read, Metrics");
});

it("a new key is asked for with its scopes and shown once", async () => {
  const dialog = await openForm();
  fireEvent.change(within(dialog).getByLabelText("Name"), { target: { value: " script " } });
  fireEvent.click(within(dialog).getByRole("checkbox", { name: /^Operate/ }));
  fireEvent.change(within(dialog).getByLabelText("Ends"), { target: { value: "" } });
  fireEvent.click(within(dialog).getByRole("button", { name: "Create key" }));
  expect((await within(dialog).findByRole("region", { name: "API key" })).textContent).toBe(example<{ key: string }>("createApiKey").key);
  expect(server.asks("POST /api/api-keys")[0]?.body).toEqual({ name: "script", scopes: ["read", "operate"], expires_at: null });
  fireEvent.click(within(dialog).getByRole("button", { name: "I have kept it" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("offers only scopes that the own role has", async () => {
  useSession.setState({ phase: "in", me: { ...example<Me>("getMe"), role: "operator" } });
  const dialog = await openForm();
  expect(within(dialog).queryByRole("checkbox", { name: /^Administer/ })).toBeNull();
  expect(within(dialog).getByRole("checkbox", { name: /^Operate/ })).toBeTruthy();
});

it("a refusal stands at its field, in words", async () => {
  server.on("POST /api/api-keys", () => problem(422, "validation_failed", "", [{ field: "scopes", code: "above_role", message: "no" }]));
  const dialog = await openForm();
  fireEvent.change(within(dialog).getByLabelText("Name"), { target: { value: "script" } });
  fireEvent.click(within(dialog).getByRole("button", { name: "Create key" }));
  expect((await within(dialog).findByRole("alert")).textContent).toBe("Your role does not allow you to give this away.");
});

it("revoking happens only after the question, and a refusal stays in it", async () => {
  server.on("DELETE /api/api-keys/:id", () => problem(404, "not_found", "gone"));
  await renderPage(<KeysPage />, "/settings/api-keys");
  fireEvent.click(await screen.findByRole("button", { name: "Revoke grafana" }));
  const question = await screen.findByRole("dialog", { name: "Revoke grafana" });
  expect(server.asks("DELETE /api/api-keys/4")).toHaveLength(0);
  fireEvent.click(within(question).getByRole("button", { name: "Revoke grafana" }));
  expect((await within(question).findByRole("alert")).textContent).toBe("This no longer exists.");
});

it("says so when there is none, and offers another try when the server fails", async () => {
  server.on("GET /api/api-keys", () => ({ status: 200, body: { items: [], next_cursor: null, total: null } }));
  await renderPage(<KeysPage />, "/settings/api-keys");
  expect(await screen.findByText("No key has been made yet.")).toBeTruthy();
});
