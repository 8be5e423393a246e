import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HeaderPairs } from "#shared/mux/heads.ts";
import type { RelaySession } from "./relay-client.ts";
import { patterned } from "./testing/test-api.ts";
import { TestWorld } from "./testing/test-world.ts";
import type { TunnelSocket } from "./tunnel-socket.ts";

let world: TestWorld;
let session: RelaySession;
beforeEach(async () => {
  world = new TestWorld();
  await world.relay.start();
  session = await world.session();
});
afterEach(() => world.stop());

function watch(socket: TunnelSocket) {
  const events: string[] = [];
  const messages: (string | ArrayBuffer)[] = [];
  let waiters: (() => void)[] = [];
  const wake = () => {
    const woken = waiters;
    waiters = [];
    for (const run of woken) run();
  };
  socket.onopen = () => {
    events.push("open");
    wake();
  };
  socket.onmessage = ({ data }) => {
    messages.push(data);
    wake();
  };
  socket.onerror = () => events.push("error");
  socket.onclose = ({ code, reason, wasClean }) => {
    events.push(`close ${code} ${reason} ${wasClean}`);
    wake();
  };
  const until = async (test: () => boolean) => {
    while (!test()) await new Promise<void>((resolve) => waiters.push(resolve));
  };
  return {
    events,
    opened: () => until(() => events.includes("open")),
    closed: () => until(() => socket.readyState === socket.CLOSED),
    async next() {
      await until(() => messages.length > 0);
      return messages.shift();
    },
  };
}

async function open(protocols: string[] = [], headers: HeaderPairs = []) {
  const socket = session.webSocket("/ws", protocols);
  const log = watch(socket);
  const served = await world.api.next("/ws");
  served.stream.respond({ status: 101, headers });
  await log.opened();
  return { socket, log, served };
}

