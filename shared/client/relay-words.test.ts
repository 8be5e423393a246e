import { describe, expect, it } from "vitest";
import { MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import { RelaySocket } from "./relay-socket.ts";
import { byHand, WELCOME } from "./testing/hand-socket.ts";

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
