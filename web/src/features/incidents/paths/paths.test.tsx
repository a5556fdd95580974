import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useSession } from "../../../api/session";
import type { Channel, Escalation } from "../../../fleet/nouns";
import { startWords } from "../../../i18n/words";
import { example } from "../../../test/fake-server";
import { fakeNetwork, fillWorld, renderFleet } from "../../../test/render-fleet";
import { bodyOf, draftOf, EMPTY, faultIn, faultsIn, nextStep } from "./draft";
import { NewPathPage, PathPage } from "./path-page";
import { PathsPage } from "./paths-page";
import { reachOf, tellingsOf } from "./telling";

beforeAll(startWords);
beforeEach(() => fillWorld());

const { items: PATHS } = example<{ items: Escalation[] }>("listEscalations");
const [everybody, onCall] = PATHS as [Escalation, Escalation];
const [template] = example<Channel[]>("listNotificationChannels");
const channel = (id: string, name: string, change: Partial<Channel> = {}): Channel => ({
  ...(template as Channel),
  id,
  name,
  is_active: true,
  severity_filter: [],
  ...change,
});
const CHANNELS = [channel("1", "mail"), channel("2", "pager", { severity_filter: ["critical"] })];
const LISTS = {
  "GET /api/escalations": { body: { items: PATHS, next_cursor: null, total: null } },
  "GET /api/notification-channels": { body: CHANNELS },
};

describe("a path in the form", () => {
  it("is sent as it came when nobody touched it", () => {
    const { name, steps, repeat_last_minutes, is_default } = onCall;
    expect(bodyOf(draftOf(onCall))).toEqual({ name, steps, repeat_last_minutes, is_default });
    expect(bodyOf(draftOf(everybody)).steps[0]).toMatchObject({ all_channels: true, channel_ids: [] });
  });
  it("says what is missing before anything is sent", () => {
    expect(faultsIn(EMPTY)).toEqual(["name", "steps"]);
    const draft = draftOf(onCall);
    const late = draft.steps.map((step, i) => (i === 2 ? { ...step, after: { amount: "1", unit: "m" as const } } : step));
    expect(faultIn(late, 2)).toBe("order");
    const odd = [{ ...nextStep([]), isAll: true, after: { amount: "90", unit: "s" as const } }];
    expect(faultIn(odd, 0)).toBe("after");
    const hours = { weekdays: [], from: "07:00", to: "22:00", zone: "UTC" };
    expect(faultIn([{ ...nextStep([]), isAll: true, hours }], 0)).toBe("hours");
    expect(faultIn([{ ...nextStep([]), isAll: true, hours: { ...hours, weekdays: ["MO"], zone: "Mars" } }], 0)).toBe("zone");
    expect(faultsIn({ ...draft, repeat: { amount: "0", unit: "m" } })).toEqual(["repeat"]);
  });
  it("counts a further step from the one before", () => {
    expect(nextStep(draftOf(onCall).steps).after).toEqual({ amount: "75", unit: "m" });
  });
});

describe("who would be told", () => {
  it("is who the steps name, as far as the channels want it", () => {
    const tellings = tellingsOf(draftOf(onCall), "warning", CHANNELS);
    expect(tellings.map(({ minutes }) => minutes)).toEqual([0, 15]);
    expect(tellings[1]?.told).toEqual([
      { id: "1", name: "mail", mute: null },
      { id: "2", name: "pager", mute: "filtered" },
    ]);
    const off = [channel("1", "mail", { is_active: false })];
    expect(tellingsOf(draftOf(onCall), "critical", off)[1]?.told.map(({ mute }) => mute)).toEqual(["off", "gone"]);
  });
  it("is everybody where one step says so", () => {
    expect(reachOf(draftOf(everybody))).toBeNull();
    expect([...(reachOf({ steps: draftOf(onCall).steps.slice(0, 2) }) ?? [])]).toEqual(["1", "2"]);
  });
});

it("shows the paths with their steps, and names the one that came with Monitorix", async () => {
  fakeNetwork(LISTS);
  renderFleet(<PathsPage />);
  const table = within(await screen.findByRole("table", { name: "Escalation paths" }));
  const row = within(table.getByRole("link", { name: "On call" }).closest("tr") as HTMLElement);
  expect(row.getByText("After 15 min").closest("li")?.textContent).toBe("After 15 min mail, pager");
  expect(table.getByRole("link", { name: "Everybody" })).toBeTruthy();
  expect(table.getByText("Taken by every rule that names no other")).toBeTruthy();
});

it("says as one types who would be told, and sends what one sees", async () => {
  const sent = fakeNetwork({ ...LISTS, "POST /api/escalations": { status: 201, body: onCall } });
  renderFleet(<NewPathPage />, "/incidents/paths/new", "/incidents/paths/new");
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("It needs a name.")).toBeTruthy();
  expect(screen.getByText("Choose somebody who is told.")).toBeTruthy();
  fireEvent.change(screen.getByLabelText("Name"), { target: { value: "Nights" } });
  const first = within(screen.getByRole("region", { name: "Step 1" }));
  fireEvent.click(await first.findByRole("checkbox", { name: "mail" }));
  fireEvent.click(screen.getByRole("button", { name: "Add a step" }));
  const second = within(screen.getByRole("region", { name: "Step 2" }));
  fireEvent.click(second.getByRole("checkbox", { name: "pager" }));
  fireEvent.click(second.getByRole("checkbox", { name: "Only at some hours" }));
  const moments = within(screen.getByRole("list", { name: "Who would be told" }));
  expect(moments.getAllByRole("listitem").map((one) => one.textContent)).toEqual([
    "At oncemail",
    expect.stringMatching(/^After 15 minpageronly daily 07:00–22:00/),
  ]);
  fireEvent.click(screen.getByRole("button", { name: "Warning" }));
  expect(screen.getByText("pager (does not want this severity)")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent.find(({ what }) => what === "POST /api/escalations")).toBeTruthy());
  expect(sent.find(({ what }) => what === "POST /api/escalations")?.body).toMatchObject({
    name: "Nights",
    steps: [
      { after_minutes: 0, channel_ids: ["1"], time_window: null },
      { after_minutes: 15, channel_ids: ["2"], time_window: { from: "07:00", to: "22:00" } },
    ],
    repeat_last_minutes: null,
    is_default: false,
  });
});

it("keeps what was typed when the server refuses, and says it at its field", async () => {
  const refused = {
    code: "validation_failed",
    status: 422,
    detail: "",
    errors: [{ field: "steps[1].channel_ids", code: "odd", message: "gone" }],
  };
  fakeNetwork({ ...LISTS, "GET /api/escalations/2": { body: onCall }, "PUT /api/escalations/2": { status: 422, body: refused } });
  renderFleet(<PathPage />, "/incidents/paths/2", "/incidents/paths/:id");
  fireEvent.change(await screen.findByLabelText("Name"), { target: { value: "Days" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await within(screen.getByRole("region", { name: "Step 2" })).findByText("gone")).toBeTruthy();
  expect((screen.getByLabelText("Name") as HTMLInputElement).value).toBe("Days");
});

it("lets who may only look see it all and change nothing", async () => {
  const { me } = useSession.getState();
  if (me) useSession.setState({ me: { ...me, role: "viewer" } });
  fakeNetwork({ ...LISTS, "GET /api/escalations/2": { body: onCall } });
  renderFleet(<PathPage />, "/incidents/paths/2", "/incidents/paths/:id");
  expect(((await screen.findByLabelText("Name")) as HTMLInputElement).matches(":disabled")).toBe(true);
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Remove" })).toBeNull();
});
