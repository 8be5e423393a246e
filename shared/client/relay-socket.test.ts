import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Problem } from "./problem.ts";
import { dialRelay, RelaySocket } from "./relay-socket.ts";
import type { SocketHandlers } from "./socket.ts";
import { byHand, open, WELCOME } from "./testing/hand-socket.ts";
import { StepClock } from "./testing/step-clock.ts";
import { TestRelay } from "./testing/test-relay.ts";
import { wsSockets } from "./testing/test-world.ts";

describe("a client's first words to a relay", () => {
  it("come after its welcome, and are open", async () => {
    const { socket, dialled } = byHand();
    socket.handlers.opened("ora.v2");
    expect(socket.sent).toEqual([]);
    socket.handlers.text(WELCOME);
    expect(socket.sent).toEqual([JSON.stringify(open)]);
    expect(await dialled).toBeInstanceOf(RelaySocket);
  });

  it("never come when the relay selected no subprotocol, or another", async () => {
    for (const subprotocol of ["", "ora.v1"]) {
      const { socket, problem } = byHand();
      socket.handlers.opened(subprotocol);
      socket.handlers.text(WELCOME);
      expect(await problem()).toEqual({ code: "relay_too_old" });
      expect(socket.sent).toEqual([]);
      expect(socket.closedWith).toBe(1000);
    }
  });

  it("never come when there is no welcome in ten seconds", async () => {
    const { socket, clock, problem } = byHand();
    socket.handlers.opened("ora.v2");
    clock.advance(9_999);
    expect(socket.closedWith).toBeUndefined();
    clock.advance(1);
    expect(await problem()).toEqual({ code: "relay_too_old" });
    socket.handlers.text(WELCOME);
    expect(socket.sent).toEqual([]);
  });

  it("never come when something else comes first", async () => {
    const first: ((handlers: SocketHandlers) => void)[] = [
      (handlers) => handlers.text("hello"),
      (handlers) => handlers.text('{"type":"welcome","v":1}'),
      (handlers) => handlers.text('{"type":"opened"}'),
      (handlers) => handlers.text(`{"type":"welcome","v":2,"x":"${"x".repeat(16 * 1024)}"}`),
      (handlers) => handlers.binary(new Uint8Array(1)),
    ];
    for (const act of first) {
      const { socket, problem } = byHand();
      socket.handlers.opened("ora.v2");
      act(socket.handlers);
      expect(await problem()).toEqual({ code: "relay_protocol" });
      expect(socket.sent).toEqual([]);
    }
  });

  it("never come when the socket does not open in time, or its user has gone", async () => {
    const late = byHand();
    late.clock.advance(15_000);
    expect(await late.problem()).toEqual({ code: "relay_unreachable" });
    const gone = byHand();
    gone.abort.abort();
    expect(await gone.problem()).toEqual({ code: "closed" });
    expect(gone.socket.closedWith).toBe(1000);
    const before = new AbortController();
    before.abort();
    const sockets = () => expect.fail("dialled");
    const clock = new StepClock();
    expect(await dialRelay({ socketUrl: "ws://x", open, sockets, clock, signal: before.signal })).toEqual({
      code: "closed",
    });
  });

  it("never reach an old server, whether it echoes the subprotocol or not", async () => {
    for (const manners of ["echo", "none"] as const) {
      const relay = new TestRelay();
      relay.manners = manners;
      const url = await relay.start();
      const clock = new StepClock();
      const socketUrl = `${url.replace("http", "ws")}/ws/client`;
      const dialled = dialRelay({ socketUrl, open, sockets: wsSockets, clock });
      if (manners === "echo") {
        while (relay.sockets.size === 0) await new Promise((resolve) => setImmediate(resolve));
        for (const socket of relay.sockets) {
          // A round trip through the socket: had anything been sent, it would be here.
          await new Promise((resolve) => {
            socket.once("pong", resolve);
            socket.ping();
          });
        }
        clock.advance(10_000);
      }
      const problem = (await dialled) as Problem;
      expect(problem.code).toBe(manners === "echo" ? "relay_too_old" : "relay_unreachable");
      await relay.stop();
      expect(relay.early).toEqual([]);
    }
  });
});

describe("a socket that never opened", () => {
  let hand: ReturnType<typeof byHand>;
  beforeEach(() => {
    hand = byHand();
  });
  afterEach(() => expect(hand.socket.sent).toEqual([]));

  it.each([
    ["unreachable", 1006, "relay_unreachable"],
    ["unreachable", 4426, "relay_has_no_v2"],
    ["untrusted", 1006, "relay_untrusted"],
    ["no_subprotocol", 1006, "relay_too_old"],
  ] as const)("because of %s (%d) is %s", async (failure, code, problem) => {
    hand.socket.handlers.closed({ code, reason: "", failure, detail: "WHY" });
    expect(await hand.problem()).toEqual({ code: problem, detail: "WHY" });
  });
});
