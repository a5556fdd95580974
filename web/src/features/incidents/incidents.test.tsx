import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useSession } from "../../api/session";
import type { Alert, Incident, IncidentDetail } from "../../fleet/nouns";
import { startWords } from "../../i18n/words";
import { setPhase, useLineStatus } from "../../live/status";
import { applyDelta } from "../../live/world";
import { fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { HistoryPage } from "./history/history-page";
import { IncidentsPage } from "./list/incidents-page";
import { IncidentPage } from "./page/incident-page";
import { RulesPage } from "./rules/rules-page";

beforeAll(startWords);
beforeEach(() => {
  useLineStatus.setState({ line: "live", isStale: false, lastMessageAt: null });
  fillWorld();
});

const AT = "2026-11-28T03:00:00.000Z";
const alert = (id: string, name: string, change: Partial<Alert> = {}): Alert => ({
  id,
  alert_type: "node_down",
  severity: "critical",
  title: "",
  message: "No answer for 40 s",
  reason_code: null,
  reason_params: {},
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
const SAID = { reason_code: null, reason_params: {} };
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
  updated_at: AT,
  acknowledgement: null,
  held_by: null,
  is_flapping: false,
};
const detail: IncidentDetail = {
  ...incident,
  alerts: [alert("1", "pve1"), web],
  timeline: [
    { at: AT, kind: "opened", alert_id: "1", object: incident.root, by: null, detail: "No answer for 40 s", ...SAID },
    { at: AT, kind: "told", alert_id: "1", object: incident.root, by: null, detail: "firing 2", ...SAID },
    { at: AT, kind: "note", alert_id: null, object: null, by: "ada", detail: "On my way", ...SAID },
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
    const sent = fakeNetwork({});
    fillWorld({ incidents: [incident] });
    renderFleet(<IncidentsPage />);
    const row = (await screen.findByRole("link", { name: "Node is offline: pve1" })).closest("li") as HTMLElement;
    expect(within(row).getByText("No answer for 40 s")).toBeTruthy();
    expect(within(row).getByText("Affected: 1 node and 1 service")).toBeTruthy();
    expect(sent).toEqual([]);
  });
  it("is taken with one click", async () => {
    const sent = fakeNetwork({ "POST /api/incidents/7/acknowledge": { body: incident } });
    fillWorld({ incidents: [incident] });
    renderFleet(<IncidentsPage />);
    fireEvent.click(await screen.findByRole("button", { name: "I have it" }));
    await waitFor(() => expect(sent.some((one) => one.what === "POST /api/incidents/7/acknowledge")).toBe(true));
  });
  it("says who has it, and offers it to nobody else", async () => {
    const acknowledgement = { by: "ada", note: null, at: AT, until: null, sticky: false };
    fillWorld({ incidents: [{ ...incident, state: "acknowledged", acknowledgement }] });
    renderFleet(<IncidentsPage />);
    expect(await screen.findByText("ada has it")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "I have it" })).toBeNull();
  });
  it("ends several at once, and keeps those selected that were refused", async () => {
    const other = { ...incident, id: "8", root_alert: alert("3", "pve2") };
    const sent = fakeNetwork({ "POST /api/incidents/7/resolve": { body: incident } });
    fillWorld({ incidents: [incident, other] });
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
    fillWorld({ incidents: [incident] });
    useSession.setState(({ me }) => ({ me: me && { ...me, role: "viewer" } }));
    renderFleet(<IncidentsPage />);
    expect(await screen.findByText("Nobody has it yet")).toBeTruthy();
    expect(screen.queryByRole("checkbox")).toBeNull();
  });
  it("shows what breaks and takes away what is over, and asks nothing", async () => {
    const sent = fakeNetwork({ "GET /api/incidents": { body: { items: [], next_cursor: null, total: null } } });
    renderFleet(<IncidentsPage />);
    await screen.findByRole("heading", { name: "Nothing is wrong" });
    sent.length = 0;
    act(() => applyDelta("incidents", [incident], []));
    expect(await screen.findByRole("link", { name: "Node is offline: pve1" })).toBeTruthy();
    act(() => applyDelta("incidents", [], ["7"]));
    expect(await screen.findByRole("heading", { name: "Nothing is wrong" })).toBeTruthy();
    expect(sent.filter((one) => !one.url.includes("state=resolved"))).toEqual([]);
  });
  it("says why in the words of the page, with what others said as they said it", async () => {
    const refused = { reason_code: "check.conn_refused", reason_params: { said: "connect to [::1]:80" } };
    const degraded = { reason_code: "risk.zfs_degraded", reason_params: { pool: "tank", state: "DEGRADED" } };
    const votes = { reason_code: "alert.node_offline_votes", reason_params: { present: "2", votes: "3" } };
    const unknown = { reason_code: "risk.of_tomorrow", reason_params: {} };
    const incidents = [refused, degraded, votes, unknown].map((why, at) => ({
      ...incident,
      id: String(at),
      root_alert: alert(String(at), `n${at}`, why),
    }));
    fillWorld({ incidents });
    renderFleet(<IncidentsPage />);
    expect(await screen.findByText("The connection was refused: nothing listens there. (connect to [::1]:80)")).toBeTruthy();
    expect(screen.getByText("The ZFS pool tank is DEGRADED.")).toBeTruthy();
    expect(screen.getByText("The other members say that it is offline; 2 of 3 votes are present.")).toBeTruthy();
    expect(screen.getByText("No answer for 40 s")).toBeTruthy();
  });
  it("is asked for without the line, and can be asked for again when that failed", async () => {
    setPhase("incidents", "failed");
    useLineStatus.setState({ line: "offline", isStale: true });
    const sent = fakeNetwork(page([incident]));
    const { unmount } = renderFleet(<IncidentsPage />);
    expect(await screen.findByRole("link", { name: "Node is offline: pve1" })).toBeTruthy();
    expect(sent[0]?.url).toContain("state=open&state=acknowledged");
    unmount();
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
  expect(row.textContent).toMatch(/Warning ≥ 80\.0\s?%/);
  fireEvent.click(within(row).getByRole("checkbox", { name: "Use CPU of a node" }));
  await waitFor(() => expect(sent.find((one) => one.what === "PUT /api/alert-rules/4")?.body).toEqual({ is_active: false }));
});

