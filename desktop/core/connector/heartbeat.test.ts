import { describe, expect, it } from "vitest";
import { fakeClock } from "../testing/fake-clock.ts";
import { startHeartbeat } from "./heartbeat.ts";

function setUp() {
  const clock = fakeClock();
  const log: string[] = [];
  const heartbeat = startHeartbeat({ clock, ping: () => log.push("ping"), dead: () => log.push("dead") });
  return { clock, log, heartbeat };
}

describe("the heartbeat", () => {
  it("pings every 25 seconds and lives as long as something is heard", () => {
    const { clock, log, heartbeat } = setUp();
    for (let i = 0; i < 20; i += 1) {
      clock.advance(25_000);
      heartbeat.heard();
    }
    expect(log).toEqual(Array(20).fill("ping"));
  });

  it("asks once more when its question is not answered, and is dead ten seconds later, not before", () => {
    const { clock, log } = setUp();
    clock.advance(29_999);
    expect(log).toEqual(["ping"]);
    clock.advance(1);
    expect(log).toEqual(["ping", "ping"]);
    clock.advance(9_999);
    expect(log).toEqual(["ping", "ping"]);
    clock.advance(1);
    expect(log).toEqual(["ping", "ping", "dead"]);
    clock.advance(1_000_000);
    expect(log).toHaveLength(3);
  });

  it("forgives an answer that comes late", () => {
    const { clock, log, heartbeat } = setUp();
    clock.advance(39_999);
    heartbeat.heard();
    clock.advance(1);
    expect(log).toEqual(["ping", "ping"]);
    clock.advance(24_999);
    heartbeat.heard();
    clock.advance(1);
    expect(log).toEqual(["ping", "ping", "ping"]);
  });

  it("asks within five seconds when what it sent is answered by silence", () => {
    const { clock, log, heartbeat } = setUp();
    heartbeat.sent(100);
    clock.advance(4_000);
    heartbeat.heard();
    clock.advance(1_000);
    expect(log).toEqual([]);
    heartbeat.sent(128 * 1024);
    clock.advance(5_000);
    expect(log).toEqual(["ping"]);
    clock.advance(10_000);
    expect(log).toEqual(["ping", "dead"]);
  });

  it("has more patience while much is on its way: dead after two silent intervals", () => {
    const { clock, log, heartbeat } = setUp();
    heartbeat.sent(128 * 1024 + 1);
    clock.advance(74_999);
    expect(log).toEqual(["ping", "ping"]);
    clock.advance(1);
    expect(log).toEqual(["ping", "ping", "dead"]);
  });

  it("decides within five seconds when asked, or when the machine slept", () => {
    const { clock, log, heartbeat } = setUp();
    heartbeat.probe();
    heartbeat.heard();
    clock.advance(5_000);
    expect(log).toEqual(["ping"]);
    heartbeat.probe();
    clock.advance(5_000);
    expect(log).toEqual(["ping", "ping", "dead"]);
  });

  it("takes a tick that comes much too late for a sleep", () => {
    const clock = fakeClock();
    let late = 0;
    const log: string[] = [];
    const sleepy = { now: () => clock.now() + late, after: clock.after };
    startHeartbeat({ clock: sleepy, ping: () => log.push("ping"), dead: () => log.push("dead") });
    late = 3_600_000;
    clock.advance(25_000);
    expect(log).toEqual(["ping"]);
    clock.advance(5_000);
    expect(log).toEqual(["ping", "dead"]);
  });

  it("does nothing after it was stopped", () => {
    const { clock, log, heartbeat } = setUp();
    heartbeat.stop();
    heartbeat.probe();
    clock.advance(1_000_000);
    expect(log).toEqual([]);
  });
});
