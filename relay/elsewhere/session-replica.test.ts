import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { ClusterChange, Topic } from "../cluster/cluster.ts";
import type { OnlineNode } from "../hub.ts";
import { freshToken, type Session, Sessions } from "../sessions.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { MAX_SETTLES, SESSIONS_PER_MESSAGE, SETTLE_MS, SessionReplica } from "./session-replica.ts";

interface Words {
  readonly add?: readonly unknown[];
  readonly remove?: readonly unknown[];
  readonly want?: string;
  readonly whole?: string;
}

interface Connected {
  readonly heard: ((message: unknown, from: string) => void)[];
  readonly changed: ((what: ClusterChange) => void)[];
}

/** Instances on a bus of which each can lose its own connection. */
function instancesOnBus(clock: FakeClock) {
  const connected = new Map<string, Connected>();
  return (instance: string, max = 100_000) => {
    const own: Connected = { heard: [], changed: [] };
    const told: Words[] = [];
    const online = new Set<string>();
    const tell = (change: ClusterChange) => {
      for (const [other, { changed }] of connected) {
        if (other !== instance) for (const listener of changed) listener(change);
      }
    };
    const cluster = {
      instance,
      get isConnected() {
        return connected.has(instance);
      },
      isThere: (name: string) => connected.has(name),
      tell(_topic: Topic, message: object) {
        if (!connected.has(instance)) return;
        const words: Words = JSON.parse(JSON.stringify(message));
        told.push(words);
        for (const [other, { heard }] of connected) {
          if (other !== instance) for (const listener of heard) listener(words, instance);
        }
      },
      listen: (_topic: Topic, listener: Connected["heard"][number]) => void own.heard.push(listener),
      onChange: (listener: Connected["changed"][number]) => void own.changed.push(listener),
    };
    // Only whether it is there is asked.
    const node = {} as OnlineNode;
    const hub = { get: (id: string) => (online.has(id) ? node : undefined) };
    const sessions = new Sessions({ clock, ttlSec: 86_400, ended: () => undefined, max, perNode: 100_000 });
    const replica = new SessionReplica({ cluster, clock, sessions, hub });
    return {
      sessions,
      online,
      replica,
      /** What it has told since the last time this was called. */
      takeTold: () => told.splice(0),
      come: () => {
        connected.set(instance, own);
        tell("instance_came");
        for (const listener of own.changed) listener("connected");
      },
      go: () => {
        connected.delete(instance);
        tell("instance_went");
        for (const listener of own.changed) listener("disconnected");
      },
    };
  };
}

type Instance = ReturnType<ReturnType<typeof instancesOnBus>>;

const make = ({ sessions }: Instance, node = "pc"): Session => {
  const session = sessions.create(node, "192.0.2.1", "192.0.2.2", freshToken().digest);
  if (session === undefined) throw new Error("there was no room");
  return session;
};

const turns = async (count: number) => {
  for (let each = 0; each < count; each += 1) await turn();
};

