import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useSession } from "../../api/session";
import type { Alert, Incident, IncidentDetail } from "../../fleet/nouns";
import { startWords } from "../../i18n/words";
import { fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { HistoryPage } from "./history/history-page";
import { IncidentsPage } from "./list/incidents-page";
import { IncidentPage } from "./page/incident-page";
import { RulesPage } from "./rules/rules-page";

beforeAll(startWords);
beforeEach(() => fillWorld());

const AT = "2026-11-28T03:00:00.000Z";
const alert = (id: string, name: string, change: Partial<Alert> = {}): Alert => ({
  id,
  alert_type: "node_down",
  severity: "critical",
  title: "",
  message: "No answer for 40 s",
  cluster_id: "1",
  node_id: null,
  vm_id: null,
  storage_id: null,
  service_id: null,
  object: { kind: "node", id: "2", name },
  part: null,
  rule_id: "1",
  rule_name: "Node is offline",
  rule_key: "node_down",
  metric_type: null,
  state: "firing",
  since: AT,
  is_resolved: false,
  is_recovering: false,
  is_flapping: false,
  has_no_data: false,
  created_at: AT,
  last_seen_at: AT,
  resolved_at: null,
  resolve_reason: null,
  reopen_count: 0,
  value: null,
  threshold: null,
  acknowledged_by: null,
  acknowledgement: null,
  held_by: null,
  incident_id: "7",
  root_cause_id: null,
  ...change,
});
const web = alert("2", "web", {
  object: { kind: "service", id: "5", name: "web" },
  rule_key: "service_down",
  rule_name: "Shop does not answer",
  root_cause_id: "1",
});
const incident: Incident = {
  id: "7",
  title: "node pve1",
  state: "open",
  severity: "critical",
  root: { kind: "node", id: "2", name: "pve1" },
  root_alert: alert("1", "pve1"),
  cause: null,
  alert_count: 2,
  open_alert_count: 2,
  affected: { nodes: 1, vms: 0, storages: 0, services: 1 },
  opened_at: AT,
  resolved_at: null,
  acknowledgement: null,
  held_by: null,
  is_flapping: false,
};
const detail: IncidentDetail = {
  ...incident,
  alerts: [alert("1", "pve1"), web],
  timeline: [
    { at: AT, kind: "opened", alert_id: "1", object: incident.root, by: null, detail: "No answer for 40 s" },
    { at: AT, kind: "told", alert_id: "1", object: incident.root, by: null, detail: "firing 2" },
    { at: AT, kind: "note", alert_id: null, object: null, by: "ada", detail: "On my way" },
  ],
  notifications: [],
  next_step: null,
};
const CHANNELS = { "GET /api/notification-channels": { body: [{ id: "2", name: "House mail" }] } };
const page = (items: readonly Incident[]) => ({ "GET /api/incidents": { body: { items, next_cursor: null, total: null } } });
const openOne = () => renderFleet(<IncidentPage />, "/incidents/7", "/incidents/:id");

it("says on the page of an incident who is next", async () => {
  const next_step = {
    escalation_id: "1",
    escalation_name: "Everybody",
    escalation_key: "everybody",
    number: 2,
    count: 3,
    at: "2026-11-28T09:30:00Z",
    channel_ids: ["2"],
  };
  fakeNetwork({ ...CHANNELS, "GET /api/incidents/7": { body: { ...detail, next_step } } });
  openOne();
  expect(await screen.findByText(/^House mail, .* \(step 2 of 3, Everybody\)$/)).toBeTruthy();
});

describe("the list of incidents", () => {
  it("says what is wrong, why, and what hangs on it", async () => {
    const sent = fakeNetwork(page([incident]));
    renderFleet(<IncidentsPage />);
    const row = (await screen.findByRole("link", { name: "Node is offline: pve1" })).closest("li") as HTMLElement;
    expect(within(row).getByText("No answer for 40 s")).toBeTruthy();
    expect(within(row).getByText("Affected: 1 node and 1 service")).toBeTruthy();
    expect(sent[0]?.url).toContain("state=open&state=acknowledged");
  });
  it("is taken with one click", async () => {
    const sent = fakeNetwork({ ...page([incident]), "POST /api/incidents/7/acknowledge": { body: incident } });
    renderFleet(<IncidentsPage />);
    fireEvent.click(await screen.findByRole("button", { name: "I have it" }));
    await waitFor(() => expect(sent.some((one) => one.what === "POST /api/incidents/7/acknowledge")).toBe(true));
  });
  it("says who has it, and offers it to nobody else", async () => {
    const acknowledgement = { by: "ada", note: null, at: AT, until: null, sticky: false };
    fakeNetwork(page([{ ...incident, state: "acknowledged", acknowledgement }]));
    renderFleet(<IncidentsPage />);
    expect(await screen.findByText("ada has it")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "I have it" })).toBeNull();
  });
  it("ends several at once, and keeps those selected that were refused", async () => {
    const other = { ...incident, id: "8", root_alert: alert("3", "pve2") };
    const sent = fakeNetwork({ ...page([incident, other]), "POST /api/incidents/7/resolve": { body: incident } });
    renderFleet(<IncidentsPage />);
    for (const box of await screen.findAllByRole("checkbox")) fireEvent.click(box);
    expect(screen.getByText("2 selected")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Resolve" }));
    expect(await screen.findByText("1 selected")).toBeTruthy();
    expect(screen.getByText("1 could not be done")).toBeTruthy();
    expect(sent.filter((one) => one.what.endsWith("/resolve"))).toHaveLength(2);
  });
  it("is calm when nothing is wrong", async () => {
    fakeNetwork(page([]));
    renderFleet(<IncidentsPage />);
    expect(await screen.findByRole("heading", { name: "Nothing is wrong" })).toBeTruthy();
  });
  it("is for looking only to who may only look", async () => {
    useSession.setState(({ me }) => ({ me: me && { ...me, role: "viewer" } }));
    fakeNetwork(page([incident]));
    renderFleet(<IncidentsPage />);
    expect(await screen.findByText("Nobody has it yet")).toBeTruthy();
    expect(screen.queryByRole("checkbox")).toBeNull();
  });
  it("can be asked for again when it failed", async () => {
    fakeNetwork({ "GET /api/incidents": { status: 503, body: { code: "busy", detail: "busy", status: 503 } } });
    renderFleet(<IncidentsPage />);
    expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
  });
});

