// The line to the server: a ticket, a WebSocket, a heartbeat; after a loss again and again, without giving up.
import type { ClientMessage, ServerMessage, Subscriptions } from "./subscriptions";

export type TicketOutcome = { ticket: string } | "signed-out" | "unreachable";

/** What the line needs from the outside world. */
export interface World {
  ticket: () => Promise<TicketOutcome>;
  open: (url: string) => WebSocket;
  /** The server wants the session renewed, or has ended it. False = it is over. */
  renew: () => Promise<boolean>;
  end: () => void;
  random: () => number;
}

export interface Listener {
  connecting: () => void;
  live: () => void;
  heard: () => void;
  waiting: (retryAt: number) => void;
}

const FIRST_MS = 1000;
const MOST_MS = 30_000;
const GROWTH = 1.5;
const PING_MS = 30_000;
/** From the ticket to hello; a line that never speaks is given up. */
const HELLO_MS = 15_000;

export const SUBPROTOCOL = "monitorix.v1";

const socketAddress = (ticket: string): string => {
  const url = new URL("/ws", globalThis.location.origin);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("ticket", ticket);
  return url.href;
};

export class Line {
  private socket: WebSocket | null = null;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private pulse: ReturnType<typeof setInterval> | null = null;
  private patience: ReturnType<typeof setTimeout> | null = null;
  private isAwaitingPong = false;
  private isRunning = false;
  private failures = 0;
  /** Grows with each attempt; what an older attempt still says is not heard. */
  private attempt = 0;

  constructor(
    private readonly world: World,
    private readonly subscriptions: Subscriptions,
    private readonly listener: Listener,
  ) {}

  start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.failures = 0;
    void this.connect();
  }

  stop(): void {
    this.isRunning = false;
    this.clear();
  }

  /** The network is back or the page is seen again: no need to wait out the pause. */
  hurry(): void {
    if (!this.isRunning || this.retry === null) return;
    void this.connect();
  }

  private async connect(): Promise<void> {
    this.clear();
    const attempt = this.attempt;
    this.listener.connecting();
    const got = await this.world.ticket();
    if (attempt !== this.attempt || !this.isRunning) return;
    if (got === "signed-out") return this.stop();
    if (got === "unreachable") return this.again();
    const socket = this.world.open(socketAddress(got.ticket));
    this.socket = socket;
    this.patience = setTimeout(() => this.again(), HELLO_MS);
    socket.onmessage = (event) => {
      if (attempt === this.attempt) this.hear(JSON.parse(String(event.data)) as ServerMessage);
    };
    socket.onclose = (event) => {
      if (attempt === this.attempt) void this.closed(event.code);
    };
  }

  private hear(message: ServerMessage): void {
    this.listener.heard();
    this.isAwaitingPong = false;
    if (message.type === "hello") this.greet(message.data.epoch);
    else this.subscriptions.handle(message);
  }

  private greet(epoch: string): void {
    if (this.patience) clearTimeout(this.patience);
    this.patience = null;
    this.failures = 0;
    this.subscriptions.attach(epoch, (message) => this.send(message));
    this.pulse = setInterval(() => this.beat(), PING_MS);
    this.listener.live();
  }

  /** A heartbeat that was never answered means a dead line, however open it looks. */
  private beat(): void {
    if (this.isAwaitingPong) {
      this.again();
      return;
    }
    this.isAwaitingPong = true;
    this.send({ type: "ping", data: { timestamp: new Date().toISOString() } });
  }

  private send(message: ClientMessage): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  private async closed(code: number): Promise<void> {
    this.clear();
    if (code === 4403) {
      this.isRunning = false;
      return this.world.end();
    }
    if (code !== 4401) return this.again();
    const attempt = this.attempt;
    const isIn = await this.world.renew();
    if (attempt !== this.attempt || !this.isRunning) return;
    if (isIn) this.again();
    else this.stop();
  }

  /** Full jitter: after a restart of the server a thousand pages do not come back in the same second. */
  private again(): void {
    this.clear();
    if (!this.isRunning) return;
    const most = Math.min(MOST_MS, FIRST_MS * GROWTH ** this.failures);
    this.failures += 1;
    const pause = most * this.world.random();
    this.listener.waiting(Date.now() + pause);
    this.retry = setTimeout(() => void this.connect(), pause);
  }

  private clear(): void {
    this.attempt += 1;
    if (this.retry) clearTimeout(this.retry);
    if (this.pulse) clearInterval(this.pulse);
    if (this.patience) clearTimeout(this.patience);
    this.retry = null;
    this.pulse = null;
    this.patience = null;
    this.isAwaitingPong = false;
    const socket = this.socket;
    this.socket = null;
    this.subscriptions.detach();
    socket?.close();
  }
}
