import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import clock from "../../../../contract/examples/getNodeClock.json";
import series from "../../../../contract/examples/getSeries.json";
import certificates from "../../../../contract/examples/listNodeCertificates.json";
import disks from "../../../../contract/examples/listNodeDisks.json";
import replication from "../../../../contract/examples/listNodeReplication.json";
import repositories from "../../../../contract/examples/listNodeRepositories.json";
import services from "../../../../contract/examples/listNodeServices.json";
import tasks from "../../../../contract/examples/listNodeTasks.json";
import thinPools from "../../../../contract/examples/listNodeThinPools.json";
import updates from "../../../../contract/examples/listNodeUpdates.json";
import zfs from "../../../../contract/examples/listNodeZfs.json";
import type { Node } from "../../fleet/nouns";
import en from "../../i18n/en/fleet.json";
import { exampleNodes, fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { NodePage } from "./node-page";
import { NodesPage } from "./nodes-page";

const answersFor = (id: string) => ({
  "GET /api/metrics/series": { body: series },
  [`GET /api/nodes/${id}/services`]: { body: services },
  [`GET /api/nodes/${id}/certificates`]: { body: certificates },
  [`GET /api/nodes/${id}/tasks`]: { body: tasks },
  [`GET /api/nodes/${id}/disks`]: { body: disks },
  [`GET /api/nodes/${id}/zfs`]: { body: zfs },
  [`GET /api/nodes/${id}/thin-pools`]: { body: thinPools },
  [`GET /api/nodes/${id}/replication`]: { body: replication },
  [`GET /api/nodes/${id}/updates`]: { body: updates },
  [`GET /api/nodes/${id}/repositories`]: { body: repositories },
  [`GET /api/nodes/${id}/clock`]: { body: clock },
});
const open = (id: string) => renderFleet(<NodePage />, `/nodes/${id}`, "/nodes/:id");

beforeEach(() => fillWorld());

describe("the list of nodes", () => {
  it("is tiles by cluster, or a table that the address remembers", () => {
    fakeNetwork({});
    const { router } = renderFleet(<NodesPage />);
    expect(within(screen.getByRole("list", { name: "oslo" })).getAllByRole("link")).toHaveLength(3);
    fireEvent.click(screen.getByRole("button", { name: "Table" }));
    expect(screen.getByRole("row", { name: /pve2/ }).textContent).toContain("91.3");
    expect(router.state.location.search).toBe("?view=table");
  });
  it("filters by name and says when nothing fits", () => {
    fakeNetwork({});
    renderFleet(<NodesPage />);
    fireEvent.change(screen.getByRole("searchbox", { name: "Filter nodes" }), { target: { value: "pve1" } });
    expect(screen.getAllByRole("listitem")).toHaveLength(3);
    fireEvent.change(screen.getByRole("searchbox", { name: "Filter nodes" }), { target: { value: "zzz" } });
    expect(screen.getByText("No node fits this filter")).toBeTruthy();
  });
});

describe("one node", () => {
  it("shows charts, guests, storages, services, certificates and tasks", async () => {
    fakeNetwork(answersFor("1"));
    open("1");
    expect(screen.getByRole("heading", { level: 1, name: "pve1" })).toBeTruthy();
    expect(await screen.findByText("pvestatd")).toBeTruthy();
    expect(await screen.findByText("pve-ssl.pem")).toBeTruthy();
    expect(screen.getByRole("link", { name: "web-00006" })).toBeTruthy();
    expect(within(screen.getByRole("region", { name: "Load" })).getAllByText("Load")).toHaveLength(2);
  });
  it("shows disks, pools, copies and updates, each with its age", async () => {
    fakeNetwork(answersFor("1"));
    open("1");
    const panel = (name: string) => within(screen.getByRole("region", { name }));
    expect(await panel("Disks").findByRole("row", { name: /nvme0n1.*PASSED.*86/ })).toBeTruthy();
    expect(panel("Disks").getByText(/^as of /)).toBeTruthy();
    expect(await panel("Pools").findByRole("row", { name: /tank DEGRADED/ })).toBeTruthy();
    expect(panel("Pools").getByText(/Replace the faulted device/)).toBeTruthy();
    expect(panel("Pools").getByRole("row", { name: /pve\/data/ })).toBeTruthy();
    expect(await panel("Replication").findByRole("row", { name: /Fails \(4\)/ })).toBeTruthy();
    expect(await panel("Updates").findByText(/6.14.11-3-pve is installed, but 6.14.8-2-pve runs/)).toBeTruthy();
    expect(panel("Updates").getByRole("row", { name: /pve-manager/ })).toBeTruthy();
    expect(await panel("Package sources").findByRole("row", { name: /old suite 'bookworm' configured!/ })).toBeTruthy();
    expect(panel("Package sources").getByText("Enabled: no-subscription")).toBeTruthy();
  });
  it("says which right is missing, that nobody asked yet, and that there is nothing", async () => {
    const none = { ...disks, items: [], collected_at: null };
    const denied = { unavailable_reason: "x", unavailable_code: "privilege_missing", unavailable_params: { privilege: "Sys.Audit" } };
    fakeNetwork({
      ...answersFor("1"),
      "GET /api/nodes/1/disks": { body: { ...none, ...denied } },
      "GET /api/nodes/1/zfs": { body: none },
      "GET /api/nodes/1/thin-pools": { body: none },
      "GET /api/nodes/1/replication": { body: { ...replication, items: [] } },
      "GET /api/nodes/1/updates": { body: { ...updates, items: [], kernel_outdated: false, ...denied } },
    });
    open("1");
    const panel = (name: string) => within(screen.getByRole("region", { name }));
    expect(await panel("Disks").findByText(/lacks the right Sys.Audit.*PVEAuditor on \/. All that this role can do is read/)).toBeTruthy();
    expect(await panel("Pools").findAllByText("Not asked yet.")).toHaveLength(1);
    expect(await panel("Replication").findByText("No guest of this node is replicated.")).toBeTruthy();
    expect(await panel("Updates").findByText(/lacks the right Sys.Audit/)).toBeTruthy();
    expect(panel("Updates").getByText(/up to date/)).toBeTruthy();
  });
  const reasons: Exclude<Node["status_reason"], "ok">[] = [
    "checking",
    "peer_cannot_reach",
    "cluster_unreachable",
    "auth_failed",
    "tls_mismatch",
    "no_permission",
    "stale_statistics",
  ];
  it.each(reasons)("says for %s what happened and what to do", (reason) => {
    fakeNetwork(answersFor("1"));
    fillWorld({ nodes: exampleNodes.map((node) => ({ ...node, status_reason: reason })) });
    open("1");
    expect(screen.getByText(en.node.advice[reason])).toBeTruthy();
  });
  it("calls a single missed poll no answer, checking", () => {
    fakeNetwork(answersFor("1"));
    fillWorld({ nodes: exampleNodes.map((node) => ({ ...node, status: "unknown" as const, status_reason: "checking" as const })) });
    open("1");
    expect(screen.getByText("No answer, checking")).toBeTruthy();
  });
  it("starts maintenance when ordered", async () => {
    const sent = fakeNetwork({ ...answersFor("1"), "POST /api/nodes/1/maintenance-mode": { body: exampleNodes[0] } });
    open("1");
    fireEvent.click(screen.getByRole("button", { name: "Start maintenance" }));
    await waitFor(() => expect(sent.find((one) => one.what.startsWith("POST"))?.url).toContain("maintenance_mode=true"));
  });
  it("says so when it is not there", () => {
    fakeNetwork({});
    open("999");
    expect(screen.getByText("This is not here any more")).toBeTruthy();
  });
  it("tells why a part could not be loaded, and tries again", async () => {
    const failing = {
      ...answersFor("1"),
      "GET /api/nodes/1/services": { status: 403, body: { code: "forbidden", detail: "no", status: 403 } },
    };
    fakeNetwork(failing);
    open("1");
    expect(await screen.findByText(/Your role or your scope does not include it/)).toBeTruthy();
  });
});
