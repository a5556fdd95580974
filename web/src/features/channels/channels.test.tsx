import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import channel from "../../../../contract/examples/getNotificationChannel.json";
import channels from "../../../../contract/examples/listNotificationChannels.json";
import deliveries from "../../../../contract/examples/listNotifications.json";
import preview from "../../../../contract/examples/previewNotificationChannel.json";
import test from "../../../../contract/examples/testNotificationChannel.json";
import { useSession } from "../../api/session";
import type { Channel } from "../../fleet/nouns";
import { startWords } from "../../i18n/words";
import { fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { ChannelPage, NewChannelPage } from "./channel-page";
import { ChannelsPage } from "./channels-page";
import { DeliveriesPage } from "./deliveries-page";
import { bodyOf, draftOf, isComplete } from "./draft";
import { stateOf } from "./standing";

beforeAll(startWords);
beforeEach(() => fillWorld());

const LIST = "GET /api/notification-channels";
const ONE = `GET /api/notification-channels/${channel.id}`;
const WITH_PREVIEW = { [ONE]: { body: channel }, [`${ONE}/preview`]: { body: preview } };
const openChannel = () => renderFleet(<ChannelPage />, `/settings/channels/${channel.id}`, "/settings/channels/:id");
const become = (role: "viewer") => useSession.setState(({ me }) => ({ me: me && { ...me, role } }));

describe("the list of channels", () => {
  it("says how each stands, what waits, and what was given up", async () => {
    fakeNetwork({ [LIST]: { body: channels } });
    renderFleet(<ChannelsPage />);
    const row = (await screen.findByRole("link", { name: "House mail" })).closest("tr") as HTMLElement;
    expect(within(row).getByText("Failing")).toBeTruthy();
    expect(within(row).getByText(/192\.0\.2\.25/)).toBeTruthy();
    expect(within(row).getByRole("link", { name: "14" }).getAttribute("href")).toBe("/settings/deliveries?channel=2");
    expect(within(row).getByRole("link", { name: "2" }).getAttribute("href")).toBe("/settings/deliveries?channel=2&state=dead");
  });
  it("says what a channel is when there is none", async () => {
    fakeNetwork({ [LIST]: { body: [] } });
    renderFleet(<ChannelsPage />);
    expect(await screen.findByRole("heading", { name: "No channel yet" })).toBeTruthy();
    expect(screen.getByRole("link", { name: "New channel" })).toBeTruthy();
  });
  it("offers nothing to change to who may only look", async () => {
    become("viewer");
    fakeNetwork({ [LIST]: { body: [] } });
    renderFleet(<ChannelsPage />);
    await screen.findByRole("heading", { name: "No channel yet" });
    expect(screen.queryByRole("link", { name: "New channel" })).toBeNull();
  });
  it("can be asked for again when it failed", async () => {
    fakeNetwork({ [LIST]: { status: 503, body: { code: "unavailable", detail: "busy", status: 503 } } });
    renderFleet(<ChannelsPage />);
    expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
  });
});

describe("the form of a channel", () => {
  it("asks for what its type needs and sends that", async () => {
    const sent = fakeNetwork({ "POST /api/notification-channels": { status: 201, body: channel } });
    renderFleet(<NewChannelPage />);
    fireEvent.change(screen.getByLabelText("Type"), { target: { value: "telegram" } });
    const save = screen.getByRole("button", { name: "Save" }) as HTMLButtonElement;
    fireEvent.change(screen.getByLabelText("Name"), { target: { value: "chat" } });
    fireEvent.change(screen.getByLabelText("Bot token"), { target: { value: "1:k" } });
    expect(save.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText("Chat"), { target: { value: "-100" } });
    fireEvent.click(screen.getByLabelText("Notices"));
    fireEvent.click(save);
    await waitFor(() => expect(sent.length).toBeGreaterThan(0));
    expect(sent[0]?.body).toMatchObject({
      name: "chat",
      type: "telegram",
      settings: { bot_token: "1:k", chat_id: "-100", thread_id: null },
      severity_filter: ["critical", "warning"],
    });
  });
  it("wants at least one severity, and says so at the field", async () => {
    const sent = fakeNetwork(WITH_PREVIEW);
    openChannel();
    for (const name of ["Critical", "Warnings", "Notices"]) {
      const box = (await screen.findByLabelText(name)) as HTMLInputElement;
      if (box.checked) fireEvent.click(box);
    }
    expect((screen.getByLabelText("Notices") as HTMLInputElement).checked).toBe(false);
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/Choose at least one/)).toBeTruthy();
    expect(sent.some((one) => one.what.startsWith("PUT"))).toBe(false);
  });
  it("keeps a secret that nobody typed, and says what the server finds wrong", async () => {
    const wrong = "must be entered again, because it would go to another address";
    const sent = fakeNetwork({
      ...WITH_PREVIEW,
      [`PUT /api/notification-channels/${channel.id}`]: {
        status: 422,
        body: { code: "invalid", detail: "", status: 422, errors: [{ field: "settings.password", code: "required", message: wrong }] },
      },
    });
    openChannel();
    fireEvent.change(await screen.findByLabelText("Mail server"), { target: { value: "other.example" } });
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(wrong)).toBeTruthy();
    const body = sent.find((one) => one.what.startsWith("PUT"))?.body as { settings: Record<string, unknown> };
    expect(body.settings).not.toHaveProperty("password");
    expect(body.settings).toMatchObject({ host: "other.example", port: 587 });
  });
  it("tests the channel and tells what the receiver answered", async () => {
    fakeNetwork({ ...WITH_PREVIEW, [`POST /api/notification-channels/${channel.id}/test`]: { body: test } });
    openChannel();
    fireEvent.click(await screen.findByRole("button", { name: "Send a test message" }));
    const told = await screen.findByText("Refused; it would be given up.");
    expect(told.parentElement?.textContent).toContain("answered with status 403");
    expect(screen.getByText(/forbidden/)).toBeTruthy();
  });
  it("shows how a message would look", async () => {
    fakeNetwork(WITH_PREVIEW);
    openChannel();
    expect(await screen.findByText("Critical: pve1")).toBeTruthy();
  });
  it("is not there for who may only look", async () => {
    become("viewer");
    fakeNetwork({ [ONE]: { body: channel } });
    openChannel();
    expect(await screen.findByRole("heading", { name: "House mail" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  });
});

describe("deliveries", () => {
  it("say why one was given up, and try it again", async () => {
    const sent = fakeNetwork({
      [LIST]: { body: channels },
      "GET /api/notifications": { body: deliveries },
      "POST /api/notifications/3/retry": { body: deliveries.items[0] },
    });
    renderFleet(<DeliveriesPage />, "/settings/deliveries?state=dead", "/settings/deliveries");
    expect(await screen.findByText("answered with status 404")).toBeTruthy();
    expect(sent.some((one) => one.url.includes("state=dead"))).toBe(true);
    expect(screen.getAllByRole("button", { name: "Try again" })).toHaveLength(1);
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(sent.some((one) => one.what === "POST /api/notifications/3/retry")).toBe(true));
  });
  it("say so when nothing was told yet", async () => {
    fakeNetwork({ [LIST]: { body: channels }, "GET /api/notifications": { body: { items: [], next_cursor: null } } });
    renderFleet(<DeliveriesPage />);
    expect(await screen.findByText("Nothing was told yet")).toBeTruthy();
  });
});

describe("the parts of it", () => {
  const mail = channel as Channel;
  it("send of a known channel what was there, but its secrets", () => {
    expect(bodyOf(draftOf(mail))).toMatchObject({ settings: channel.settings, language: "en" });
    expect(isComplete(draftOf(mail), [])).toBe(true);
    expect(isComplete({ ...draftOf(mail), name: " " }, [])).toBe(false);
  });
  it("tell a channel that fails from one that gave something up", () => {
    expect(stateOf(mail)).toBe("failing");
    expect(stateOf({ ...mail, last_error: null })).toBe("dead");
    expect(stateOf({ ...mail, last_error: null, dead_letters: 0 })).toBe("works");
    expect(stateOf({ ...mail, is_active: false })).toBe("off");
    expect(stateOf({ ...mail, last_error: null, dead_letters: 0, last_delivery_at: null })).toBe("unused");
  });
});
