import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import created from "../../../../../contract/examples/createService.json";
import tested from "../../../../../contract/examples/testService.json";
import { startWords } from "../../../i18n/words";
import { exampleServices, fakeNetwork, fillWorld, renderFleet } from "../../../test/render-fleet";
import { EditServicePage, NewServicePage } from "./edit-page";

const type = (label: string, value: string) => fireEvent.change(screen.getAllByLabelText(label)[0] as HTMLElement, { target: { value } });
const bodyOf = (sent: ReturnType<typeof fakeNetwork>, what: string) => sent.find((one) => one.what === what)?.body as Record<string, never>;

beforeAll(startWords);
beforeEach(() => fillWorld());

describe("the editor of services", () => {
  it("makes a service of a name and an address, with sensible defaults", async () => {
    const sent = fakeNetwork({ "POST /api/services": { status: 201, body: { ...created, push_token: null } } });
    const { router } = renderFleet(<NewServicePage />);
    const make = screen.getByRole("button", { name: "Create" });
    expect(make.hasAttribute("disabled")).toBe(true);
    type("Name", "Wiki");
    type("Address (URL)", "https://wiki.example.org");
    fireEvent.click(make);
    await waitFor(() => expect(router.state.location.pathname).toBe(`/services/${created.id}`));
    expect(bodyOf(sent, "POST /api/services")).toMatchObject({
      name: "Wiki",
      type: "https",
      target: "https://wiki.example.org",
      check_interval: 60,
      retries: 2,
      options: { http: { method: "GET", expected_status: "200-299" }, tls: { verify: true, warn_days: 14 } },
    });
  });
  it("tests what the form holds, stores nothing, and says what was found in words", async () => {
    const sent = fakeNetwork({ "POST /api/services/test": { body: tested } });
    renderFleet(<NewServicePage />);
    type("Address (URL)", "http://shop.example.org");
    fireEvent.click(screen.getByRole("button", { name: "Test now" }));
    const panel = await screen.findByRole("region", { name: "Test" });
    expect(await within(panel).findByText("The status code of the answer is none of the good ones.")).toBeTruthy();
    expect(within(panel).getByText("status 503")).toBeTruthy();
    expect(within(panel).getByText("405 ms", { selector: "b" })).toBeTruthy();
    expect(bodyOf(sent, "POST /api/services/test")).toMatchObject({ type: "http", target: "http://shop.example.org" });
    expect(sent.map((one) => one.what)).not.toContain("POST /api/services");
  });
  it("puts what the server found wrong beside its field, and opens the section it is in", async () => {
    const problem = {
      type: "",
      title: "",
      status: 422,
      detail: "wrong",
      instance: "",
      code: "validation_failed",
      request_id: "",
      errors: [{ field: "options.http.proxy", code: "not_known_here", message: "not an address of a proxy" }],
    };
    fakeNetwork({ "POST /api/services": { status: 422, body: problem } });
    renderFleet(<NewServicePage />);
    type("Name", "Wiki");
    type("Address (URL)", "https://wiki.example.org");
    fireEvent.click(screen.getByRole("button", { name: "Create" }));
    const wrong = await screen.findByText("not an address of a proxy");
    expect(wrong.closest("details")?.hasAttribute("open")).toBe(true);
  });
  it("shows the token of a heartbeat once, with lines to copy", async () => {
    fakeNetwork({ "POST /api/services": { status: 201, body: { ...created, type: "push", push_token: "tok987" } } });
    renderFleet(<NewServicePage />, "/?type=push");
    expect(screen.getByText(/there is nothing to ask/)).toBeTruthy();
    type("Name", "Nightly backup");
    fireEvent.click(screen.getByRole("button", { name: "Create" }));
    expect((await screen.findAllByText(/\/api\/push\/tok987/)).length).toBeGreaterThanOrEqual(4);
  });
  it("begins with the guest that it was opened for", async () => {
    const sent = fakeNetwork({ "POST /api/services": { status: 201, body: { ...created, push_token: null } } });
    renderFleet(<NewServicePage />, "/?vm_id=101&type=ping");
    expect((screen.getByLabelText("Name or VM ID") as HTMLInputElement).value).toBe("web-00006");
    type("Name", "Ping");
    type("Host", "10.0.0.1");
    fireEvent.click(screen.getByRole("button", { name: "Create" }));
    await waitFor(() => expect(bodyOf(sent, "POST /api/services")).toMatchObject({ vm_id: "101", node_id: null }));
  });
  it("changes a service without sending the secrets it keeps", async () => {
    const sent = fakeNetwork({ "PUT /api/services/1": { body: exampleServices[0] } });
    const { router } = renderFleet(<EditServicePage />, "/services/1/edit", "/services/:id/edit");
    type("Name", "Shop two");
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/services/1"));
    const body = bodyOf(sent, "PUT /api/services/1");
    expect(body).toMatchObject({ name: "Shop two", vm_id: "101" });
    expect(JSON.stringify(body)).not.toContain('"secret"');
    expect(JSON.stringify(body)).not.toContain('"client_key_pem"');
  });
});
