import { describe, expect, it } from "vitest";
import services from "../../../../../contract/examples/listServices.json";
import type { Service } from "../../../fleet/nouns";
import { bodyOf, draftOf, freshDraft, isComplete, isShown, withValue } from "./draft";
import { fieldsOf, TYPES } from "./fields";

const [shop] = services as [Service, ...Service[]];

describe("a service as a form", () => {
  it("goes back to the server as it came, but for what is secret", () => {
    for (const service of services as Service[]) {
      const body = bodyOf(draftOf(service));
      expect(body).toMatchObject({
        name: service.name,
        type: service.type,
        vm_id: service.vm_id,
        tags: service.tags,
        keep_evidence: service.keep_evidence,
      });
      // A heartbeat has a schedule of its own.
      if (service.type !== "push") expect(body).toMatchObject({ check_interval: service.check_interval, retries: service.retries });
      const own = service.type === "https" ? "http" : service.type;
      const options = Object.entries(service.options[own as keyof Service["options"]] ?? {}).filter(([name]) => !name.startsWith("has_"));
      for (const [name, value] of options) expect(body.options?.[own as keyof Service["options"]]).toHaveProperty(name, value);
    }
    expect(bodyOf(draftOf(shop)).assertions).toEqual(shop.assertions);
  });
  it("keeps a secret header by sending null, and replaces it by what is entered", () => {
    expect(bodyOf(draftOf(shop)).options?.http?.headers?.[1]).toEqual({ name: "X-Api-Key", value: null });
    const entered = withValue(draftOf(shop), "options.http.headers", [{ name: "X-Api-Key", value: "new", isKept: true }]);
    expect(bodyOf(entered).options?.http?.headers).toEqual([{ name: "X-Api-Key", value: "new" }]);
  });
  it("never sends a secret that nobody entered", () => {
    const body = bodyOf(draftOf({ ...shop, options: { ...shop.options, http: { ...shop.options.http, has_secret: true } as never } }));
    expect(body.options?.http).not.toHaveProperty("secret");
    expect(bodyOf(withValue(draftOf(shop), "options.http.secret", "s3cret")).options?.http?.secret).toBe("s3cret");
  });
  it("sends nothing that does not belong to its type", () => {
    const draft = withValue(withValue(freshDraft("https"), "target", "https://a.example.org"), "options.http.user", "me");
    const ping = bodyOf({ ...draft, type: "ping" });
    expect(ping.options).not.toHaveProperty("http");
    expect(ping.options?.ping?.count).toBe(3);
    expect(bodyOf(freshDraft("push"))).not.toHaveProperty("target");
  });
  it("takes the scheme of an address for the type", () => {
    expect(withValue(freshDraft("https"), "target", "http://a").type).toBe("http");
    expect(withValue(freshDraft("http"), "target", "https://a").type).toBe("https");
    expect(withValue(freshDraft("port"), "target", "https://a").type).toBe("port");
  });
  it("asks where a token comes from only of who signs in with one", () => {
    const shown = (draft: ReturnType<typeof freshDraft>) =>
      fieldsOf(draft.type)
        .filter((field) => isShown(draft, field))
        .map((field) => field.path);
    const tokens = ["token_url", "token_scope", "token_audience", "token_credentials"].map((name) => `options.http.${name}`);
    const draft = freshDraft("https");
    expect(shown(draft)).not.toEqual(expect.arrayContaining(["options.http.token_url"]));
    const signsIn = withValue(draft, "options.http.auth", "oauth2");
    expect(shown(signsIn)).toEqual(expect.arrayContaining(tokens));
    expect(shown(withValue(signsIn, "options.http.auth", "bearer"))).toEqual(shown(draft));
    expect(bodyOf(withValue(signsIn, "options.http.token_url", " https://sso.example.org/token ")).options?.http).toMatchObject({
      auth: "oauth2",
      token_url: "https://sso.example.org/token",
      token_credentials: "header",
    });
  });
  it("takes an empty number for none where there may be none, and leaves it out where there may not", () => {
    const body = bodyOf(withValue(freshDraft("ping"), "retries", ""));
    expect(body.nodata_grace).toBeNull();
    expect(body).not.toHaveProperty("retries");
  });
  it("speaks about one object or none", () => {
    expect(bodyOf(freshDraft("ping", { kind: "node", id: "7" }))).toMatchObject({
      node_id: "7",
      vm_id: null,
      cluster_id: null,
      storage_id: null,
    });
  });
  it("is complete when a name and all that the type needs are there", () => {
    expect(isComplete(withValue(freshDraft("push"), "name", "Backup"))).toBe(true);
    expect(isComplete(withValue(freshDraft("port"), "name", "Db"))).toBe(false);
    expect(TYPES.every((type) => !isComplete(freshDraft(type)))).toBe(true);
  });
});
