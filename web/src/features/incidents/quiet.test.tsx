import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useSession } from "../../api/session";
import type { AlertRulePreview, MaintenanceWindow, Silence } from "../../fleet/nouns";
import { startWords } from "../../i18n/words";
import { fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { NewRulePage } from "./rules/rule-page";
import { NewSilencePage, SilencePage } from "./silences/silence-page";
import { SilencesPage } from "./silences/silences-page";
import { NewWindowPage } from "./windows/window-page";
import { WindowsPage } from "./windows/windows-page";

beforeAll(startWords);
beforeEach(() => fillWorld());

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
const silence = (id: string, change: Partial<Silence> = {}): Silence => ({
  id,
  matchers: [{ label: "name", value: "web*", is_equal: true }],
  alert_id: null,
  starts_at: inHours(-1),
  ends_at: inHours(1),
  until_resolved: false,
  comment: "New disks",
  created_by: "ada",
  active_now: true,
  held_alert_count: 2,
  updated_at: inHours(-1),
  ...change,
});
const list = (items: readonly unknown[]) => ({ body: { items, next_cursor: null, total: null } });
const refused = (field: string, message: string) => ({
  status: 422,
  body: { code: "validation_failed", status: 422, detail: "", errors: [{ field, code: "invalid", message }] },
});
const asViewer = () => {
  const { me } = useSession.getState();
  if (me) useSession.setState({ me: { ...me, role: "viewer" } });
};

describe("silences", () => {
  it("stand apart by whether they hold, will, or did", async () => {
    const coming = silence("2", { active_now: false, starts_at: inHours(1), ends_at: inHours(2), comment: "Move" });
    const over = silence("3", {
      active_now: false,
      starts_at: inHours(-3),
      ends_at: inHours(-2),
      matchers: [{ label: "kind", value: "node", is_equal: false }],
    });
    fakeNetwork({ "GET /api/silences": list([coming, silence("1"), over]) });
    renderFleet(<SilencesPage />);
    expect(within(await screen.findByRole("table", { name: "Active now" })).getByRole("link", { name: "Name: web*" })).toBeTruthy();
    expect(within(screen.getByRole("table", { name: "Coming" })).getByText("Move")).toBeTruthy();
    const last = within(screen.getByRole("table", { name: "Over" }));
    expect(last.getByText("Kind not: Node")).toBeTruthy();
    expect(last.getByRole("link", { name: "Once more" }).getAttribute("href")).toBe("/incidents/silences/new?from=3");
  });
  it("are not to be changed by who may only look", async () => {
    asViewer();
    fakeNetwork({ "GET /api/silences": list([silence("1")]) });
    renderFleet(<SilencesPage />);
    expect(await screen.findByText("Name: web*")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "End now" })).toBeNull();
    expect(screen.queryByRole("link", { name: "Name: web*" })).toBeNull();
  });
  it("are not written over another person's change, which can be loaded instead", async () => {
    const tagged = (one: Silence, tag: string) => ({ body: one, headers: { ETag: tag } });
    const conflict = { status: 412, body: { code: "version_mismatch", status: 412, detail: "the silence has changed meanwhile" } };
    const answers = { "GET /api/silences/1": tagged(silence("1"), '"3.a"'), "PUT /api/silences/1": conflict };
    const sent = fakeNetwork(answers);
    renderFleet(<SilencePage />, "/incidents/silences/1", "/incidents/silences/:id");
    fireEvent.change(await screen.findByLabelText("Why"), { target: { value: "Mine" } });
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/Somebody else has changed this/)).toBeTruthy();
    expect(sent.find((one) => one.what === "PUT /api/silences/1")?.headers.get("If-Match")).toBe('"3.a"');
    expect((screen.getByLabelText("Why") as HTMLInputElement).value).toBe("Mine");
    answers["GET /api/silences/1"] = tagged(silence("1", { comment: "Theirs" }), '"4.b"');
    fireEvent.click(screen.getByRole("button", { name: "Load it again" }));
    await waitFor(() => expect((screen.getByLabelText("Why") as HTMLInputElement).value).toBe("Theirs"));
    expect(screen.queryByText(/Somebody else has changed this/)).toBeNull();
  });
  it("say what the server refused at its field, and lose nothing", async () => {
    const sent = fakeNetwork({ "GET /api/alert-rules": { body: [] }, "POST /api/silences": refused("matchers[0].value", "too long") });
    renderFleet(<NewSilencePage />, "/incidents/silences/new?name=web*", "/incidents/silences/new");
    fireEvent.change(screen.getByLabelText("Why"), { target: { value: "New disks" } });
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    const field = screen.getByRole("group", { name: "What is silenced" });
    expect(await within(field).findByText("too long")).toBeTruthy();
    expect((screen.getByLabelText("Why") as HTMLInputElement).value).toBe("New disks");
    expect(sent.find((one) => one.what === "POST /api/silences")?.body).toMatchObject({ comment: "New disks" });
  });
});

