import { describe, expect, it } from "vitest";
import { parseAddress, parseToken } from "./address";

describe("an address", () => {
  it("may be a name, an IP address or a pasted link", () => {
    expect(parseAddress("pve1")).toEqual({ address: "pve1", port: 8006 });
    expect(parseAddress(" https://pve1.example.net:8443/#v1:0 ")).toEqual({ address: "pve1.example.net", port: 8443 });
    expect(parseAddress("192.0.2.1:8006")).toEqual({ address: "192.0.2.1", port: 8006 });
    expect(parseAddress("[2001:db8::1]:8006")).toEqual({ address: "2001:db8::1", port: 8006 });
    expect(parseAddress("2001:db8::1")).toEqual({ address: "2001:db8::1", port: 8006 });
  });
  it("is refused when it is neither", () => {
    expect(parseAddress("")).toBeNull();
    expect(parseAddress("my server")).toBeNull();
    expect(parseAddress("pve1:99999")).toBeNull();
  });
});

describe("a token", () => {
  it("is split at its last equals sign, with or without the header around it", () => {
    const token = { id: "monitorix@pve!main", secret: "aaaa-bbbb" };
    expect(parseToken("monitorix@pve!main=aaaa-bbbb")).toEqual(token);
    expect(parseToken("Authorization: PVEAPIToken=monitorix@pve!main=aaaa-bbbb")).toEqual(token);
  });
  it("is refused without realm, name or secret", () => {
    expect(parseToken("monitorix=aaaa")).toBeNull();
    expect(parseToken("monitorix@pve=aaaa")).toBeNull();
    expect(parseToken("monitorix@pve!main=")).toBeNull();
  });
});
