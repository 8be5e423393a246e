/** Plain WebSocket clients against odd APIs, through the shipped programs, each a process of its own. */

import { createHash } from "node:crypto";
import { once } from "node:events";
import { beforeAll, describe, expect, it } from "vitest";
import { type RawData, WebSocket } from "ws";
import { bulkChunks, MIB } from "../support/bulk.ts";
import { deferred } from "../support/deferred.ts";
import { endingsOfAllTests } from "../support/endings.ts";
import { startTunnel } from "../support/tunnel.ts";
import { closeOf, serveWebSockets } from "../support/web-sockets.ts";

const atTheEnd = endingsOfAllTests();
const behaviours = new Map<string, (socket: WebSocket) => void>();
let origin: string;

beforeAll(async () => {
  const tunnel = await startTunnel(atTheEnd);
  origin = tunnel.origin.replace("http", "ws");
  serveWebSockets(tunnel.api, (socket, path) => behaviours.get(path)?.(socket), {
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
  });
});

async function open(path: string, behaviour: (socket: WebSocket) => void, protocols: string[] = []) {
  behaviours.set(path, behaviour);
  const socket = new WebSocket(`${origin}${path}`, protocols, { perMessageDeflate: false });
  await once(socket, "open");
  return socket;
}

const echo = (socket: WebSocket) =>
  socket.on("message", (data: RawData, isBinary) => socket.send(data as Buffer, { binary: isBinary }));

const big = Buffer.concat([...bulkChunks(10 * MIB)]);
const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

describe("a WebSocket", () => {
  it("carries text and binary messages both ways, empty ones and those of 10 MB too", async () => {
    const socket = await open("/echo", echo);
    const messages: { data: Buffer; binary: boolean }[] = [
      { data: Buffer.from(""), binary: false },
      { data: Buffer.from(""), binary: true },
      { data: Buffer.from("grüße \u{1f600}"), binary: false },
      { data: big, binary: true },
      { data: Buffer.from("x".repeat(10 * MIB)), binary: false },
      { data: Buffer.from([0, 255]), binary: true },
    ];
    const echoed: { data: Buffer; binary: boolean }[] = [];
    const all = deferred();
    socket.on("message", (data: Buffer, binary) => {
      echoed.push({ data, binary });
      if (echoed.length === messages.length) all.resolve();
    });
    for (const { data, binary } of messages) socket.send(data, { binary });
    await all.promise;
    const shown = (list: typeof messages) =>
      list.map(({ data, binary }) => ({ hash: sha256(data), length: data.length, binary }));
    expect(shown(echoed)).toEqual(shown(messages));
    socket.close();
  });

  it("carries ten thousand tiny messages both ways, in order", async () => {
    const socket = await open("/tiny", echo);
    const expected = Array.from({ length: 10_000 }, (_, i) => String(i));
    const received: string[] = [];
    const all = deferred();
    socket.on("message", (data) => {
      received.push(String(data));
      if (received.length === expected.length) all.resolve();
    });
    for (const text of expected) socket.send(text);
    await all.promise;
    expect(received).toEqual(expected);
    socket.close();
  });

  it("has the subprotocol that the API chose", async () => {
    const socket = await open("/chosen", echo, ["one", "two"]);
    expect(socket.protocol).toBe("two");
    socket.close();
  });

  it.each([
    [1000, "all is said"],
    [1001, ""],
    [1011, "trouble"],
    [3000, "registered"],
    [4999, "ü".repeat(61)],
  ])("closed by the API with %i keeps code and reason", async (code, reason) => {
    const socket = await open(`/api-closes-${code}`, (other) => other.close(code, reason));
    expect(await closeOf(socket)).toEqual({ code, reason });
  });

  it.each([
    [1000, "all is said"],
    [4001, "mine"],
  ])("closed by the client with %i keeps code and reason", async (code, reason) => {
    const seen = deferred<{ code: number; reason: string }>();
    const socket = await open(`/client-closes-${code}`, (other) => {
      other.on("close", (theirs, why) => seen.resolve({ code: theirs, reason: String(why) }));
    });
    const closed = closeOf(socket);
    socket.close(code, reason);
    expect(await seen.promise).toEqual({ code, reason });
    expect((await closed).code).toBe(code);
  });

  it("closed without a code has none at the other end either", async () => {
    const socket = await open("/no-code", (other) => other.close());
    expect(await closeOf(socket)).toEqual({ code: 1005, reason: "" });
  });

  it("that the API drops is broken, not closed", async () => {
    const socket = await open("/dropped", (other) => other.terminate());
    expect((await closeOf(socket)).code).toBe(1006);
  });

  it("that the client drops ends at the API, and not in order", async () => {
    const seen = deferred<number>();
    const socket = await open("/client-drops", (other) => other.on("close", seen.resolve));
    socket.terminate();
    expect(await seen.promise).toBe(1006);
  });

  it("gives everything that was sent before its close", async () => {
    const socket = await open("/last-words", (other) => {
      other.send(big);
      other.send("the last word");
      other.close(4000, "done");
    });
    const received: number[] = [];
    socket.on("message", (data: Buffer) => received.push(data.length));
    expect(await closeOf(socket)).toEqual({ code: 4000, reason: "done" });
    expect(received).toEqual([big.length, "the last word".length]);
  });

  it("answers pings of its own end, and keeps pongs from the other", async () => {
    const pongs: string[] = [];
    const socket = await open("/pings", (other) => {
      other.on("pong", (data) => pongs.push(String(data)));
      other.ping("from the API");
      echo(other);
    });
    socket.ping("from here");
    expect(String((await once(socket, "pong"))[0])).toBe("from here");
    socket.send("and on it goes");
    expect(String((await once(socket, "message"))[0])).toBe("and on it goes");
    expect(pongs).toEqual(["from the API"]);
    socket.close();
  });

  it.each(["drops", "closes"])(
    "that the client %s in the middle of messages, hundreds of times, leaves room",
    async (how) => {
      const path = `/in-the-middle-${how}`;
      const reached: Promise<unknown>[] = [];
      for (let round = 0; round < 200; round += 1) {
        const socket = await open(path, (other) => {
          reached.push(closeOf(other));
          for (let i = 0; i < 3; i += 1) other.send(big.subarray(0, 150_000));
        });
        const closed = closeOf(socket);
        await once(socket, "message");
        if (how === "drops") socket.terminate();
        else socket.close();
        await closed;
      }
      await Promise.all(reached);
      const socket = await open("/echo-after", echo);
      socket.send("still there");
      expect(String((await once(socket, "message"))[0])).toBe("still there");
      socket.close();
    },
  );
});
