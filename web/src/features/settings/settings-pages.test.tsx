import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Me, useSession } from "../../api/session";
import { example, FakeServer, problem } from "../../test/fake-server";
import { renderPage } from "../../test/render-page";
import { AuditPage } from "./audit-page";
import { HistoryPage } from "./history-page";
import { ProfilePage } from "./profile-page";
import { UsersPage } from "./users-page";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer().start();
  useSession.setState({ phase: "in", me: example<Me>("getMe") });
});
afterEach(() => server.stop());

it("deleting a user names the user and happens only after the question", async () => {
  await renderPage(<UsersPage />, "/settings/users");
  fireEvent.click(await screen.findByRole("button", { name: "Delete grace" }));
  const question = await screen.findByRole("dialog", { name: "Delete grace" });
  expect(server.asked.some((one) => one.method === "DELETE")).toBe(false);
  fireEvent.click(within(question).getByRole("button", { name: "Delete grace" }));
  await waitFor(() => expect(server.asks("DELETE /api/users/2")).toHaveLength(1));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("the last administrator's refusal stays in the question, in words", async () => {
  server.on("DELETE /api/users/:id", () => problem(409, "in_use", "the last active administrator cannot be taken away"));
  await renderPage(<UsersPage />, "/settings/users");
  fireEvent.click(await screen.findByRole("button", { name: "Delete grace" }));
  const question = await screen.findByRole("dialog");
  fireEvent.click(within(question).getByRole("button", { name: "Delete grace" }));
  expect((await within(question).findByRole("alert")).textContent).toBe("The last active administrator cannot be taken away.");
});

it("nobody can disable or delete themselves from the list", async () => {
  await renderPage(<UsersPage />, "/settings/users");
  await screen.findByRole("button", { name: "Edit ada" });
  expect(screen.queryByRole("button", { name: "Delete ada" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Disable ada" })).toBeNull();
});

it("a new user gets the chosen role and clusters", async () => {
  await renderPage(<UsersPage />, "/settings/users");
  fireEvent.click(await screen.findByRole("button", { name: "Create user" }));
  const dialog = await screen.findByRole("dialog");
  for (const [label, value] of Object.entries({
    "User name": "linus",
    "E-mail": "linus@example.net",
    Password: "correct horse",
    Role: "operator",
  }))
    fireEvent.change(within(dialog).getByLabelText(label), { target: { value } });
  const first = example<{ items: { id: string; name: string }[] }>("listClusters").items[0];
  fireEvent.click(await within(dialog).findByRole("checkbox", { name: first?.name ?? "" }));
  fireEvent.click(within(dialog).getByRole("button", { name: "Create user" }));
  await waitFor(() => expect(server.asks("POST /api/users")).toHaveLength(1));
  expect(server.asks("POST /api/users")[0]?.body).toEqual({
    username: "linus",
    email: "linus@example.net",
    password: "correct horse",
    role: "operator",
    scope: { cluster_ids: [first?.id], pools: [], tags: [] },
  });
});

it("a viewer sees no users, and none are asked for", async () => {
  useSession.setState({ me: { ...example<Me>("getMe"), role: "viewer" } });
  await renderPage(<UsersPage />, "/settings/users");
  expect(screen.getByText(/Your role does not allow this/)).toBeTruthy();
  expect(server.asks("GET /api/users")).toHaveLength(0);
});

it("the audit log tells what was refused, filters by the address and goes on to older entries", async () => {
  server.on("GET /api/audit-logs", ({ query }) => ({
    status: 200,
    body: example<{ id: string }[]>("listAuditLogs").map((one) => ({ ...one, id: `${one.id}${query.get("cursor") ?? ""}` })),
    headers: query.get("cursor") ? {} : { "X-Next-Cursor": "c2" },
  }));
  await renderPage(<AuditPage />, "/settings/audit?success=false&days=30");
  expect(await screen.findByText(/Refused: The user name or the password is not right/)).toBeTruthy();
  expect(Object.fromEntries(server.asks("GET /api/audit-logs")[0]?.query ?? [])).toEqual({ days: "30", limit: "50", success: "false" });
  fireEvent.click(screen.getByRole("button", { name: "Show older entries" }));
  await waitFor(() => expect(screen.getAllByText("cluster.create")).toHaveLength(2));
  expect(screen.queryByRole("button", { name: "Show older entries" })).toBeNull();
});

it("a filter of the audit log asks anew", async () => {
  const { router } = await renderPage(<AuditPage />, "/settings/audit");
  await screen.findByText("cluster.create");
  fireEvent.change(screen.getByLabelText("Kind of object"), { target: { value: "user" } });
  await waitFor(() => expect(server.asks("GET /api/audit-logs").at(-1)?.query.get("resource_type")).toBe("user"));
  expect(router.state.location.search).toBe("?kind=user");
});

it("the profile saves language, theme and time zone, and keeps an address that did not change out of it", async () => {
  await renderPage(<ProfilePage />, "/settings/profile");
  fireEvent.change(screen.getByLabelText("Theme"), { target: { value: "light" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved")).toBeTruthy();
  expect(server.asks("PUT /api/auth/me")[0]?.body).toEqual({ language: "en", theme: "light", time_zone: "Europe/Oslo" });
});

it("another session can be ended, and is asked for anew", async () => {
  await renderPage(<ProfilePage />, "/settings/profile");
  fireEvent.click(await screen.findByRole("button", { name: "End the session of curl/8.5 at 192.0.2.201" }));
  await waitFor(() => expect(server.asks("DELETE /api/auth/sessions/5")).toHaveLength(1));
  await waitFor(() => expect(server.asks("GET /api/auth/sessions")).toHaveLength(2));
});

it("a wrong present password is told at its field", async () => {
  server.on("PUT /api/auth/change-password", () =>
    problem(422, "validation_failed", "no", [{ field: "old_password", code: "invalid_credentials", message: "is not right" }]),
  );
  await renderPage(<ProfilePage />, "/settings/profile");
  fireEvent.change(screen.getByLabelText("Present password"), { target: { value: "a" } });
  fireEvent.change(screen.getByLabelText("New password"), { target: { value: "correct horse" } });
  fireEvent.click(screen.getByRole("button", { name: "Change password" }));
  expect(await screen.findByText("This is not the present password.")).toBeTruthy();
});

it("what keeping history takes is told beside each of its times, and follows what is typed", async () => {
  await renderPage(<HistoryPage />, "/settings/history");
  const raw = await screen.findByLabelText("Samples");
  await screen.findByText("In days; 0 keeps it for ever. About 9.9 MiB a day, 69 MiB in all.");
  await screen.findByText(/^700 MiB on the disk now; with these settings about/);
  fireEvent.change(raw, { target: { value: "14" } });
  await screen.findByText("In days; 0 keeps it for ever. About 9.9 MiB a day, 138 MiB in all.");
  fireEvent.change(screen.getByLabelText("1-hour values"), { target: { value: "0" } });
  await screen.findByText(/grows by about 41.9 MiB a year, for ever\.$/);
});
