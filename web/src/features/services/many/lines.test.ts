import { describe, expect, it } from "vitest";
import { planOf, targetOf } from "./lines";

const wishes = { tags: ["new"], interval: 30 };
const services = (text: string) =>
  planOf(text, wishes).map((one) => one.service && [one.service.name, one.service.type, one.service.target, one.service.port]);

describe("many services from lines", () => {
  it("tells what a line means", () => {
    expect(
      services(
        "https://shop.example.org/health?a=b,c\nhttp://10.0.0.1:8080\n10.20.0.12:5432\n[fd00::12]:22\nfd00::12\nrouter\ntls://mail.example.org\ndns://example.org\nping://10.0.0.1",
      ),
    ).toEqual([
      ["shop.example.org/health?a=b,c", "https", "https://shop.example.org/health?a=b,c", null],
      ["10.0.0.1:8080", "http", "http://10.0.0.1:8080", null],
      ["10.20.0.12:5432", "port", "10.20.0.12", 5432],
      ["fd00::12:22", "port", "fd00::12", 22],
      ["fd00::12", "ping", "fd00::12", null],
      ["router", "ping", "router", null],
      ["mail.example.org:443", "tls", "mail.example.org", 443],
      ["example.org", "dns", "example.org", null],
      ["10.0.0.1", "ping", "10.0.0.1", null],
    ]);
  });
  it("takes a name that stands before it", () => {
    expect(services("Our shop = https://shop.example.org\nDatabase, db1:5432\nRouter\t10.0.0.1")).toEqual([
      ["Our shop", "https", "https://shop.example.org", null],
      ["Database", "port", "db1", 5432],
      ["Router", "ping", "10.0.0.1", null],
    ]);
  });
  it("says of what it does not understand that it does not, with the line it stood in", () => {
    const planned = planOf("# ours\n\nnot a host at all\nhost:99999\ntcp://host", wishes);
    expect(planned.map((one) => [one.line, one.service])).toEqual([
      [3, null],
      [4, null],
      [5, null],
    ]);
  });
  it("gives all of them the tags and the interval asked for", () => {
    expect(planOf("a.example.org", wishes)[0]?.service).toMatchObject({ tags: ["new"], check_interval: 30 });
  });
  it("refuses a port that cannot be", () => {
    expect(targetOf("host:0")).toBeNull();
    expect(targetOf("host:65535")?.port).toBe(65_535);
  });
});
