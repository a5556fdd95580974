import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import load from "../../../../contract/examples/getClusterLoad.json";
import doctor from "../../../../contract/examples/getDoctor.json";
import risks from "../../../../contract/examples/listClusterRisks.json";
import tasks from "../../../../contract/examples/listClusterTasks.json";
import type { Cluster } from "../../fleet/nouns";
import en from "../../i18n/en/fleet.json";
import { exampleClusters, fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { ClusterPage } from "./cluster-page";
import { ClustersPage } from "./clusters-page";

const answersFor = (id: string) => ({
  [`GET /api/clusters/${id}/doctor`]: { body: doctor },
  [`GET /api/clusters/${id}/load`]: { body: load },
  [`GET /api/clusters/${id}/tasks`]: { body: tasks },
  [`GET /api/clusters/${id}/risks`]: { body: risks },
});
const open = (id: string) => renderFleet(<ClusterPage />, `/clusters/${id}`, "/clusters/:id");

describe("the list of clusters", () => {
  it("tells state, quorum, members and the load we cause", () => {
    fakeNetwork({});
    fillWorld();
    renderFleet(<ClustersPage />);
    const row = screen.getByRole("row", { name: /bergen/ });
    for (const text of ["No quorum", "8.4.1", "Lost", "1 / 2", "8 fine, 2 to look at, 1 broken"])
      expect(within(row).getByText(text)).toBeTruthy();
    expect(within(screen.getByRole("row", { name: /oslo/ })).getByText(/1 critical, 2 to look at/)).toBeTruthy();
    expect(within(screen.getByRole("row", { name: /lab/ })).getAllByText("–").length).toBeGreaterThanOrEqual(3);
  });
});

describe("one cluster", () => {
  it("asks a person to compare a changed certificate, and confirms exactly what was shown", async () => {
    const sent = fakeNetwork({
      ...answersFor("2"),
      "POST /api/clusters/2/endpoints/12/confirm-fingerprint": { body: exampleClusters[1]?.endpoints[1] },
    });
    fillWorld();
    open("2");
    const seen = exampleClusters[1]?.endpoints[1]?.seen_certificate?.fingerprint_sha256 ?? "";
    expect(screen.getByText("pve12.example.net shows a new certificate")).toBeTruthy();
    expect(screen.getByText(seen)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Confirm this certificate" }));
    await waitFor(() => expect(sent.find((one) => one.what.endsWith("confirm-fingerprint"))?.body).toEqual({ fingerprint_sha256: seen }));
  });
  it("asks how fast each of its addresses answered", async () => {
    const sent = fakeNetwork(answersFor("1"));
    fillWorld();
    open("1");
    expect(screen.getByRole("region", { name: "How fast it answers" })).toBeTruthy();
    const wanted = exampleClusters[0]?.endpoints.map((endpoint) => `endpoint:${endpoint.id}`);
    await waitFor(() => {
      const asked = sent.map((one) => new URL(one.url).searchParams).find((query) => query.get("metric") === "latency_seconds");
      expect(asked?.getAll("object")).toEqual(wanted);
    });
  });
  it("offers members that were found, with the fingerprint learned from the cluster", async () => {
    const sent = fakeNetwork({
      ...answersFor("1"),
      "POST /api/clusters/1/endpoints": { status: 201, body: exampleClusters[0]?.endpoints[0] },
    });
    fillWorld();
    open("1");
    fireEvent.click(screen.getByRole("button", { name: /Add pve3/ }));
    const pin = exampleClusters[0]?.members[2]?.fingerprint_sha256;
    await waitFor(() =>
      expect(sent.find((one) => one.what.startsWith("POST"))?.body).toEqual({ address: "192.0.2.3", port: 8006, fingerprints: [pin] }),
    );
  });
  it("shows the doctor with the line that mends, and the tasks", async () => {
    fakeNetwork(answersFor("1"));
    fillWorld();
    open("1");
    expect(await screen.findByText(/pveum user token add/)).toBeTruthy();
    expect(await screen.findByText("qmigrate")).toBeTruthy();
  });
  it("makes the address for notifications of Proxmox VE, shows its token once and takes it back", async () => {
    const none = { has_token: false, created_at: null, last_used_at: null };
    const answers = {
      ...answersFor("1"),
      "GET /api/clusters/1/hook-token": { body: none as Record<string, unknown> },
      "POST /api/clusters/1/hook-token": { body: { token: "s3cret", path: "/api/hooks/proxmox/s3cret" } },
      "DELETE /api/clusters/1/hook-token": { status: 204, body: null },
    };
    const sent = fakeNetwork(answers);
    fillWorld();
    open("1");
    const panel = within(screen.getByRole("region", { name: "Notifications of Proxmox VE" }));
    expect(await panel.findByText("There is none")).toBeTruthy();
    answers["GET /api/clusters/1/hook-token"] = { body: { ...none, has_token: true, created_at: "2026-11-20T12:00:00.000Z" } };
    fireEvent.click(panel.getByRole("button", { name: "Make an address" }));
    expect(await panel.findByText(/token: s3cret/)).toBeTruthy();
    expect(panel.getByText(/pvesh create .*endpoints.webhook/)).toBeTruthy();
    expect(await panel.findByText("Not since Monitorix was started")).toBeTruthy();
    answers["GET /api/clusters/1/hook-token"] = { body: none };
    fireEvent.click(within(panel.getByRole("dialog", { hidden: true })).getByText("Take it back"));
    await waitFor(() => expect(sent.some((one) => one.what === "DELETE /api/clusters/1/hook-token")).toBe(true));
    await waitFor(() => expect(panel.queryByText(/s3cret/)).toBeNull());
  });
  it("lists risks, worst first, with quorum and high availability", async () => {
    fakeNetwork(answersFor("1"));
    fillWorld();
    open("1");
    const panel = within(screen.getByRole("region", { name: "Risks" }));
    const lines = await panel.findAllByRole("listitem");
    expect(lines[0]?.textContent).toContain("The ZFS pool tank is DEGRADED.");
    expect(lines[1]?.textContent).toMatch(/has used 86.% of its rated life/);
    expect(lines[3]?.textContent).toContain("2 packages of Proxmox VE to update.");
    expect(panel.getByText(/3 of 3 online, 2 of 3 votes needed. 1 more vote may be lost./)).toBeTruthy();
    expect(panel.getByText(/1 resource, managed by pve1/)).toBeTruthy();
  });
  it("is calm when there is no risk", async () => {
    fakeNetwork({ ...answersFor("1"), "GET /api/clusters/1/risks": { body: { ...risks, items: [] } } });
    fillWorld();
    open("1");
    expect(await screen.findByText("Nothing to worry about.")).toBeTruthy();
  });
  it("asks once before it removes, and names what", async () => {
    fakeNetwork({ ...answersFor("1"), "DELETE /api/clusters/1": { status: 204, body: null } });
    fillWorld();
    HTMLDialogElement.prototype.showModal = function showModal() {
      this.open = true;
    };
    const { router } = open("1");
    fireEvent.click(screen.getByRole("button", { name: "Remove" }));
    const dialog = screen.getByRole("dialog", { name: "Remove the connection oslo?" });
    fireEvent.click(within(dialog).getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/clusters"));
  });
  const states: Exclude<Cluster["state"], "ok">[] = [
    "connecting",
    "degraded",
    "unreachable",
    "auth_failed",
    "tls_mismatch",
    "wrong_cluster",
    "paused",
  ];
  it.each(states)("says for %s what happened and what to do", (state) => {
    fakeNetwork(answersFor("1"));
    fillWorld({ clusters: exampleClusters.map((cluster) => ({ ...cluster, state, quorate: null, powerless: false })) });
    open("1");
    expect(screen.getAllByText(en.cluster.state[state]).length).toBeGreaterThan(0);
    expect(screen.getByText(new RegExp(en.cluster.advice[state].slice(0, 40)))).toBeTruthy();
  });
  it("says that a token sees nothing, instead of showing no guests", () => {
    fakeNetwork(answersFor("1"));
    fillWorld({ clusters: exampleClusters.map((cluster) => ({ ...cluster, powerless: true, vm_count: 0 })), vms: [] });
    open("1");
    expect(screen.getByText(/rights must be given to the user and to the token/)).toBeTruthy();
    expect(screen.queryByText(/0 guests/)).toBeNull();
  });
});