describe("the sessions that several instances know", () => {
  it("stay revoked when an instance slept through it that had their node, however long it slept", async () => {
    const clock = new FakeClock();
    const instance = instancesOnBus(clock);
    const [a, b, late] = [instance("a"), instance("b"), instance("c")];
    for (const each of [a, b]) each.come();
    b.online.add("pc");
    const [revoked, kept] = [make(a), make(a)];
    const known = (each: Instance) =>
      [revoked, kept].map(({ digest }) => each.sessions.get(digest) !== undefined);
    expect(known(b)).toEqual([true, true]);
    b.go();
    expect(known(b)).toEqual([true, true]);
    b.online.clear();
    a.sessions.revoke("pc", revoked.id);
    clock.advance(12 * 3_600_000);
    b.come();
    late.come();
    await turns(8);
    for (const each of [a, b, late]) expect(known(each)).toEqual([false, true]);
    expect(late.replica.whyUnknown(revoked.digest)).toBe("nowhere");
  });

  it.each([
    [SESSIONS_PER_MESSAGE, [SESSIONS_PER_MESSAGE]],
    [SESSIONS_PER_MESSAGE + 1, [SESSIONS_PER_MESSAGE, 1]],
  ])("are told to whoever comes a piece in each turn: %i of them", async (count, pieces) => {
    const clock = new FakeClock();
    const instance = instancesOnBus(clock);
    const [a, b] = [instance("a"), instance("b")];
    a.come();
    clock.advance(SETTLE_MS);
    for (let each = 0; each < count; each += 1) make(a);
    a.takeTold();
    b.come();
    for (const piece of pieces) {
      expect(b.replica.isWhole).toBe(false);
      expect(a.takeTold().map(({ add }) => add?.length)).toEqual([piece]);
      await turn();
    }
    expect(a.takeTold()).toEqual([{ whole: "b" }]);
    expect([b.replica.isWhole, b.sessions.size]).toEqual([true, count]);
  });

  it("are not told any more once they were revoked, and not revived by what was told before", async () => {
    const instance = instancesOnBus(new FakeClock());
    const [a, b, c] = [instance("a"), instance("b"), instance("c")];
    for (const each of [a, b]) each.come();
    await turns(2);
    const made = Array.from({ length: SESSIONS_PER_MESSAGE * 3 }, () => make(a));
    c.come();
    const [first, last] = [made[0], made.at(-1)];
    if (first === undefined || last === undefined) throw new Error("there are none");
    expect([c.sessions.get(first.digest) !== undefined, c.sessions.get(last.digest)]).toEqual([
      true,
      undefined,
    ]);
    b.sessions.revoke("pc", first.id);
    a.sessions.revoke("pc", last.id);
    await turns(8);
    expect([first, last].map(({ digest }) => c.sessions.get(digest))).toEqual([undefined, undefined]);
    expect(c.sessions.size).toBe(made.length - 2);
  });

  it.each(["asker", "bus"])(
    "are not told further when the %s is gone, and all of them again later",
    async (gone) => {
      const instance = instancesOnBus(new FakeClock());
      const [a, b] = [instance("a"), instance("b")];
      a.online.add("pc");
      a.come();
      await turns(2);
      for (let each = 0; each < SESSIONS_PER_MESSAGE * 3; each += 1) make(a);
      b.come();
      a.takeTold();
      const leaving = gone === "bus" ? a : b;
      leaving.go();
      await turns(5);
      expect(a.takeTold()).toEqual([]);
      leaving.come();
      await turns(10);
      expect(b.sessions.size).toBe(SESSIONS_PER_MESSAGE * 3);
    },
  );

  it("are asked for again by one that the others had lost while they told", async () => {
    const clock = new FakeClock();
    const instance = instancesOnBus(clock);
    const [a, b] = [instance("a"), instance("b")];
    for (const each of [a, b]) each.come();
    expect(b.takeTold()).toContainEqual({ want: "all" });
    a.go();
    a.come();
    expect(b.takeTold()).toContainEqual({ want: "all" });
    clock.advance(SETTLE_MS * 2);
    a.go();
    a.come();
    expect(b.takeTold()).not.toContainEqual({ want: "all" });
  });

  it("are all known when nobody has told any for a while, or after a longer one; nobody says so who does not know", async () => {
    const clock = new FakeClock();
    const instance = instancesOnBus(clock);
    const [a, b] = [instance("a"), instance("b")];
    for (const each of [a, b]) each.come();
    await turns(4);
    expect([...a.takeTold(), ...b.takeTold()].filter(({ whole }) => whole !== undefined)).toEqual([]);
    for (let times = 1; times < MAX_SETTLES; times += 1) {
      make(b);
      clock.advance(SETTLE_MS);
      expect(a.replica.isWhole).toBe(false);
    }
    expect(b.replica.isWhole).toBe(true);
    make(b);
    clock.advance(SETTLE_MS);
    expect(a.replica.isWhole).toBe(true);
  });

  it("are not said to be over where there was no room for them, and are asked for when they are shown", async () => {
    const clock = new FakeClock();
    const instance = instancesOnBus(clock);
    const [a, small] = [instance("a"), instance("b", 2)];
    for (const each of [a, small]) each.come();
    clock.advance(SETTLE_MS);
    clock.advance(SETTLE_MS);
    const [first, second] = [make(a), make(a)];
    const why = ({ digest }: Pick<Session, "digest">) => small.replica.whyUnknown(digest);
    const wrong = freshToken();
    expect(why(wrong)).toBe("nowhere");
    const third = make(a);
    expect([small.sessions.get(third.digest), why(third), why(wrong)]).toEqual([
      undefined,
      "no_room",
      "no_room",
    ]);
    await small.replica.news(third.digest);
    expect(small.sessions.get(third.digest)).toBeUndefined();
    a.sessions.revoke("pc", first.id);
    expect(why(first)).toBe("nowhere");
    await small.replica.news(third.digest);
    expect(small.sessions.get(third.digest)?.id).toBe(third.id);
    expect(small.sessions.get(second.digest)?.id).toBe(second.id);
    clock.advance(86_400_000);
    expect(why(wrong)).toBe("nowhere");
  });
});
