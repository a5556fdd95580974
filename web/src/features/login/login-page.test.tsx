import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { accessToken, setAccessToken } from "../../api/access";
import { safeNext, useSession } from "../../api/session";
import { FakeServer, problem } from "../../test/fake-server";
import { renderPage } from "../../test/render-page";
import { LoginPage } from "./login-page";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer().start();
  useSession.setState({ phase: "out", me: null });
  setAccessToken(null);
});
afterEach(() => server.stop());

async function signIn(at = "/login") {
  const page = await renderPage(<LoginPage />, at);
  fireEvent.change(screen.getByLabelText("User name"), { target: { value: "ada" } });
  fireEvent.change(screen.getByLabelText("Password"), { target: { value: "correct horse" } });
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  return page;
}

it("the right password leads to where one wanted to go", async () => {
  const { router } = await signIn("/login?next=%2Fvms%3Fq%3Dweb");
  await waitFor(() => expect(router.state.location.pathname + router.state.location.search).toBe("/vms?q=web"));
  expect(server.asks("POST /api/auth/login")[0]?.body).toEqual({ username: "ada", password: "correct horse" });
  expect(useSession.getState().me?.username).toBe("ada");
  expect(accessToken()).not.toBeNull();
});

it("another site's address in next= is not followed", async () => {
  const { router } = await signIn("/login?next=%2F%2Fevil.example");
  await waitFor(() => expect(router.state.location.pathname).toBe("/dashboard"));
});

it("a refusal does not tell whether the name or the password was wrong, and empties the password", async () => {
  server.on("POST /api/auth/login", () => problem(401, "invalid_credentials", "no"));
  await signIn();
  expect((await screen.findByRole("alert")).textContent).toBe("The user name or the password is not right.");
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>("Password").value).toBe(""));
  expect(screen.getByLabelText<HTMLInputElement>("User name").value).toBe("ada");
});

it("too many attempts tell how long to wait", async () => {
  server.on("POST /api/auth/login", () => {
    const refused = problem(429, "rate_limited", "wait");
    return { ...refused, body: { ...refused.body, retry_after_seconds: 42 } };
  });
  await signIn();
  expect((await screen.findByRole("alert")).textContent).toContain("42 seconds");
});

it("a server without an account leads to its setup", async () => {
  server.on("GET /api/version", () => ({ status: 200, body: { setup_required: true } }));
  await renderPage(<LoginPage />, "/login");
  expect((await screen.findByRole("link", { name: "Set up Monitorix" })).getAttribute("href")).toBe("/setup");
});

it.each([null, "", "https://evil.example", "//evil.example", "/\\evil.example", "\\evil", "javascript:alert(1)", "/a\nb", "vms"])(
  "next=%j leads to the overview",
  (next) => expect(safeNext(next)).toBe("/dashboard"),
);
