import { describe, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { turnScheduler } from "./turn-scheduler.ts";

describe("turn scheduling", () => {
  const hosts = {
    "by setImmediate": globalThis,
    "by a message channel": { MessageChannel: globalThis.MessageChannel },
    "by a timer": {},
  };
  for (const [name, host] of Object.entries(hosts)) {
    it(`${name} runs work once, in order, after the present turn and its microtasks`, async () => {
      const schedule = turnScheduler(host);
      const order: string[] = [];
      await new Promise<void>((resolve) => {
        schedule(() => order.push("first"));
        schedule(() => {
          order.push("second");
          resolve();
        });
        queueMicrotask(() => order.push("microtask"));
        order.push("now");
      });
      expect(order).toEqual(["now", "microtask", "first", "second"]);
    });
  }
});

describe("the clock", () => {
  it("runs what is due and not what was called off", async () => {
    const clock = systemClock();
    const before = clock.now();
    const ran: string[] = [];
    clock.after(0, () => ran.push("called off"))();
    await new Promise<void>((resolve) => clock.after(1, resolve));
    expect(ran).toEqual([]);
    expect(clock.now()).toBeGreaterThanOrEqual(before);
  });
});
