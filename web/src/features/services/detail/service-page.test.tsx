import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import evidence from "../../../../../contract/examples/getHealthCheckEvidence.json";
import series from "../../../../../contract/examples/getSeries.json";
import latency from "../../../../../contract/examples/getServiceLatency.json";
import sla from "../../../../../contract/examples/getServiceSla.json";
import states from "../../../../../contract/examples/getServiceStates.json";
import uptime from "../../../../../contract/examples/getServiceUptime.json";
import checks from "../../../../../contract/examples/listHealthChecks.json";
import { useSession } from "../../../api/session";
import type { Service } from "../../../fleet/nouns";
import { type Answers, exampleServices, fakeNetwork, fillWorld, renderFleet } from "../../../test/render-fleet";
import { ServicePage } from "./service-page";

const [shop] = exampleServices as [Service];
const seen = checks.find((one) => one.has_evidence);

function open(part: Partial<Service> = {}, answers: Answers = {}, role: "viewer" | "admin" = "admin") {
  const sent = fakeNetwork({
    "GET /api/metrics/series": { body: { ...series, series: [] } },
    "GET /api/services/1/latency": { body: latency },
    "GET /api/services/1/states": { body: states },
    "GET /api/services/1/uptime": { body: uptime },
    "GET /api/services/1/sla": { body: sla },
    "GET /api/health-checks": { body: checks },
    "GET /api/health-checks/latest/1": { body: checks[0] },
    [`GET /api/health-checks/${seen?.id}/evidence`]: { body: evidence },
    ...answers,
  });
  fillWorld({ services: [{ ...shop, ...part }] });
  const { me } = useSession.getState();
  if (me) useSession.setState({ me: { ...me, role } });
  return { ...renderFleet(<ServicePage />, "/services/1", "/services/:id"), sent };
}

describe("the page of a service", () => {
  it("says its state in words, since when, and whose it is", () => {
    open();
    expect(screen.getByRole("heading", { level: 1, name: "Shop" })).toBeTruthy();
    expect(screen.getByRole("link", { name: "web-00006" }).getAttribute("href")).toBe("/vms/101");
    expect(screen.queryByRole("alert")).toBeNull();
  });
  it("says why it is down, with what to read", () => {
    open({ status: "down", phase: "down", reason: "conn_refused" });
    const notice = screen.getByRole("alert");
    expect(within(notice).getByText(/connection was refused/)).toBeTruthy();
    expect(within(notice).getByRole("link", { name: "What to do (runbook)" }).getAttribute("href")).toBe("https://wiki.example.org/shop");
  });
  it("says of a fault of our own what to do, and calls it unknown", () => {
    open({ status: "unknown", phase: "unknown", reason: "permission" });
    expect(screen.getByText(/ping_group_range/)).toBeTruthy();
    expect(screen.getByText("Unknown", { selector: "header span" })).toBeTruthy();
  });
  it("names what is to blame when it cannot be reached", () => {
    open({ status: "unreachable", cause: { kind: "node", id: "12", name: "pve12", status: "offline" } });
    expect(screen.getByText(/What it runs on is down \(node\)/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "pve12" }).getAttribute("href")).toBe("/nodes/12");
  });
  it("does not call a failure an outage before it is confirmed", () => {
    open({ status: "up", phase: "soft_down", reason: "timeout_phase", reason_parameter: "connect" });
    expect(screen.getByText(/called down after 3 failures in a row/)).toBeTruthy();
    expect(screen.getByText(/time ran out at: Connect/)).toBeTruthy();
  });
  it("makes no link of what is none", () => {
    open({ status: "down", phase: "down", reason: "conn_refused", runbook_url: "javascript:alert(1)" });
    expect(screen.queryByRole("link", { name: /runbook/ })).toBeNull();
  });
  it("says a reason it does not know as the server words it", () => {
    open({ status: "down", phase: "down", reason: "quantum_flip", reason_detail: "state (|1>) == |0>" });
    expect(screen.getByText("quantum_flip: state (|1>) == |0>")).toBeTruthy();
  });
  it("walks along the bar of its states with the arrow keys", async () => {
    open();
    const bar = await screen.findByRole("slider", { name: "State over time" });
    fireEvent.keyDown(bar, { key: "Home" });
    expect(bar.getAttribute("aria-valuetext")).toMatch(/^\w+.* – .*: /);
    const before = bar.getAttribute("aria-valuetext");
    fireEvent.keyDown(bar, { key: "ArrowRight" });
    expect(bar.getAttribute("aria-valuetext")).not.toBe(before);
  });
  it("checks now when told to", async () => {
    const { sent } = open({}, { "POST /api/services/1/check": { body: checks[0] } });
    fireEvent.click(screen.getByRole("button", { name: "Check now" }));
    await waitFor(() => expect(sent.some((one) => one.what === "POST /api/services/1/check")).toBe(true));
  });
  it("deletes only after asking once, by name", () => {
    open();
    expect(screen.getByLabelText("Delete Shop?").hasAttribute("open")).toBe(false);
  });
  it("shows what a failed check saw to who may configure, and asks for it only then", async () => {
    const { sent } = open();
    const buttons = await screen.findAllByRole("button", { name: "Show" });
    expect(sent.some((one) => one.what.endsWith("/evidence"))).toBe(true);
    fireEvent.click(buttons[0] as HTMLElement);
    expect((await screen.findAllByText(new RegExp(evidence.headers.slice(0, 12)))).length).toBeGreaterThan(0);
  });
  it("keeps evidence and buttons from viewers", async () => {
    const { sent } = open({}, {}, "viewer");
    await screen.findByRole("table", { name: "Results" });
    expect(screen.queryByRole("button", { name: "Check now" })).toBeNull();
    expect(screen.queryByRole("link", { name: "Edit" })).toBeNull();
    expect(sent.some((one) => one.what.endsWith("/evidence"))).toBe(false);
  });
  it("shows the months against another target when asked", async () => {
    const { sent } = open();
    await screen.findByRole("table", { name: "By month" });
    fireEvent.change(screen.getByRole("combobox", { name: "Target" }), { target: { value: "99.99" } });
    await waitFor(() => expect(sent.some((one) => one.url.includes("target_percent=99.99"))).toBe(true));
  });
  it("gives lines to copy for a heartbeat, and its token only when it is made", async () => {
    const { sent } = open(
      { type: "push", target: "" },
      { "POST /api/services/1/push-token": { body: { token: "tok123", path: "/api/push/tok123" } } },
    );
    expect(screen.getAllByText(/\/api\/push\/TOKEN/).length).toBeGreaterThanOrEqual(4);
    fireEvent.click(screen.getByRole("button", { name: "New token" }));
    expect((await screen.findAllByText(/\/api\/push\/tok123/)).length).toBeGreaterThanOrEqual(4);
    expect(sent.filter((one) => one.what === "POST /api/services/1/push-token")).toHaveLength(1);
    expect(screen.queryByRole("button", { name: "Check now" })).toBeNull();
  });
});
