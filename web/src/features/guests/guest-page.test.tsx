import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import series from "../../../../contract/examples/getSeries.json";
import current from "../../../../contract/examples/getVmCurrent.json";
import inside from "../../../../contract/examples/getVmInside.json";
import uptime from "../../../../contract/examples/getVmUptime.json";
import tasks from "../../../../contract/examples/listClusterTasks.json";
import disks from "../../../../contract/examples/listVmDisks.json";
import fileSystems from "../../../../contract/examples/listVmFilesystems.json";
import interfaces from "../../../../contract/examples/listVmInterfaces.json";
import snapshots from "../../../../contract/examples/listVmSnapshots.json";
import { exampleVms, fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { GuestPage } from "./guest-page";

const answersFor = (id: string, now: object) => ({
  "GET /api/metrics/series": { body: series },
  [`GET /api/vms/${id}/current`]: { body: now },
  "GET /api/clusters/1/tasks": { body: tasks },
  "GET /api/clusters/2/tasks": { body: tasks },
});
const open = (id: string) => renderFleet(<GuestPage />, `/vms/${id}`, "/vms/:id");

describe("one guest", () => {
  it("tells where it lives, how it does, and what Proxmox says now", async () => {
    fakeNetwork(answersFor("101", current));
    fillWorld();
    open("101");
    expect(screen.getByRole("heading", { level: 1, name: "web-00006" })).toBeTruthy();
    expect(screen.getByRole("link", { name: "pve1" }).getAttribute("href")).toBe("/nodes/1");
    const now = screen.getByRole("region", { name: "Asked just now" });
    expect(await within(now).findByText(/pc-q35-10.1/)).toBeTruthy();
  });
  it("shows tags in the colours that were chosen in Proxmox VE", () => {
    fakeNetwork(answersFor("101", current));
    fillWorld();
    open("101");
    const tag = screen.getByText("prod");
    expect(tag.style.background).toBe("rgb(139, 0, 0)");
    expect(tag.style.color).toBe("rgb(255, 255, 255)");
  });
  it("says for how much of the time it ran, never rounded up, and how much of that is known", async () => {
    const known = { ...uptime, uptime_percent: 99.9999, coverage_ratio: 0.7921 };
    fakeNetwork({ ...answersFor("101", current), "GET /api/vms/101/uptime": { body: known } });
    fillWorld();
    open("101");
    await waitFor(() => expect(screen.getAllByText(/99\.99/)).toHaveLength(3));
    const shown = screen.getAllByText(/99\.99/);
    expect(shown[0]?.textContent).toMatch(/^24 h: 99\.99\s%\s\(79\.2\s% of the time is known\)$/);
  });
  it("names no share of a time of which nearly nothing is known", async () => {
    const known = { ...uptime, uptime_percent: 100, coverage_ratio: 0.002 };
    fakeNetwork({ ...answersFor("101", current), "GET /api/vms/101/uptime": { body: known } });
    fillWorld();
    open("101");
    await waitFor(() => expect(screen.getAllByTitle(/^0\.2\s% of the time is known$/)).toHaveLength(3));
    expect(screen.queryByText(/100\.00/)).toBeNull();
  });
  it("does not take unknown for stopped, nor for zero", () => {
    fakeNetwork(answersFor("113", current));
    fillWorld();
    open("113");
    expect(screen.getByText(/It is not taken for stopped/)).toBeTruthy();
    expect(screen.queryByText(/^0 %/)).toBeNull();
  });
  it("alarms when it stopped and nobody ordered it", () => {
    fakeNetwork(answersFor("105", current));
    fillWorld({ vms: exampleVms.map((vm) => ({ ...vm, status: "stopped" as const, stopped_by: "unexpected" as const })) });
    open("105");
    expect(screen.getByRole("alert").textContent).toMatch(/no task of a person or of Proxmox explains why/);
  });
  it("names the lock that Proxmox holds", () => {
    fakeNetwork(answersFor("106", current));
    fillWorld();
    open("106");
    expect(screen.getByText("Proxmox holds a lock on it: backup.")).toBeTruthy();
  });
  it("stays readable when Proxmox does not answer for it", async () => {
    fakeNetwork(answersFor("101", { ...current, unavailable_reason: "595 No route to host" }));
    fillWorld();
    open("101");
    expect(await screen.findByText(/Proxmox did not answer for this guest/)).toBeTruthy();
  });
});

const insideAnswers = (id: string) => ({
  ...answersFor(id, current),
  [`GET /api/vms/${id}/inside`]: { body: inside },
  [`GET /api/vms/${id}/interfaces`]: { body: { ...interfaces, unavailable: null } },
  [`GET /api/vms/${id}/filesystems`]: { body: fileSystems },
  [`GET /api/vms/${id}/disks`]: { body: disks },
  [`GET /api/vms/${id}/snapshots`]: { body: snapshots },
});
const withAgent = (state: "running" | "not_running" | "no_permission") =>
  fillWorld({ vms: exampleVms.map((vm) => ({ ...vm, type: "qemu" as const, agent_state: state, ip_addresses: ["10.0.12.40"] })) });

describe("the inside of a guest", () => {
  it("shows file systems fullest first, disks that a backup leaves out, and old snapshots", async () => {
    fakeNetwork(insideAnswers("101"));
    withAgent("running");
    open("101");
    const panel = within(screen.getByRole("region", { name: "File systems" }));
    const rows = (await panel.findAllByRole("row")).slice(1);
    expect(rows.map((row) => row.querySelector("td")?.textContent)).toEqual(["/", "/var/srv/bound"]);
    const second = within(screen.getByRole("region", { name: "Disks" }))
      .getByText("scsi1")
      .closest("tr");
    expect(within(second as HTMLElement).getByText("no")).toBeTruthy();
    const kept = within(screen.getByRole("region", { name: "Snapshots" }));
    expect((await kept.findAllByText("over 30 days")).length).toBeGreaterThan(0);
  });
  it("offers the addresses that lead to it to be copied, and shows the others without", async () => {
    fakeNetwork(insideAnswers("101"));
    withAgent("running");
    open("101");
    const panel = within(screen.getByRole("region", { name: "Addresses" }));
    expect(await panel.findByRole("button", { name: /10\.0\.12\.40/ })).toBeTruthy();
    expect(panel.getByText("127.0.0.1")).toBeTruthy();
    expect(panel.queryByRole("button", { name: /127/ })).toBeNull();
  });
  it("tells what to do when the agent does not run, and keeps what was known before", async () => {
    const why = { code: "agent_not_running", text: "in English", params: {} };
    fakeNetwork({
      ...insideAnswers("101"),
      "GET /api/vms/101/filesystems": { body: { ...fileSystems, unavailable: why } },
    });
    withAgent("not_running");
    open("101");
    expect(await screen.findByText(/Install the package qemu-guest-agent/)).toBeTruthy();
    const panel = within(screen.getByRole("region", { name: "File systems" }));
    expect(await panel.findByText(/guest agent does not run in the guest/)).toBeTruthy();
    expect(panel.getByText("/")).toBeTruthy();
  });
  it("names the privilege that is missing and its price", async () => {
    const why = { code: "privilege_missing", text: "the token lacks the privilege VM.Monitor", params: { privilege: "VM.Monitor" } };
    fakeNetwork({
      ...insideAnswers("101"),
      "GET /api/vms/101/inside": { body: { ...inside, os: { ...inside.os, unavailable: why } } },
    });
    withAgent("no_permission");
    open("101");
    expect(await screen.findByText(/also allows commands in the monitor/)).toBeTruthy();
  });
  it("does not call unknown empty", async () => {
    const why = { code: "not_asked_yet", text: "", params: {} };
    fakeNetwork({ ...insideAnswers("101"), "GET /api/vms/101/snapshots": { body: { items: null, collected_at: null, unavailable: why } } });
    withAgent("running");
    open("101");
    const panel = within(screen.getByRole("region", { name: "Snapshots" }));
    expect(await panel.findByText(/has not been asked yet/)).toBeTruthy();
    expect(panel.queryByText("It has no snapshot.")).toBeNull();
  });
});