describe("a WebSocket of the client library", () => {
  it("opens when the API agrees, with the subprotocol it chose", async () => {
    const socket = session.webSocket("/ws?x=1", ["a", "b"], [["cookie", "s=1"]]);
    const log = watch(socket);
    expect(socket.readyState).toBe(socket.CONNECTING);
    expect(() => socket.send("early")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
    const served = await world.api.next("/ws");
    expect(served.head).toEqual({
      method: "GET",
      path: "/ws?x=1",
      headers: [
        ["cookie", "s=1"],
        ["sec-websocket-protocol", "a, b"],
      ],
      upgrade: "websocket",
    });
    served.stream.respond({ status: 101, headers: [["Sec-WebSocket-Protocol", "b"]] });
    await log.opened();
    expect([socket.readyState, socket.protocol]).toEqual([socket.OPEN, "b"]);
  });

  it("carries text and binary both ways, in order", async () => {
    const { socket, log, served } = await open();
    served.onMessage = (bytes, isText) => void served.stream.sendMessage(bytes, isText);
    socket.send("Grüße \ufeff📱");
    expect(await log.next()).toBe("Grüße \ufeff📱");
    for (const size of [0, 1, 70_000, 1_000_000]) {
      const bytes = patterned(0, size);
      socket.send(bytes);
      // What was handed in may be reused.
      bytes.fill(0);
      const back = await log.next();
      expect(back).toBeInstanceOf(ArrayBuffer);
      expect(Buffer.from(back as ArrayBuffer).equals(patterned(0, size))).toBe(true);
    }
    socket.send(new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
    expect(new Uint8Array((await log.next()) as ArrayBuffer)).toEqual(new Uint8Array([2, 3]));
    socket.send(new Uint8Array([7]).buffer);
    expect(new Uint8Array((await log.next()) as ArrayBuffer)).toEqual(new Uint8Array([7]));
  });

  it("tells how much waits", async () => {
    const { socket, log, served } = await open();
    expect(socket.bufferedAmount).toBe(0);
    socket.send(new Uint8Array(5_000_000));
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    await served.until(() => served.messages.length === 1);
    served.stream.sendMessage(new Uint8Array(1), false);
    await log.next();
    expect(socket.bufferedAmount).toBe(0);
  });

  it("closes in order from this side", async () => {
    const { socket, log, served } = await open();
    socket.send("last");
    socket.close(4001, "done");
    socket.send("ignored");
    expect(socket.readyState).toBe(socket.CLOSING);
    await served.until(() => served.closedWith !== undefined);
    expect(served.messages).toEqual(["last"]);
    expect(served.closedWith).toEqual({ code: 4001, reason: "done" });
    served.stream.sendMessageClose(4001, "done");
    await log.closed();
    expect(log.events).toEqual(["open", "close 4001 done true"]);
  });

  it("closes in order from the other side", async () => {
    const { log, served } = await open();
    served.stream.sendMessage(Buffer.from("last"), true);
    served.stream.sendMessageClose(1001, "away");
    expect(await log.next()).toBe("last");
    await log.closed();
    expect(log.events).toEqual(["open", "close 1001 away true"]);
    await served.until(() => served.closedWith !== undefined);
    expect(served.closedWith?.code).toBe(1001);
  });

  it("without a code says 1005", async () => {
    const { socket, log, served } = await open();
    socket.close();
    await served.until(() => served.closedWith !== undefined);
    expect(served.closedWith?.code).toBe(1005);
    served.stream.sendMessageClose();
    await log.closed();
    expect(log.events.at(-1)).toBe("close 1005  true");
  });

  it("is cut with 1006, at once, whoever cut it", async () => {
    const first = await open();
    first.served.stream.reset("truncated");
    await first.log.closed();
    const second = await open();
    world.relay.cut();
    await second.log.closed();
    const third = await open();
    third.served.stream.sendMessage(Buffer.from([0xff, 0xfe]), true);
    await third.served.until(() => third.served.closedWith !== undefined);
    expect(third.served.closedWith?.code).toBe(1007);
    third.served.stream.reset("protocol");
    await third.log.closed();
    for (const { log } of [first, second, third])
      expect(log.events).toEqual(["open", "error", "close 1006  false"]);
  });

  it("fails with 1006 when the API refuses, or chooses what was not offered", async () => {
    const answers: [number, HeaderPairs][] = [
      [403, []],
      [200, []],
      [101, [["sec-websocket-protocol", "c"]]],
      [
        101,
        [
          ["sec-websocket-protocol", "a"],
          ["sec-websocket-protocol", "b"],
        ],
      ],
    ];
    for (const [status, headers] of answers) {
      const socket = session.webSocket("/ws", ["a", "b"]);
      const log = watch(socket);
      const served = await world.api.next("/ws");
      served.stream.respond({ status, headers });
      await log.closed();
      expect(log.events).toEqual(["error", "close 1006  false"]);
      await served.until(() => served.resetWith !== undefined);
    }
  });

  it("can be given up while it connects", async () => {
    const socket = session.webSocket("/ws");
    const log = watch(socket);
    const served = await world.api.next("/ws");
    socket.close();
    await log.closed();
    expect(log.events).toEqual(["error", "close 1006  false"]);
    await served.until(() => served.resetWith !== undefined);
    session.close();
    const never = session.webSocket("/ws");
    const nothing = watch(never);
    await nothing.closed();
    expect(nothing.events).toEqual(["error", "close 1006  false"]);
  });

  it("refuses codes, reasons and subprotocols that browsers refuse", async () => {
    const { socket } = await open();
    for (const code of [999, 1001, 1005, 2999, 5000]) {
      expect(() => socket.close(code)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
    }
    expect(() => socket.close(1000, "é".repeat(62))).toThrow(
      expect.objectContaining({ name: "SyntaxError" }),
    );
    expect(() => session.webSocket("/ws", ["a", "a"])).toThrow(SyntaxError);
    expect(() => session.webSocket("/ws", ["a b"])).toThrow(SyntaxError);
    socket.close(1000, "é".repeat(61));
  });
});
