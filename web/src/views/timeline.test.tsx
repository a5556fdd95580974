import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import series from "../../../contract/examples/getSeries.json";
import nodeTimeline from "../../../contract/examples/listNodeTimeline.json";
import timeline from "../../../contract/examples/listVmTimeline.json";
import { useRange } from "../fleet/range";
import { useHistory } from "../fleet/use-history";
import { fakeNetwork, fillWorld, renderFleet } from "../test/render-fleet";
import { HistoryPanel } from "./charts/history-panel";
import { RangePicker } from "./charts/range-picker";
import { TimelinePanel } from "./timeline";

const NOTHING: number[] = [];
const METRICS = ["cpu_ratio"];

function OneChart() {
  const control = useRange();
  const state = useHistory("node:1", METRICS, control.range, 0, null, NOTHING);
  return (
    <>
      <RangePicker control={control} />
      <HistoryPanel
        title="CPU"
        unit="percent"
        series={[{ word: "CPU", column: 0 }]}
        state={state}
        cursor="c"
        most={1}
        onZoom={control.zoom}
      />
    </>
  );
}

describe("the timeline", () => {
  it("says in words what happened to a guest, newest first, with what Proxmox said of it", async () => {
    fakeNetwork({ "GET /api/vms/101/timeline": { body: timeline } });
    fillWorld();
    renderFleet(<TimelinePanel kind="vms" id="101" />, "/vms/101", "/vms/:id");
    const list = await screen.findByRole("list", { name: "Timeline" });
    const entries = within(list).getAllByRole("listitem");
    expect(entries.map((entry) => entry.textContent).join("\n")).toMatch(
      /Moved from pve2 to pve1[\s\S]*Migrate[\s\S]*Backup failed.*job errors · root@pam · pve2 · 17 min[\s\S]*Running \(before: Stopped\)/,
    );
  });
  it("names the guests on the timeline of a node, and not the node itself", async () => {
    fakeNetwork({ "GET /api/nodes/1/timeline": { body: nodeTimeline } });
    fillWorld();
    renderFleet(<TimelinePanel kind="nodes" id="1" />, "/nodes/1", "/nodes/:id");
    expect(await screen.findByText("Offline (before: Online)")).toBeTruthy();
    expect(screen.getByText("db-00002: Backup failed")).toBeTruthy();
  });
  it("shows more when there is more", async () => {
    const sent = fakeNetwork({ "GET /api/vms/101/timeline": { body: timeline } });
    fillWorld();
    renderFleet(<TimelinePanel kind="vms" id="101" />, "/vms/101", "/vms/:id");
    fireEvent.click(await screen.findByRole("button", { name: "Show more" }));
    await screen.findByRole("list", { name: "Timeline" });
    expect(sent.map((one) => new URL(one.url, "http://localhost").searchParams.get("limit"))).toEqual(["12", "62"]);
  });
  it("says so when nothing has happened", async () => {
    fakeNetwork({ "GET /api/vms/101/timeline": { body: { items: [], next_cursor: null, total: null } } });
    fillWorld();
    renderFleet(<TimelinePanel kind="vms" id="101" />, "/vms/101", "/vms/:id");
    expect(await screen.findByText("Nothing has happened here yet.")).toBeTruthy();
  });
});

describe("the marks of a chart", () => {
  it("are told to who cannot see them, until they are turned off", async () => {
    fakeNetwork({ "GET /api/metrics/series": { body: series } });
    fillWorld();
    renderFleet(<OneChart />, "/nodes/1", "/nodes/:id");
    const told = /What happened: .*Online \(before: Unreachable\); .*db-00002: Backup failed/;
    expect(await screen.findByRole("img", { name: told })).toBeTruthy();
    const toggle = screen.getByRole("button", { name: "Marks", pressed: true });
    fireEvent.click(toggle);
    expect(screen.getByRole("button", { name: "Marks", pressed: false })).toBeTruthy();
    expect(screen.queryByRole("img", { name: told })).toBeNull();
    expect(screen.getByRole("img", { name: /^CPU: / })).toBeTruthy();
  });
});
