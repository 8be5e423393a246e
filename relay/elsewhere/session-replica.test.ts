import { describe, expect, it } from "vitest";
import type { ClusterChange, Topic } from "../cluster/cluster.ts";
import type { OnlineNode } from "../hub.ts";
import { freshToken, Sessions } from "../sessions.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { SessionReplica } from "./session-replica.ts";

type Heard = (message: unknown, from: string) => void;

/** Instances on a bus of which each can lose its own connection. */
function instancesOnBus(clock: FakeClock) {
  const connected = new Map<string, Heard[]>();
  return (instance: string) => {
    const heard: Heard[] = [];
    const changed: ((what: ClusterChange) => void)[] = [];
    const online = new Set<string>();
    const cluster = {
      instance,
      get isConnected() {
        return connected.has(instance);
      },
      tell(_topic: Topic, message: object) {
        if (!connected.has(instance)) return;
        const words: unknown = JSON.parse(JSON.stringify(message));
        for (const [other, listeners] of connected) {
          if (other !== instance) for (const listener of listeners) listener(words, instance);
        }
      },
      listen: (_topic: Topic, listener: Heard) => void heard.push(listener),
      onChange: (listener: (what: ClusterChange) => void) => void changed.push(listener),
    };
    // Only whether it is there is asked.
    const node = {} as OnlineNode;
    const hub = { get: (id: string) => (online.has(id) ? node : undefined) };
    const sessions = new Sessions({ clock, ttlSec: 86_400, ended: () => undefined });
    new SessionReplica({ cluster, clock, sessions, hub });
    return {
      sessions,
      online,
      come: () => {
        connected.set(instance, heard);
        for (const listener of changed) listener("connected");
      },
      go: () => {
        connected.delete(instance);
        for (const listener of changed) listener("disconnected");
      },
    };
  };
}

describe("the sessions that several instances know", () => {
  it("stay revoked when an instance slept through it that had their node, however long it slept", () => {
    const clock = new FakeClock();
    const instance = instancesOnBus(clock);
    const [a, b, late] = [instance("a"), instance("b"), instance("c")];
    for (const each of [a, b]) each.come();
    b.online.add("pc");
    const made = ["revoked", "kept"].map(() => {
      const { digest } = freshToken();
      return a.sessions.create("pc", "192.0.2.1", "192.0.2.2", digest);
    });
    const [revoked, kept] = made;
    if (revoked === undefined || kept === undefined) throw new Error("there was no room");
    const known = (each: typeof a) =>
      [revoked, kept].map(({ digest }) => each.sessions.get(digest) !== undefined);
    expect(known(b)).toEqual([true, true]);
    b.go();
    expect(known(b)).toEqual([true, true]);
    b.online.clear();
    a.sessions.revoke("pc", revoked.id);
    clock.advance(12 * 3_600_000);
    b.come();
    late.come();
    for (const each of [a, b, late]) expect(known(each)).toEqual([false, true]);
  });
});
