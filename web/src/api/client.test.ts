import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeServer, problem } from "../test/fake-server";
import { accessToken, setAccessToken } from "./access";
import { client, whenSignedOut } from "./client";
import { answer, ProblemError } from "./problem";

const server = new FakeServer();
const signedOut = vi.fn();

beforeEach(() => {
  server.start();
  server.asked.length = 0;
  signedOut.mockClear();
  whenSignedOut(signedOut);
  setAccessToken("old");
  // As the server does it: only the renewed token opens.
  server.on("GET /api/auth/me", ({ headers }) =>
    headers.get("Authorization") === "Bearer new" ? { status: 200, body: { username: "ada" } } : problem(401, "token_expired", "expired"),
  );
  server.on("POST /api/auth/refresh", () => ({ status: 200, body: { access_token: "new" } }));
});
afterEach(() => server.stop());

describe("an expired access token", () => {
  it("is renewed once for all calls that meet it, and each call is sent again", async () => {
    const answers = await Promise.all([client.GET("/api/auth/me"), client.GET("/api/auth/me"), client.GET("/api/auth/me")]);
    expect(answers.map(({ data }) => data?.username)).toEqual(["ada", "ada", "ada"]);
    expect(server.asks("POST /api/auth/refresh")).toHaveLength(1);
    expect(server.asks("GET /api/auth/me")).toHaveLength(6);
    expect(accessToken()).toBe("new");
  });

  it("is renewed with the proof that our own page asks", async () => {
    await client.GET("/api/auth/me");
    expect(server.asks("POST /api/auth/refresh")[0]?.headers.get("X-CSRF-Token")).toBe("kq3v9w2c");
  });

  it("sends the body again too", async () => {
    let attempts = 0;
    server.on("PUT /api/auth/me", ({ body }) => {
      attempts += 1;
      return attempts === 1 ? problem(401, "token_expired", "expired") : { status: 200, body };
    });
    const { data } = await client.PUT("/api/auth/me", { body: { theme: "dark" } });
    expect(data).toEqual({ theme: "dark" });
  });

  it("is not tried a third time when the renewed one is refused too", async () => {
    server.on("GET /api/auth/me", () => problem(401, "not_authenticated", "no"));
    const { response } = await client.GET("/api/auth/me");
    expect(response.status).toBe(401);
    expect(server.asks("GET /api/auth/me")).toHaveLength(2);
  });

  it("ends the session when the server refuses to renew it", async () => {
    server.on("POST /api/auth/refresh", () => problem(401, "token_expired", "please sign in again"));
    const { response } = await client.GET("/api/auth/me");
    expect(response.status).toBe(401);
    expect(signedOut).toHaveBeenCalledOnce();
    expect(accessToken()).toBeNull();
  });

  it("does not end the session when the server only stumbles", async () => {
    server.on("POST /api/auth/refresh", () => problem(503, "busy", "later"));
    await client.GET("/api/auth/me");
    expect(signedOut).not.toHaveBeenCalled();
  });
});

it("a wrong password is not taken for an expired session", async () => {
  server.on("POST /api/auth/login", () => problem(401, "invalid_credentials", "not right"));
  const asked = answer(client.POST("/api/auth/login", { body: { username: "ada", password: "x" } }));
  await expect(asked).rejects.toMatchObject({ code: "invalid_credentials", status: 401 });
  expect(server.asks("POST /api/auth/refresh")).toHaveLength(0);
});

it("a broken line is told as such, not as an error of the server", async () => {
  globalThis.fetch = () => Promise.reject(new TypeError("failed"));
  await expect(answer(client.GET("/api/version"))).rejects.toBeInstanceOf(ProblemError);
  await expect(answer(client.GET("/api/version"))).rejects.toMatchObject({ code: "unreachable" });
});

it("no token is kept where a script of another page or a later one could read it", async () => {
  await client.GET("/api/auth/me");
  expect(localStorage.length + sessionStorage.length).toBe(0);
  expect(document.cookie).not.toContain("new");
});
