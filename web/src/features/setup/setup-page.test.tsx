import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { useSession } from "../../api/session";
import { FakeServer, problem } from "../../test/fake-server";
import { renderPage } from "../../test/render-page";
import { SetupPage } from "./setup-page";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer().start().on("GET /api/version", () => ({ status: 200, body: { setup_required: true } }));
  useSession.setState({ phase: "out", me: null });
});
afterEach(() => server.stop());

async function create() {
  const page = await renderPage(<SetupPage />, "/setup?token=s3tup");
  for (const [label, value] of Object.entries({ "User name": "ada", "E-mail": "ada@example.net", Password: "correct horse" }))
    fireEvent.change(await screen.findByLabelText(label), { target: { value } });
  fireEvent.click(screen.getByRole("button", { name: "Create account" }));
  return page;
}

it("takes the token from the address, makes the account, signs in and leads to the first cluster", async () => {
  server.on("GET /api/clusters", () => ({ status: 200, body: { items: [], next_cursor: null, total: null } }));
  const { router } = await create();
  await waitFor(() => expect(router.state.location.pathname).toBe("/clusters/connect"));
  expect(server.asks("POST /api/auth/register")[0]?.body).toEqual({
    username: "ada",
    email: "ada@example.net",
    password: "correct horse",
    setup_token: "s3tup",
  });
  expect(server.asks("POST /api/auth/login")).toHaveLength(1);
  expect(useSession.getState().phase).toBe("in");
});

it("leads to the overview when a cluster is connected already", async () => {
  const { router } = await create();
  await waitFor(() => expect(router.state.location.pathname).toBe("/dashboard"));
});

it("says what a password must be before one is typed", async () => {
  await renderPage(<SetupPage />, "/setup");
  expect(await screen.findByText(/At least 12 characters, at most 72 bytes/)).toBeTruthy();
});

it("shows what the server refuses at the field it is about, and keeps what was typed", async () => {
  server.on("POST /api/auth/register", () =>
    problem(422, "validation_failed", "not valid", [{ field: "password", code: "weak_password", message: "is too common" }]),
  );
  await create();
  expect(await screen.findByText("This password is too short, too common or contains the user name.")).toBeTruthy();
  expect(screen.getByLabelText("Password").getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByLabelText<HTMLInputElement>("User name").value).toBe("ada");
  expect(screen.queryByRole("alert")).toBeNull();
});

it("a wrong token says where the right one is", async () => {
  server.on("POST /api/auth/register", () => problem(403, "forbidden", "registration is closed"));
  await create();
  expect((await screen.findByRole("alert")).textContent).toContain("setup token is not valid");
});

it("a server that is set up already offers no form", async () => {
  server.on("GET /api/version", () => ({ status: 200, body: { setup_required: false } }));
  await renderPage(<SetupPage />, "/setup");
  expect(await screen.findByText(/set up already/)).toBeTruthy();
  expect(screen.queryByLabelText("Password")).toBeNull();
});
