import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeSocket } from "../test/fake-socket";
import { Line, type TicketOutcome } from "./socket";
import { setPhase, useLineStatus } from "./status";
import { Subscriptions } from "./subscriptions";
import { clearWorld, useWorld } from "./world";

const vm = (id: string, cpu: number) => ({ id, name: `guest-${id}`, cpu_ratio: cpu });
const cpus = () => Object.fromEntries([...useWorld.getState().vms].map(([id, one]) => [id, one.cpu_ratio]));

let subscriptions: Subscriptions;
let line: Line;
let tickets: TicketOutcome[];
let random = 1;
const renew = vi.fn<() => Promise<boolean>>();
const end = vi.fn();
const waiting = vi.fn<(retryAt: number) => void>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  FakeSocket.opened.length = 0;
  clearWorld();
  setPhase("vms", "loading");
  tickets = [];
  random = 1;
  renew.mockResolvedValue(true);
  subscriptions = new Subscriptions();
  let made = 0;
  line = new Line(
    {
      ticket: async () => tickets.shift() ?? { ticket: `t${++made}` },
      open: (url) => new FakeSocket(url) as unknown as WebSocket,
      renew,
      end,
      random: () => random,
    },
    subscriptions,
    { connecting: () => undefined, live: () => undefined, heard: () => undefined, waiting },
  );
});
afterEach(() => {
  line.stop();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

async function liveOn(seq = 12) {
  subscriptions.want("vms");
  line.start();
  await settle();
  FakeSocket.last.hello();
  FakeSocket.last.snapshot("vms", seq, [vm("1", 0.1), vm("2", 0.2)]);
}

describe("a stream", () => {
  it("is shown only when its snapshot is whole", async () => {
    subscriptions.want("vms");
    line.start();
    await settle();
    FakeSocket.last.hello();
    FakeSocket.last.snapshot("vms", 5, [vm("1", 0.1)], true);
    expect(useWorld.getState().vms.size).toBe(0);
    FakeSocket.last.snapshot("vms", 5, [vm("2", 0.2)]);
    expect(cpus()).toEqual({ 1: 0.1, 2: 0.2 });
    expect(useLineStatus.getState().phases.vms).toBe("ready");
  });

  it("follows its deltas: changed members, new objects, removed ones", async () => {
    await liveOn();
    FakeSocket.last.delta("vms", 13, [{ id: "1", cpu_ratio: 0.9 }, vm("3", 0.3)], ["2"]);
    expect(cpus()).toEqual({ 1: 0.9, 3: 0.3 });
    expect(useWorld.getState().vms.get("1")?.name).toBe("guest-1");
  });

  it("takes a delta that comes twice once", async () => {
    await liveOn();
    FakeSocket.last.delta("vms", 13, [{ id: "1", cpu_ratio: 0.9 }]);
    FakeSocket.last.delta("vms", 14, [{ id: "1", cpu_ratio: 0.5 }]);
    FakeSocket.last.delta("vms", 13, [{ id: "1", cpu_ratio: 0.9 }]);
    expect(cpus()).toEqual({ 1: 0.5, 2: 0.2 });
    expect(FakeSocket.last.sentOf("resync")).toHaveLength(0);
  });

  it("asks for everything anew after a gap, and shows nothing half until it is there", async () => {
    await liveOn();
    FakeSocket.last.delta("vms", 15, [{ id: "1", cpu_ratio: 0.9 }]);
    FakeSocket.last.delta("vms", 16, [{ id: "1", cpu_ratio: 0.95 }]);
    expect(FakeSocket.last.sentOf("resync")).toEqual([{ type: "resync", data: { id: FakeSocket.last.idOf("vms") } }]);
    expect(cpus()).toEqual({ 1: 0.1, 2: 0.2 });
    FakeSocket.last.snapshot("vms", 16, [vm("1", 0.95)]);
    FakeSocket.last.delta("vms", 17, [{ id: "1", cpu_ratio: 0.97 }]);
    expect(cpus()).toEqual({ 1: 0.97 });
  });

  it("is left a while after the last page that wanted it, not at once", async () => {
    const release = subscriptions.want("vms");
    line.start();
    await settle();
    FakeSocket.last.hello();
    release();
    subscriptions.want("vms")();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(FakeSocket.last.sentOf("unsubscribe")).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2000);
    expect(FakeSocket.last.sentOf("unsubscribe")).toHaveLength(1);
    expect(FakeSocket.last.sentOf("subscribe")).toHaveLength(1);
  });
});

describe("after a loss", () => {
  it("the line comes back with a new ticket and continues from the last message", async () => {
    await liveOn();
    FakeSocket.last.delta("vms", 13, [{ id: "1", cpu_ratio: 0.9 }]);
    FakeSocket.last.drop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(FakeSocket.opened.map((one) => new URL(one.url).searchParams.get("ticket"))).toEqual(["t1", "t2"]);
    FakeSocket.last.hello("e1");
    expect(FakeSocket.last.sentOf("subscribe")[0]?.data).toMatchObject({ stream: "vms", last_seq: 13, epoch: "e1" });
    FakeSocket.last.subscribed("vms", 14);
    FakeSocket.last.delta("vms", 14, [{ id: "2", cpu_ratio: 0.7 }]);
    expect(cpus()).toEqual({ 1: 0.9, 2: 0.7 });
  });

  it("a server that started anew is asked for everything", async () => {
    await liveOn();
    FakeSocket.last.drop();
    await vi.advanceTimersByTimeAsync(1000);
    FakeSocket.last.hello("e2");
    expect(FakeSocket.last.sentOf("subscribe")[0]?.data).not.toHaveProperty("last_seq");
    FakeSocket.last.snapshot("vms", 1, [vm("9", 0.4)]);
    expect(cpus()).toEqual({ 9: 0.4 });
  });

  it("it is tried for ever, with pauses that grow by half to 30 seconds", async () => {
    tickets = Array.from({ length: 20 }, () => "unreachable");
    line.start();
    await settle();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const retryAt = waiting.mock.lastCall?.[0] ?? 0;
      pauses.push(Math.round(retryAt - Date.now()));
      await vi.advanceTimersByTimeAsync(retryAt - Date.now());
    }
    expect(pauses.slice(0, 4)).toEqual([1000, 1500, 2250, 3375]);
    expect(pauses.slice(-5)).toEqual([30_000, 30_000, 30_000, 30_000, 30_000]);
    expect(FakeSocket.opened).toHaveLength(1);
  });

  it("the pause is a random part of that, so that a thousand pages do not come at once", async () => {
    random = 0.25;
    tickets = ["unreachable"];
    line.start();
    await settle();
    expect((waiting.mock.lastCall?.[0] ?? 0) - Date.now()).toBe(250);
  });

  it("the network's return cuts the pause short", async () => {
    tickets = ["unreachable"];
    line.start();
    await settle();
    line.hurry();
    await settle();
    expect(FakeSocket.opened).toHaveLength(1);
  });
});

