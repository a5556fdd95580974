// Which streams are wanted, and how far each one is. Speaks the protocol over a line that may come and go:
//   -> subscribe {id, stream, last_seq?, epoch?}      <- subscribed, snapshot {items, more}..., delta {set, removed}...
// seq grows by exactly 1; a gap asks for a resync, and until its snapshot is whole what is shown stays as it was.
import type { components } from "../api/schema.gen";
import { setPhase } from "./status";
import { applyDelta, applySnapshot, type Item, type Stream } from "./world";

type Schemas = components["schemas"];
export type ClientMessage = Schemas["LiveClientMessage"];
export type ServerMessage = Schemas["LiveServerMessage"];
type Snapshot = Schemas["LiveSnapshot"];
type Delta = Schemas["LiveDelta"];

interface Wanted {
  count: number;
  /** Name of the subscription on the present line; null = not subscribed there. */
  id: string | null;
  /** Of the last whole state that the world shows; null = none yet. */
  seq: number | null;
  /** The snapshot on its way. */
  parts: { seq: number; items: Map<string, Item> } | null;
  isResyncing: boolean;
  release: ReturnType<typeof setTimeout> | null;
}

/** A page left for a moment is found as it was. The server keeps its side for a minute. */
const LINGER_MS = 30_000;

export class Subscriptions {
  private readonly wanted = new Map<Stream, Wanted>();
  private send: ((message: ClientMessage) => void) | null = null;
  private epoch: string | null = null;
  private made = 0;

  /** From now on this stream is kept up to date; the answer ends that. */
  want(stream: Stream): () => void {
    const one = this.wanted.get(stream) ?? { count: 0, id: null, seq: null, parts: null, isResyncing: false, release: null };
    this.wanted.set(stream, one);
    one.count += 1;
    if (one.release) clearTimeout(one.release);
    one.release = null;
    if (one.id === null) this.subscribe(stream, one);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      one.count -= 1;
      if (one.count === 0) one.release = setTimeout(() => this.drop(one), LINGER_MS);
    };
  }

  /** The server has said hello: subscribe again, from where we were if it is still the same server. */
  attach(epoch: string, send: (message: ClientMessage) => void): void {
    if (epoch !== this.epoch) for (const one of this.wanted.values()) one.seq = null;
    this.epoch = epoch;
    this.send = send;
    for (const [stream, one] of this.wanted) if (one.count > 0) this.subscribe(stream, one);
  }

  detach(): void {
    this.send = null;
    for (const one of this.wanted.values()) {
      one.id = null;
      one.parts = null;
      one.isResyncing = false;
    }
  }

  /** Another person may see other things: nothing of before counts. */
  forget(): void {
    this.detach();
    this.epoch = null;
    for (const one of this.wanted.values()) one.seq = null;
  }

  handle(message: ServerMessage): void {
    if (message.type === "error") this.refused(message.data.id, message.data.code);
    if (message.type !== "subscribed" && message.type !== "snapshot" && message.type !== "delta") return;
    const one = this.wanted.get(message.stream);
    if (!one || one.id !== message.id) return;
    if (message.type === "snapshot") this.snapshot(one, message);
    else if (message.type === "delta") this.delta(one, message);
    // A resumed stream shows what it had until the missed deltas are in.
    else if (one.seq !== null) setPhase(message.stream, "ready");
  }

  private snapshot(one: Wanted, { stream, seq, data }: Snapshot): void {
    if (one.parts?.seq !== seq) one.parts = { seq, items: new Map() };
    for (const item of data.items) one.parts.items.set(item.id, item);
    if (data.more) return;
    applySnapshot(stream, one.parts.items);
    one.parts = null;
    one.isResyncing = false;
    one.seq = seq;
    setPhase(stream, "ready");
  }

  private delta(one: Wanted, { id, stream, seq, data }: Delta): void {
    if (one.isResyncing || one.seq === null || seq <= one.seq) return;
    if (seq !== one.seq + 1) {
      one.isResyncing = true;
      this.send?.({ type: "resync", data: { id } });
      return;
    }
    one.seq = seq;
    applyDelta(stream, data.set, data.removed);
  }

  private refused(id: string | null, code: string): void {
    for (const [stream, one] of this.wanted) {
      if (id === null || one.id !== id) continue;
      one.id = null;
      setPhase(stream, code === "forbidden" || code === "scope_missing" ? "forbidden" : "failed");
    }
  }

  private subscribe(stream: Stream, one: Wanted): void {
    if (!this.send) return;
    this.made += 1;
    one.id = `${stream}.${this.made}`;
    const resume = one.seq !== null && this.epoch !== null ? { last_seq: one.seq, epoch: this.epoch } : {};
    this.send({ type: "subscribe", data: { id: one.id, stream, ...resume } });
  }

  private drop(one: Wanted): void {
    one.release = null;
    if (one.id !== null) this.send?.({ type: "unsubscribe", data: { id: one.id } });
    one.id = null;
    one.parts = null;
    one.isResyncing = false;
  }
}
