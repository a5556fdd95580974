import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import created from "../../../../../contract/examples/createService.json";
import report from "../../../../../contract/examples/importServices.json";
import { startWords } from "../../../i18n/words";
import { fakeNetwork, fillWorld, renderFleet } from "../../../test/render-fleet";
import { formatOf, ImportPage } from "./import-page";
import { ManyServicesPage } from "./many-page";

beforeAll(startWords);
beforeEach(() => fillWorld());

describe("many services at once", () => {
  it("are seen before they are made, and what was refused stays to be mended", async () => {
    const failed = [
      {
        index: 1,
        name: "bad.example.org",
        error: "refused",
        errors: [{ field: "name", code: "taken", message: "there is one of this name" }],
      },
    ];
    const sent = fakeNetwork({ "POST /api/services/bulk": { body: { created: [created], failed } } });
    renderFleet(<ManyServicesPage />);
    const box = screen.getByRole("textbox", { name: "Lines" });
    fireEvent.change(box, { target: { value: "https://good.example.org\nbad.example.org\nwhat is this" } });
    expect(screen.getByText("This line is not understood.")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Add 2 services" }));
    expect(await screen.findByText(/1 service was added\. 1 was refused\./)).toBeTruthy();
    expect((box as HTMLTextAreaElement).value).toBe("bad.example.org\nwhat is this");
    expect(screen.getByText("there is one of this name")).toBeTruthy();
    expect((sent.at(-1)?.body as { services: { type: string }[] } | undefined)?.services.map((one) => one.type)).toEqual(["https", "ping"]);
  });
});

describe("an import", () => {
  it("looks first, and does only what it looked at", async () => {
    const sent = fakeNetwork({ "POST /api/services/import": { body: { ...report, dry_run: true, created: 2 } } });
    renderFleet(<ImportPage />);
    const run = screen.getByRole("button", { name: "Import" });
    expect(run.hasAttribute("disabled")).toBe(true);
    fireEvent.change(screen.getByRole("textbox", { name: "Content" }), { target: { value: '{"monitorList": []}' } });
    fireEvent.click(screen.getByRole("button", { name: "See what would happen" }));
    await waitFor(() => expect(run.hasAttribute("disabled")).toBe(false));
    expect(sent[0]?.url).toContain("dry_run=true");
    expect(sent[0]?.body).toMatchObject({ format: "uptime_kuma", on_conflict: "skip" });
    fireEvent.change(screen.getByRole("combobox", { name: "When a name exists already" }), { target: { value: "rename" } });
    expect(run.hasAttribute("disabled")).toBe(true);
  });
  it("knows a file by its name and its words", () => {
    expect(formatOf("services.csv", "")).toBe("csv");
    expect(formatOf("services.yml", "")).toBe("yaml");
    expect(formatOf("", "monitorix_services: 1\nservices:\n- name: web\n")).toBe("yaml");
    expect(formatOf("backup.json", '{"version":"1.23","notificationList":[],"monitorList":[]}')).toBe("uptime_kuma");
    expect(formatOf("services.json", '{"services":[]}')).toBe("json");
  });
});