describe("a line", () => {
  it("that answers no ping within the next beat is given up", async () => {
    await liveOn();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(FakeSocket.last.sentOf("ping")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(FakeSocket.opened).toHaveLength(2);
  });

  it("whose session has expired renews it and comes back", async () => {
    await liveOn();
    FakeSocket.last.drop(4401);
    await vi.advanceTimersByTimeAsync(1000);
    expect(renew).toHaveBeenCalledOnce();
    expect(FakeSocket.opened).toHaveLength(2);
  });

  it("whose session is over stays away", async () => {
    renew.mockResolvedValue(false);
    await liveOn();
    FakeSocket.last.drop(4401);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(FakeSocket.opened).toHaveLength(1);
  });

  it("of a disabled user ends the session", async () => {
    await liveOn();
    FakeSocket.last.drop(4403);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(end).toHaveBeenCalledOnce();
    expect(FakeSocket.opened).toHaveLength(1);
  });

  it("that was stopped and goes on misses nothing", async () => {
    await liveOn();
    line.stop();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(FakeSocket.opened).toHaveLength(1);
    line.start();
    await settle();
    FakeSocket.last.hello();
    expect(FakeSocket.last.sentOf("subscribe")[0]?.data).toMatchObject({ last_seq: 12 });
  });
});
