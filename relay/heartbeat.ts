/**
 * The heartbeat of every socket, from one timer: sockets are spread over the slots of a wheel that turns once per
 * interval, so that ten thousand pings do not leave in one moment.
 */
import type { Clock, Timer } from "./clock.ts";
import { HEARTBEAT_INTERVAL_MS } from "./limits.ts";
import type { PeerSocket } from "./peer-socket.ts";

const SLOTS = 25;

export class Heartbeat {
  private readonly clock: Clock;
  private readonly slots = Array.from({ length: SLOTS }, () => new Set<PeerSocket>());
  private readonly slotOf = new WeakMap<PeerSocket, Set<PeerSocket>>();
  private added = 0;
  private turn = 0;
  private timer: Timer | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  start(): void {
    this.timer = this.clock.after(HEARTBEAT_INTERVAL_MS / SLOTS, () => {
      for (const peer of this.slots[this.turn % SLOTS] ?? []) peer.beat();
      this.turn += 1;
      this.start();
    });
  }

  stop(): void {
    this.timer?.cancel();
  }

  add(peer: PeerSocket): void {
    const slot = this.slots[this.added % SLOTS];
    this.added += 1;
    slot?.add(peer);
    if (slot !== undefined) this.slotOf.set(peer, slot);
  }

  remove(peer: PeerSocket): void {
    this.slotOf.get(peer)?.delete(peer);
  }
}