describe("maintenance windows", () => {
  const window: MaintenanceWindow = {
    id: "4",
    name: "Patch night",
    selector: { type: "node", cluster_ids: [], node_ids: [], vm_ids: [], storage_ids: [], service_ids: [], pools: [], tags: ["blue"] },
    starts_at: inHours(1),
    duration_seconds: 7200,
    rrule: "FREQ=WEEKLY;BYDAY=MO",
    time_zone: "UTC",
    mute: "notifications",
    max_severity: "critical",
    is_active: true,
    active_now: false,
    ends_at: null,
    next_at: inHours(1),
    created_by: "ada",
    updated_at: inHours(-1),
  };
  it("stand in a list and in the calendar", async () => {
    const times = { items: [{ window_id: "4", starts_at: inHours(1), ends_at: inHours(1.25) }], is_cut: false };
    fakeNetwork({ "GET /api/maintenance-windows": list([window]), "GET /api/maintenance-windows/calendar": { body: times } });
    renderFleet(<WindowsPage />);
    const row = (await screen.findByText("Nodes · tag blue")).closest("tr") as HTMLElement;
    expect(within(row).getByText("Weekly")).toBeTruthy();
    const calendar = await screen.findByRole("list", { name: "The next 4 weeks" });
    expect((await within(calendar).findAllByRole("link", { name: /Patch night/ })).length).toBeGreaterThan(0);
  });
  it("say when they would be open before they are kept", async () => {
    const ahead = { times: [{ window_id: null, starts_at: inHours(24), ends_at: inHours(26) }], covered: 12 };
    const sent = fakeNetwork({ "POST /api/maintenance-windows/preview": { body: ahead } });
    renderFleet(<NewWindowPage />, "/incidents/maintenance/new", "/incidents/maintenance/new");
    fireEvent.click(screen.getByRole("button", { name: "Daily" }));
    expect(await screen.findByText("It fits 12 objects")).toBeTruthy();
    await waitFor(() => expect(sent.some(({ body }) => (body as { rrule?: string } | null)?.rrule === "FREQ=DAILY")).toBe(true));
    expect(sent.every(({ what }) => what === "POST /api/maintenance-windows/preview")).toBe(true);
  });
});

describe("a new rule", () => {
  const found: AlertRulePreview = { days: 0, watched: 3, matches_now: 1, matches: [], times: null, episodes: [], is_partial: true };
  const object = { kind: "guest" as const, id: "5", name: "db1" };
  const open = (preview: AlertRulePreview) => {
    const sent = fakeNetwork({ "POST /api/alert-rules/preview": { body: preview }, "GET /api/notification-channels": { body: [] } });
    renderFleet(<NewRulePage />, "/incidents/rules/new", "/incidents/rules/new");
    fireEvent.change(within(screen.getByRole("group", { name: "Warning" })).getByLabelText(/^Begins/), { target: { value: "80" } });
    return sent;
  };
  it("says how often is not known where no history tells", async () => {
    const sent = open({
      ...found,
      matches: [{ object, part: null, severity: "warning", value: 0.87, detail: null, reason_code: null, reason_params: {} }],
    });
    expect(await screen.findByText("It speaks of 3 objects")).toBeTruthy();
    expect(screen.getByText("How often it would have fired: not known")).toBeTruthy();
    expect(screen.getByText(/87\.0/)).toBeTruthy();
    expect(sent.find(({ what }) => what === "POST /api/alert-rules/preview")?.body).toMatchObject({
      levels: [{ severity: "warning", threshold: 0.8 }],
    });
  });
  it("says how often, when, and how bad it was", async () => {
    const episode = { object, part: null, severity: "critical" as const, began_at: inHours(-5), ended_at: inHours(-3), peak: 0.97 };
    open({ ...found, days: 7, times: 3, episodes: [episode], is_partial: false });
    expect(await screen.findByText("Would have fired 3 times in the last 7 days")).toBeTruthy();
    expect(screen.getByText(/for 2/).textContent).toContain("peak 97.0");
  });
  it("names those that it does not count", async () => {
    open({ ...found, days: 7, times: 0, left_out_count: 3, left_out: [object] });
    expect(await screen.findByText(/3 objects are not counted/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "db1" }).getAttribute("href")).toBe("/vms/5");
    expect(screen.getByText("and 2 more")).toBeTruthy();
  });
  it("is not asked about while a limit lacks its number", async () => {
    const sent = open(found);
    fireEvent.change(within(screen.getByRole("group", { name: "Warning" })).getByLabelText(/^Begins/), { target: { value: "x" } });
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("A number is needed here.")).toBeTruthy();
    expect(screen.getByText("It needs a name.")).toBeTruthy();
    expect(sent.filter(({ what }) => what === "POST /api/alert-rules")).toEqual([]);
  });
});
