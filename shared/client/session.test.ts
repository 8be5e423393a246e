import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HEARTBEAT_DEADLINE_MS, HEARTBEAT_INTERVAL_MS, WAKE_DEADLINE_MS } from "./heartbeat.ts";
import { describeState } from "./session-state.ts";
import { head, listener, SessionDesk, turn } from "./testing/session-desk.ts";

const HOUR = 3_600_000;

let desk: SessionDesk;
beforeEach(() => {
  desk = new SessionDesk();
});
afterEach(() => desk.session.close());

describe("a session", () => {
  it("claims to be connected only when the PC itself has answered", async () => {
    desk.session.start();
    expect(desk.session.state).toEqual({ status: "connecting", since: desk.clock.now() });
    const channel = await desk.open();
    expect(channel.calls).toEqual(["start"]);
    expect(desk.status).toBe("connecting");
    expect(desk.confirmations).toBe(0);
    await channel.answer();
    expect(desk.session.state).toEqual({ status: "connected", since: desk.clock.now() });
    expect(desk.confirmations).toBe(1);
  });

  it("says why it waits, since when, and until when", async () => {
    const since = desk.clock.now();
    desk.session.start();
    await desk.refuse({ code: "node_offline" });
    expect(desk.session.state).toEqual({
      status: "waiting",
      since,
      problem: { code: "node_offline" },
      retryAt: since + 500,
    });
    expect(describeState(desk.session.state, since)).toEqual({
      text: "waiting 1 s: the PC is not connected to the relay",
      hop: "relay-node",
      advice: "check that the PC is on, online, and its node is running",
    });
    desk.clock.advance(499);
    expect(desk.pending).toHaveLength(0);
    desk.clock.advance(1);
    expect(desk.session.state).toEqual({ status: "connecting", since, problem: { code: "node_offline" } });
  });

  it("waits longer after each failure, up to half a minute, and as long as it is asked to", async () => {
    desk.session.start();
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      await desk.refuse({ code: "relay_unreachable" });
      waits.push(desk.clock.nextMs ?? 0);
      desk.clock.advance(desk.clock.nextMs ?? 0);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    await desk.refuse({ code: "rate_limited", retryMs: 90_000 });
    expect(desk.clock.nextMs).toBe(90_000);
  });

  it("begins with short waits again after the PC has answered, unless that never lasts", async () => {
    desk.session.start();
    for (let round = 0; round < 4; round += 1) {
      await desk.refuse({ code: "relay_unreachable" });
      desk.clock.advance(desk.clock.nextMs ?? 0);
    }
    const waits: number[] = [];
    for (let round = 0; round < 13; round += 1) {
      const channel = await desk.open();
      await channel.answer();
      channel.handlers.ended({ code: "connection_lost" });
      waits.push(desk.clock.nextMs ?? 0);
      desk.clock.advance(desk.clock.nextMs ?? 0);
    }
    expect(waits).toEqual([...Array.from({ length: 9 }, () => 250), 500, 1000, 2000, 4000]);
    const lasting = await desk.open();
    await lasting.answer();
    desk.clock.advance(HEARTBEAT_INTERVAL_MS);
    await lasting.answer();
    lasting.handlers.ended({ code: "connection_lost" });
    expect(desk.clock.nextMs).toBe(250);
  });

  it("notices that nobody answers any more", async () => {
    const channel = await desk.connected();
    desk.clock.advance(HEARTBEAT_INTERVAL_MS);
    expect(channel.asked).toBe(1);
    await channel.answer();
    desk.clock.advance(HEARTBEAT_INTERVAL_MS);
    await channel.silence();
    expect(channel.calls).toContain("close bye");
    expect(desk.session.state).toMatchObject({ status: "waiting", problem: { code: "no_answer" } });
    desk.clock.advance(500);
    expect(desk.pending).toHaveLength(1);
  });

  it("tries at once when woken, and forgets its long waits", async () => {
    desk.session.start();
    for (let round = 0; round < 6; round += 1) {
      await desk.refuse({ code: "relay_unreachable" });
      if (round < 5) desk.clock.advance(desk.clock.nextMs ?? 0);
    }
    desk.session.wake();
    expect(desk.pending).toHaveLength(1);
    await desk.refuse({ code: "relay_unreachable" });
    expect(desk.clock.nextMs).toBe(500);
  });

  it("gives up an attempt from before it was woken, but not one that has just begun", async () => {
    desk.session.start();
    desk.session.wake();
    expect(desk.pending).toHaveLength(1);
    desk.clock.advance(5_000);
    desk.session.wake();
    expect(desk.pending).toHaveLength(2);
    expect(desk.pending[0]?.signal.aborted).toBe(true);
    const late = await desk.open();
    expect(late.calls).toEqual(["close bye"]);
    const current = await desk.open();
    await current.answer();
    expect(desk.status).toBe("connected");
  });

  it("checks the connection when woken, in place of trusting it", async () => {
    const channel = await desk.connected();
    desk.session.wake();
    expect(channel.asked).toBe(1);
    await channel.silence();
    expect(desk.session.state).toMatchObject({ status: "waiting", problem: { code: "no_answer" } });
  });

  it("keeps trying whatever the relay says, and gives up on the PC's word alone", async () => {
    desk.session.start();
    for (const code of ["maybe_revoked", "relay_error", "code_unknown", "not_authentic"] as const) {
      await desk.refuse({ code });
      expect(desk.session.state).toMatchObject({ status: "waiting", problem: { code } });
      desk.clock.advance(desk.clock.nextMs ?? 0);
    }
    const channel = await desk.open();
    channel.handlers.ended({ code: "denied" });
    expect(desk.session.state).toEqual({
      status: "revoked",
      since: desk.clock.now(),
      problem: { code: "denied" },
    });
    desk.session.wake();
    desk.clock.advance(HOUR);
    expect(desk.pending).toHaveLength(0);
  });

  it("says that the PC sleeps until it is back", async () => {
    const channel = await desk.connected();
    channel.handlers.control({ type: "node_sleeping" });
    expect(channel.calls).toContain("close bye");
    expect(desk.session.state).toMatchObject({ status: "waiting", problem: { code: "node_sleeping" } });
    desk.clock.advance(500);
    await desk.refuse({ code: "node_offline" });
    expect(desk.session.state).toMatchObject({ problem: { code: "node_sleeping" } });
    desk.clock.advance(desk.clock.nextMs ?? 0);
    await (await desk.open()).answer();
    expect(desk.status).toBe("connected");
    desk.channels.at(-1)?.handlers.ended({ code: "node_offline" });
    expect(desk.session.state).toMatchObject({ problem: { code: "node_offline" } });
  });

  it("hands on CONTROL messages it does not know", async () => {
    const channel = await desk.connected();
    channel.handlers.control({ type: "rename" });
    expect(desk.controls).toEqual(["rename"]);
  });

  it("moves to a new channel before the old one is too old, without a gap", async () => {
    const old = await desk.connected();
    for (let passed = 0; passed < 23 * HOUR; passed += HEARTBEAT_INTERVAL_MS) {
      desk.clock.advance(HEARTBEAT_INTERVAL_MS);
      await old.answer();
    }
    expect(desk.pending).toHaveLength(1);
    expect(desk.status).toBe("connected");
    expect(desk.session.tryOpen(head, listener)).toMatchObject({ of: old });
    const fresh = await desk.open();
    expect(old.calls).toEqual(["start", "drain"]);
    expect(desk.session.tryOpen(head, listener)).toMatchObject({ of: fresh });
    await fresh.answer();
    old.handlers.drained();
    expect(old.calls).toEqual(["start", "drain", "close bye"]);
    old.handlers.ended({ code: "closed" });
    expect(desk.status).toBe("connected");
    expect(desk.states.map(({ status }) => status)).toEqual(["connecting", "connected"]);
  }, 60_000);

  it("keeps the old channel when there is no new one, and tries again", async () => {
    const old = await desk.connected();
    for (let passed = 0; passed < 23 * HOUR; passed += HEARTBEAT_INTERVAL_MS) {
      desk.clock.advance(HEARTBEAT_INTERVAL_MS);
      await old.answer();
    }
    await desk.refuse({ code: "relay_unreachable" });
    expect(desk.status).toBe("connected");
    expect(old.calls).toEqual(["start"]);
    for (let passed = 0; passed < 60_000; passed += HEARTBEAT_INTERVAL_MS) {
      desk.clock.advance(HEARTBEAT_INTERVAL_MS);
      await old.answer();
    }
    expect(desk.pending).toHaveLength(1);
  }, 60_000);

  it("opens another channel at once when the PC drains this one", async () => {
    const old = await desk.connected();
    old.handlers.draining();
    expect(desk.pending).toHaveLength(1);
    expect(desk.session.tryOpen(head, listener)).toBeUndefined();
    const waiting = desk.session.open(head, listener);
    const fresh = await desk.open();
    expect(await waiting).toMatchObject({ of: fresh });
    old.handlers.drained();
    expect(old.calls).toContain("close bye");
  });

  it("connects again at once when the PC asks for it, unless that does not end", async () => {
    await desk.connected();
    for (let round = 1; round <= 10; round += 1) {
      desk.channels.at(-1)?.handlers.ended({ code: "rehandshake" });
      if (round === 10) break;
      expect(desk.pending).toHaveLength(1);
      await (await desk.open()).answer();
    }
    expect(desk.pending).toHaveLength(0);
    expect(desk.status).toBe("waiting");
  });

  it("is revoked also when an old channel brings the word", async () => {
    const old = await desk.connected();
    old.handlers.draining();
    const fresh = await desk.open();
    await fresh.answer();
    old.handlers.ended({ code: "revoked" });
    expect(desk.status).toBe("revoked");
    expect(fresh.calls).toContain("close bye");
  });

  it("ends everything when closed", async () => {
    const channel = await desk.connected();
    desk.session.close();
    desk.session.close();
    expect(desk.session.state).toEqual({ status: "closed", since: desk.clock.now() });
    expect(channel.calls.filter((call) => call === "close bye")).toHaveLength(1);
    expect(desk.clock.nextMs).toBeUndefined();
    await expect(desk.session.open(head, listener)).rejects.toMatchObject({ code: "closed" });
  });

  it("says goodbye to a channel that opens after it was closed", async () => {
    desk.session.start();
    const [attempt] = desk.pending;
    desk.session.close();
    expect(attempt?.signal.aborted).toBe(true);
    expect((await desk.open()).calls).toEqual(["close bye"]);
  });
});

describe("the heartbeat", () => {
  it("has less patience when the machine has slept", async () => {
    const deadlines: number[] = [];
    const channel = await desk.connected();
    channel.muxer.ping = (deadlineMs) => {
      deadlines.push(deadlineMs);
      return Promise.resolve(1);
    };
    desk.clock.advance(HEARTBEAT_INTERVAL_MS);
    await turn();
    expect(deadlines).toEqual([HEARTBEAT_DEADLINE_MS]);
    desk.session.wake();
    await turn();
    expect(deadlines).toEqual([HEARTBEAT_DEADLINE_MS, WAKE_DEADLINE_MS]);
  });
});
