import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import type { Problem } from "./problem.ts";
import { dialRelay, RelaySocket } from "./relay-socket.ts";
import type { ClientSocket, SocketFactory, SocketHandlers } from "./socket.ts";
import { StepClock } from "./testing/step-clock.ts";
import { TestRelay } from "./testing/test-relay.ts";
import { wsSockets } from "./testing/test-world.ts";

const open = { type: "open", route: "K7QX" } as const;
const WELCOME = '{"type":"welcome","v":2,"now":1,"limits":{"channel_buffer":8388608},"new":{}}';

/** A socket whose other end is the test. */
class HandSocket implements ClientSocket {
  queuedBytes = 0;
  readonly sent: (string | Uint8Array)[] = [];
  closedWith: number | undefined;
  handlers!: SocketHandlers;
  readonly factory: SocketFactory = (_, __, handlers) => {
    this.handlers = handlers;
    return this;
  };
  send(message: string | Uint8Array): void {
    this.sent.push(message);
  }
  close(code: number): void {
    this.closedWith = code;
  }
}

function byHand() {
  const socket = new HandSocket();
  const clock = new StepClock();
  const abort = new AbortController();
  const dialled = dialRelay({
    socketUrl: "ws://x/ws/client",
    open,
    sockets: socket.factory,
    clock,
    signal: abort.signal,
  });
  const problem = async () => {
    const result = await dialled;
    if (result instanceof RelaySocket) throw new Error("it was opened");
    return result;
  };
  return { socket, clock, abort, dialled, problem };
}

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

describe("a relay's words", () => {
  async function opened() {
    const hand = byHand();
    hand.socket.handlers.opened("ora.v2");
    hand.socket.handlers.text(WELCOME);
    const link = await hand.dialled;
    if (!(link instanceof RelaySocket)) throw new Error("not opened");
    const heard: string[] = [];
    link.listen({
      message: (frame) => heard.push(`frame ${frame.length}`),
      drained: () => heard.push("drained"),
      closed: ({ code }) => heard.push(`closed ${code}`),
    });
    return { ...hand, link, heard };
  }

  it("of a kind from the future are ignored", async () => {
    const { socket, link, heard } = await opened();
    for (const text of ["{}", "[]", "nonsense", '{"type":"weather"}', '{"type":"opened","x":1}', WELCOME]) {
      socket.handlers.text(text);
    }
    expect(link.problem).toBeUndefined();
    expect(heard).toEqual([]);
    expect(socket.sent).toHaveLength(1);
  });

  it.each([
    [4400, "relay_error"],
    [4403, "maybe_revoked"],
    [4404, "code_unknown"],
    [4410, "code_used"],
    [4413, "too_slow"],
    [4426, "relay_has_no_v2"],
    [4429, "rate_limited"],
    [4503, "node_offline"],
    [1012, "relay_restarting"],
    [1006, "connection_lost"],
    [4999, "relay_error"],
  ])("as close code %d mean %s", async (code, problem) => {
    const { socket, link, heard } = await opened();
    socket.handlers.closed({ code, reason: "" });
    expect(link.problem?.code).toBe(problem);
    expect(heard).toEqual([`closed ${code}`]);
  });

  it("in an error come before its close code, and cannot switch a client off", async () => {
    const { socket, link } = await opened();
    socket.handlers.text('{"type":"error","code":"rate_limited","retry_ms":1e12}');
    socket.handlers.closed({ code: 1006, reason: "" });
    expect(link.problem).toEqual({ code: "rate_limited", retryMs: 600_000 });
  });

  it("in an error nobody knows are kept for support", async () => {
    const { socket, link } = await opened();
    socket.handlers.text('{"type":"error","code":"moon_phase"}');
    expect(link.problem).toEqual({ code: "relay_error", detail: "moon_phase" });
  });

  it("are frames up to their limit", async () => {
    const { socket, heard } = await opened();
    socket.handlers.binary(new Uint8Array(MAX_FRAME_BYTES));
    expect(heard).toEqual([`frame ${MAX_FRAME_BYTES}`]);
    socket.handlers.binary(new Uint8Array(MAX_FRAME_BYTES + 1));
    await Promise.resolve();
    expect(heard).toEqual([`frame ${MAX_FRAME_BYTES}`, "closed 1000"]);
    expect(socket.closedWith).toBe(1000);
  });

  it("wait until somebody listens", async () => {
    const hand = byHand();
    hand.socket.handlers.opened("ora.v2");
    hand.socket.handlers.text(WELCOME);
    hand.socket.handlers.binary(new Uint8Array(3));
    hand.socket.handlers.closed({ code: 4503, reason: "" });
    const link = await hand.dialled;
    const heard: (number | string)[] = [];
    if (!(link instanceof RelaySocket)) throw new Error("not opened");
    link.listen({
      message: (frame) => heard.push(frame.length),
      drained: () => undefined,
      closed: ({ code }) => heard.push(`closed ${code}`),
    });
    expect(heard).toEqual([3, "closed 4503"]);
  });

  it("come no more once this end has closed, and it is told without waiting for the relay", async () => {
    const { socket, link, heard } = await opened();
    link.close(4408, "late");
    expect(socket.closedWith).toBe(4408);
    link.send(new Uint8Array(1));
    expect(socket.sent).toHaveLength(1);
    await Promise.resolve();
    socket.handlers.binary(new Uint8Array(1));
    socket.handlers.closed({ code: 1006, reason: "" });
    expect(heard).toEqual(["closed 4408"]);
    expect(link.problem).toEqual({ code: "closed" });
  });

  it("never make it close with a code that browsers forbid", async () => {
    const { socket, link } = await opened();
    link.close(1008, "old");
    expect(socket.closedWith).toBe(1000);
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