describe("one incident", () => {
  it("shows the cause with what hangs on it, what happened, and by which channel it was told", async () => {
    fakeNetwork({ "GET /api/incidents/7": { body: detail }, ...CHANNELS });
    openOne();
    expect(await screen.findByRole("heading", { level: 1, name: "Node is offline: pve1" })).toBeTruthy();
    const tree = screen.getByRole("list", { name: "Cause and what hangs on it" });
    const root = within(tree).getByRole("link", { name: "pve1" }).closest("li") as HTMLElement;
    expect(within(root).getByRole("link", { name: "web" }).getAttribute("href")).toBe("/services/5");
    expect(within(root).getByText(/Shop does not answer/)).toBeTruthy();
    const timeline = screen.getByRole("list", { name: "Timeline" });
    expect(within(timeline).getByText("On my way")).toBeTruthy();
    expect(await within(timeline).findByText("House mail")).toBeTruthy();
  });
  it("takes a note", async () => {
    const sent = fakeNetwork({
      "GET /api/incidents/7": { body: detail },
      "POST /api/incidents/7/notes": { status: 201, body: detail.timeline[2] },
    });
    openOne();
    const form = (await screen.findByRole("button", { name: "Add the note" })).closest("form") as HTMLElement;
    fireEvent.change(within(form).getByLabelText("Note"), { target: { value: " Power is back " } });
    fireEvent.submit(form);
    await waitFor(() => expect(sent.find((one) => one.what.endsWith("/notes"))?.body).toEqual({ text: "Power is back" }));
  });
  it("says of Monitorix itself what it means, with the numbers, and what to do", async () => {
    const own = alert("1", "Monitorix", {
      object: { kind: "monitor", id: "1", name: "Monitorix" },
      rule_key: "own_disk",
      rule_name: "Disk is nearly full",
      message: "0.31 GiB / 4.00 GiB (7.8 %)",
    });
    fakeNetwork({ ...CHANNELS, "GET /api/incidents/7": { body: { ...detail, root: own.object, root_alert: own, alerts: [own] } } });
    openOne();
    expect(await screen.findByRole("heading", { level: 1, name: "Disk is nearly full: Monitorix" })).toBeTruthy();
    expect(screen.getAllByText(/has little room left. \(0.31 GiB/).length).toBeGreaterThan(0);
    expect(screen.getByText(/^Make room, give it a larger disk/)).toBeTruthy();
  });
  it("says so when it is gone", async () => {
    fakeNetwork({});
    openOne();
    expect(await screen.findByRole("heading", { name: "This is not here any more" })).toBeTruthy();
  });
});

it("the history says how long each alert lasted and how it ended, in numbers beside their limit", async () => {
  const over = alert("9", "pve3", {
    rule_key: "node_cpu",
    rule_name: "CPU of a node",
    metric_type: "cpu",
    value: 0.97,
    threshold: 0.95,
    is_resolved: true,
    state: "resolved",
    resolved_at: "2026-11-28T03:10:00.000Z",
    resolve_reason: "manual",
  });
  fakeNetwork({ "GET /api/alerts": { body: { items: [over], next_cursor: null, total: null } } });
  renderFleet(<HistoryPage />);
  const row = (await screen.findByRole("link", { name: "CPU of a node" })).closest("tr") as HTMLElement;
  expect(row.textContent).toMatch(/97\.0\s?%, the limit is 95\.0\s?%/);
  expect(within(row).getByText("10 min")).toBeTruthy();
  expect(within(row).getByText("Ended by hand")).toBeTruthy();
});

it("the rules say from when it is how bad, and are taken out of use with one click", async () => {
  const rule = {
    id: "4",
    key: "node_cpu",
    name: "CPU of a node",
    metric_type: "cpu",
    operator: ">=",
    severity: "warning",
    levels: [{ severity: "warning", threshold: 0.8 }],
    is_active: true,
    open_alert_count: 3,
    last_triggered: null,
  };
  const sent = fakeNetwork({ "GET /api/alert-rules": { body: [rule] }, "PUT /api/alert-rules/4": { body: rule } });
  renderFleet(<RulesPage />);
  const row = (await screen.findByText("CPU of a node")).closest("tr") as HTMLElement;
  expect(row.textContent).toMatch(/Warning >= 80\.0\s?%/);
  fireEvent.click(within(row).getByRole("checkbox", { name: "Use CPU of a node" }));
  await waitFor(() => expect(sent.find((one) => one.what === "PUT /api/alert-rules/4")?.body).toEqual({ is_active: false }));
});

it("leads from what is silenced to its silence, whoever may change it", async () => {
  const held_by = { kind: "silence" as const, ref: "3", since: AT, until: null };
  fakeNetwork({ ...CHANNELS, "GET /api/incidents/7": { body: { ...detail, held_by } } });
  openOne();
  expect((await screen.findByRole("link", { name: "Silenced" })).getAttribute("href")).toBe("/incidents/silences/3");
});
