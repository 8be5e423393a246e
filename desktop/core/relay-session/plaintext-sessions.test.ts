import { describe, expect, it } from "vitest";
import { fakeClock } from "../testing/fake-clock.ts";
import { MAX_PLAINTEXT_SESSIONS, PlaintextSessions } from "./plaintext-sessions.ts";

function setUp() {
  const clock = fakeClock();
  const cancelled: string[] = [];
  const call = (name: string) => ({ cancel: () => void cancelled.push(name) });
  return { clock, cancelled, call, sessions: new PlaintextSessions({ clock }) };
}

describe("plaintext sessions", () => {
  it("are what the relay says, until they expire or close", () => {
    const { sessions, clock } = setUp();
    expect(sessions.opened("a", "192.0.2.1", 60)).toBe(true);
    expect(sessions.opened("b", "", 30)).toBe(true);
    expect(sessions.list().map(({ id }) => id)).toEqual(["a", "b"]);
    clock.advance(30_000);
    expect(sessions.list().map(({ id }) => id)).toEqual(["a"]);
    sessions.closed("a");
    expect(sessions.list()).toEqual([]);
  });

  it("that were revoked stay out whatever the relay says, and what they asked ends at once", () => {
    const { sessions, cancelled, call } = setUp();
    sessions.opened("a", "", 60);
    const [one, two] = [call("one"), call("two")];
    sessions.began("a", one);
    sessions.began("b", two);
    expect(sessions.revoke("a")).toBe(true);
    expect(cancelled).toEqual(["one"]);
    expect(sessions.mayAsk("a")).toBe(false);
    expect(sessions.mayAsk("b")).toBe(true);
    expect(sessions.opened("a", "", 60)).toBe(false);
    expect(sessions.revoke("a")).toBe(false);
    expect(sessions.callsUnderWay).toBe(1);
    sessions.ended("b", two);
    expect(sessions.callsUnderWay).toBe(0);
  });

  it("end with the connection", () => {
    const { sessions, cancelled, call } = setUp();
    sessions.opened("a", "", 60);
    sessions.began("a", call("one"));
    sessions.disconnected();
    expect(cancelled).toEqual(["one"]);
    expect(sessions.list()).toEqual([]);
  });

  it("are bounded", () => {
    const { sessions } = setUp();
    for (let count = 0; count < MAX_PLAINTEXT_SESSIONS; count++) {
      expect(sessions.opened(`s${count}`, "", 60)).toBe(true);
    }
    expect(sessions.opened("more", "", 60)).toBe(false);
    expect(sessions.opened("s0", "", 60)).toBe(true);
    sessions.closed("s1");
    expect(sessions.opened("more", "", 60)).toBe(true);
  });
});
