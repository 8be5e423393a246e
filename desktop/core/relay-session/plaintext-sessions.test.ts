import { describe, expect, it } from "vitest";
import { memorySecrets } from "../secrets/memory.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { PlaintextRevocations } from "./plaintext-revocations.ts";
import { MAX_PLAINTEXT_SESSIONS, PlaintextSessions } from "./plaintext-sessions.ts";

function setUp() {
  const clock = fakeClock();
  const revocations = new PlaintextRevocations(
    { store: memorySecrets(), clock, onStoreError: () => undefined },
    { all: undefined, ids: [] },
  );
  const cancelled: string[] = [];
  const call = (name: string) => ({ cancel: () => void cancelled.push(name) });
  return { clock, cancelled, call, sessions: new PlaintextSessions({ clock, revocations }) };
}

describe("plaintext sessions", () => {
  it("are what the relay says, until they expire or close", () => {
    const { sessions, clock } = setUp();
    expect(sessions.opened("a", "192.0.2.1", 60, false)).toBe(true);
    expect(sessions.opened("b", "", 30, false)).toBe(true);
    expect(sessions.list().map(({ id }) => id)).toEqual(["a", "b"]);
    clock.advance(30_000);
    expect(sessions.list().map(({ id }) => id)).toEqual(["a"]);
    sessions.closed("a");
    expect(sessions.list()).toEqual([]);
  });

  it("that were revoked stay out whatever the relay says, and what they asked ends at once", () => {
    const { sessions, cancelled, call } = setUp();
    sessions.opened("a", "", 60, false);
    const [one, two] = [call("one"), call("two")];
    sessions.began("a", one);
    const ended = sessions.began("b", two);
    expect(sessions.revoke("a")).toBe(true);
    expect(cancelled).toEqual(["one"]);
    expect(sessions.mayAsk("a")).toBe(false);
    expect(sessions.mayAsk("b")).toBe(true);
    expect(sessions.opened("a", "", 60, false)).toBe(false);
    expect(sessions.revoke("a")).toBe(false);
    expect(sessions.callsUnderWay).toBe(1);
    ended();
    expect(sessions.callsUnderWay).toBe(0);
  });

  it("end all at once, with what nobody knows them to have asked", async () => {
    const { sessions, cancelled, call } = setUp();
    sessions.opened("a", "", 60, false);
    sessions.began("a", call("one"));
    sessions.began("", call("two"));
    const { removed, stored } = sessions.revokeAll();
    expect(removed.map(({ id }) => id)).toEqual(["a"]);
    expect(cancelled).toEqual(["one", "two"]);
    expect(["a", "b", ""].map((id) => sessions.mayAsk(id))).toEqual([false, false, false]);
    expect(sessions.opened("a", "", 60, false)).toBe(false);
    expect(sessions.opened("c", "", 60, true)).toBe(true);
    expect(sessions.opened("c", "", 60, false)).toBe(true);
    expect(sessions.mayAsk("c")).toBe(true);
    await stored;
  });

  it("have calls that end once: what came in the place of one goes on when that says it again", () => {
    const { sessions, cancelled, call } = setUp();
    const ended = sessions.began("a", call("one"));
    ended();
    sessions.began("a", call("two"));
    ended();
    expect(sessions.callsUnderWay).toBe(1);
    sessions.closed("a");
    ended();
    expect(cancelled).toEqual(["two"]);
    expect(sessions.callsUnderWay).toBe(0);
  });

  it("end with the connection", () => {
    const { sessions, cancelled, call } = setUp();
    sessions.opened("a", "", 60, false);
    sessions.began("a", call("one"));
    sessions.disconnected();
    expect(cancelled).toEqual(["one"]);
    expect(sessions.list()).toEqual([]);
  });

  it("are bounded", () => {
    const { sessions } = setUp();
    for (let count = 0; count < MAX_PLAINTEXT_SESSIONS; count++) {
      expect(sessions.opened(`s${count}`, "", 60, false)).toBe(true);
    }
    expect(sessions.opened("more", "", 60, false)).toBe(false);
    expect(sessions.opened("s0", "", 60, false)).toBe(true);
    sessions.closed("s1");
    expect(sessions.opened("more", "", 60, false)).toBe(true);
  });
});
