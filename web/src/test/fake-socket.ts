// The other end of a WebSocket, in the hands of the test: the one boundary where the wire itself is replaced.
import type { ClientMessage, ServerMessage } from "../live/subscriptions";
import type { Item, Stream } from "../live/world";
import { example } from "./fake-server";

export class FakeSocket {
  static readonly opened: FakeSocket[] = [];
  readyState = 1;
  readonly sent: ClientMessage[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.opened.push(this);
  }

  static get last(): FakeSocket {
    const last = FakeSocket.opened.at(-1);
    if (!last) throw new Error("no socket was opened");
    return last;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }

  /** By the page. */
  close(): void {
    this.readyState = 3;
  }

  /** By the server or the network. */
  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  hello(epoch = "e1"): void {
    const hello = example<Extract<ServerMessage, { type: "hello" }>>("LiveHello");
    this.say({ ...hello, data: { ...hello.data, epoch } });
  }

  sentOf<T extends ClientMessage["type"]>(type: T): Extract<ClientMessage, { type: T }>[] {
    return this.sent.filter((one): one is Extract<ClientMessage, { type: T }> => one.type === type);
  }

  /** The name the page gave its newest subscription of this stream. */
  idOf(stream: Stream): string {
    const found = this.sentOf("subscribe").findLast((one) => one.data.stream === stream);
    if (!found) throw new Error(`${stream} was not subscribed`);
    return found.data.id;
  }

  snapshot(stream: Stream, seq: number, items: readonly Item[], more = false): void {
    this.say({
      type: "snapshot",
      id: this.idOf(stream),
      stream,
      seq,
      timestamp: NOW,
      data: { items: items.map((item) => ({ ...item })), more },
    });
  }

  delta(stream: Stream, seq: number, set: readonly (Item & Record<string, unknown>)[], removed: readonly string[] = []): void {
    this.say({ type: "delta", id: this.idOf(stream), stream, seq, timestamp: NOW, data: { set: [...set], removed: [...removed] } });
  }

  subscribed(stream: Stream, seq: number): void {
    this.say({ type: "subscribed", id: this.idOf(stream), stream, seq, timestamp: NOW, data: {} });
  }
}

const NOW = "2026-11-23T12:00:00.000Z";
