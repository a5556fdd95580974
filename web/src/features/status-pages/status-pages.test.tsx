import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import page from "../../../../contract/examples/getStatusPage.json";
import pages from "../../../../contract/examples/listStatusPages.json";
import { startWords } from "../../i18n/words";
import { fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { moved, slugOf } from "./page-draft";
import { EditStatusPage, NewStatusPage } from "./status-page-editor";
import { StatusPagesPage } from "./status-pages-page";

beforeAll(startWords);
beforeEach(() => fillWorld());

describe("status pages", () => {
  it("are listed with their public address, a link only where anyone may read it", async () => {
    fakeNetwork({ "GET /api/status-pages": { body: pages } });
    renderFleet(<StatusPagesPage />);
    const table = await screen.findByRole("table", { name: "Status pages" });
    for (const one of pages.items) expect(within(table).queryByRole("link", { name: `/status/${one.slug}` }) !== null).toBe(one.is_public);
  });
  it("say what they are for when there is none", async () => {
    fakeNetwork({ "GET /api/status-pages": { body: { items: [], next_cursor: null, total: null } } });
    renderFleet(<StatusPagesPage />);
    expect(await screen.findByRole("heading", { name: "No status page yet" })).toBeTruthy();
  });
  it("take their address from the title until it has one of its own", async () => {
    const sent = fakeNetwork({ "POST /api/status-pages": { status: 201, body: page } });
    renderFleet(<NewStatusPage />);
    fireEvent.change(screen.getByLabelText("Title"), { target: { value: "Vår Østlige Nett-butikk" } });
    expect((screen.getByLabelText("Address of the page") as HTMLInputElement).value).toBe("var-ostlige-nett-butikk");
    fireEvent.change(screen.getByLabelText("Address of the page"), { target: { value: "shop" } });
    fireEvent.change(screen.getByLabelText("Title"), { target: { value: "Shop" } });
    fireEvent.click(screen.getByRole("button", { name: "+ Shop" }));
    fireEvent.change(screen.getByLabelText("What visitors read for Shop"), { target: { value: "Web shop" } });
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent.some((one) => one.what === "POST /api/status-pages")).toBe(true));
    expect(sent.find((one) => one.what === "POST /api/status-pages")?.body).toMatchObject({
      slug: "shop",
      title: "Shop",
      is_public: false,
      groups: [{ name: "", items: [{ service_id: "1", name: "Web shop" }] }],
    });
  });
  it("move their services by buttons, so that keys do", async () => {
    const sent = fakeNetwork({
      [`GET /api/status-pages/${page.id}`]: { body: page },
      [`PUT /api/status-pages/${page.id}`]: { body: page },
    });
    renderFleet(<EditStatusPage />, `/status-pages/${page.id}`, "/status-pages/:id");
    const [one, other] = page.groups[0]?.items ?? [];
    fireEvent.click(await screen.findByRole("button", { name: `Move ${one?.name} down` }));
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/Visitors see it within 30 seconds/)).toBeTruthy();
    const body = sent.find((asked) => asked.what.startsWith("PUT"))?.body as { groups: { items: { name: string }[] }[] };
    expect(body.groups[0]?.items.slice(0, 2).map((item) => item.name)).toEqual([other?.name, one?.name]);
  });
});

describe("the parts of it", () => {
  it("make an address of any title", () => {
    expect(slugOf("  Æble & Øl — Straße 9  ")).toBe("aeble-ol-strasse-9");
    expect(slugOf("!!!")).toBe("");
  });
  it("stay where they are at the edge", () => {
    expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 0, 1)).toEqual(["b", "a"]);
  });
});