it("leads from what is silenced to its silence, whoever may change it", async () => {
  const held_by = { kind: "silence" as const, ref: "3", since: AT, until: null };
  fakeNetwork({ ...CHANNELS, "GET /api/incidents/7": { body: { ...detail, held_by } } });
  openOne();
  expect((await screen.findByRole("link", { name: "Silenced" })).getAttribute("href")).toBe("/incidents/silences/3");
});

it("asks for an incident again when something happened to it, at most once a second", async () => {
  const sent = fakeNetwork({ ...CHANNELS, "GET /api/incidents/7": { body: detail } });
  fillWorld({ incidents: [incident] });
  openOne();
  await screen.findByRole("heading", { level: 1 });
  const asks = () => sent.filter((one) => one.what === "GET /api/incidents/7").length;
  const before = asks();
  for (let second = 1; second <= 5; second += 1)
    act(() => applyDelta("incidents", [{ id: "7", updated_at: `2026-11-28T03:00:0${second}.000Z` } as Incident], []));
  await waitFor(() => expect(asks()).toBe(before + 1));
  await waitFor(() => expect(asks()).toBe(before + 2), { timeout: 2500 });
  await new Promise((done) => setTimeout(done, 1500));
  expect(asks()).toBe(before + 2);
});

it("shows of a service what its checks answered", async () => {
  const check = {
    id: "5-1",
    service_id: "5",
    status: "down",
    response_time: null,
    status_code: null,
    error_message: "connect to [::1]:80",
    checked_at: AT,
    reason: "conn_refused",
    reason_parameter: null,
    address: null,
    late_ms: 0,
    phases: null,
    certificate: null,
    has_evidence: false,
  };
  const evidence = {
    alert_id: "1",
    rule: null,
    metric_type: null,
    operator: null,
    threshold: null,
    clear_threshold: null,
    from: AT,
    to: AT,
    samples: [],
    checks: [check],
    tasks: [],
    timeline: [],
  };
  fakeNetwork({ ...CHANNELS, "GET /api/incidents/7": { body: detail }, "GET /api/alerts/1/evidence": { body: evidence } });
  openOne();
  const table = await screen.findByRole("table", { name: "What the checks answered" });
  expect(within(table).getByText(/The connection was refused/)).toBeTruthy();
  expect(within(table).getByText("connect to [::1]:80")).toBeTruthy();
});
