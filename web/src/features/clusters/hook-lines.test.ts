import { expect, it } from "vitest";
import { HOOK_BODY, hasWebhooks, shellLines } from "./hook-lines";

it("writes what Proxmox VE keeps in base64 so that it reads back as it is", () => {
  const lines = shellLines("https://mon.example.org", "s3cret");
  const decoded = (pattern: RegExp) => atob(pattern.exec(lines)?.[1] ?? "");
  expect(decoded(/name=token,value=([^']+)/)).toBe("s3cret");
  expect(decoded(/name=Content-Type,value=([^']+)/)).toBe("application/json");
  expect(decoded(/--body '([^']+)/)).toBe(HOOK_BODY);
  expect(lines).toContain("--url 'https://mon.example.org/api/hooks/proxmox/{{ secrets.token }}'");
  expect(lines).not.toContain("s3cret");
});

it("knows which versions have webhooks, and lets one pass that it does not know", () => {
  expect(["8.3.0", "8.10", "9.0.1"].map(hasWebhooks)).toEqual([true, true, true]);
  expect(["8.2.9", "7.4"].map(hasWebhooks)).toEqual([false, false]);
  expect(hasWebhooks(null)).toBe(true);
});
