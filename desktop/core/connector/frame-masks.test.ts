import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { fakeClock } from "../testing/fake-clock.ts";
import { mailbox } from "../testing/mailbox.ts";
import { type Connection, startConnector } from "./connector.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const ignore = () => undefined;

interface SeenFrame {
  readonly opcode: number;
  readonly mask: Buffer;
  /** Unmasked. */
  readonly payload: Buffer;
}

/** A server that opens WebSockets and looks at frames as they are on the wire. */
async function wireSpy() {
  const frames = mailbox<SeenFrame>();
  const sockets = mailbox<Socket>();
  const server = createServer();
  server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ora.v2\r\n\r\n`,
    );
    let waiting = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      for (;;) {
        const length = (waiting[1] ?? 0) & 0x7f;
        if (waiting.length < 6 + length) return;
        const mask = Buffer.from(waiting.subarray(2, 6));
        const payload = Buffer.from(waiting.subarray(6, 6 + length)).map(
          (byte, index) => byte ^ (mask[index % 4] ?? 0),
        );
        frames.put({ opcode: (waiting[0] ?? 0) & 15, mask, payload: Buffer.from(payload) });
        waiting = waiting.subarray(6 + length);
      }
    });
    socket.on("error", () => undefined);
    cleanups.push(() => socket.destroy());
    sockets.put(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => server.close());
  return { frames, sockets, address: new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`) };
}

describe("what a node of protocol 2 sends", () => {
  it("has masks that nobody can foresee, but for ciphertext, which needs none", async () => {
    const { frames, sockets, address } = await wireSpy();
    const connections = mailbox<Connection>();
    const connector = startConnector({
      clock: fakeClock(),
      random: () => 0,
      route: () => undefined,
      changed: () => undefined,
      protocol: {
        subprotocols: ["ora.v2"],
        address,
        maxMessageBytes: 1_000,
        start(connection) {
          connection.link.listen({ message: ignore, drained: ignore, closed: ignore });
          connections.put(connection);
          connection.online();
        },
      },
    });
    cleanups.push(() => connector.stop());
    const { link } = await connections.next();
    const relay = await sockets.next();

    const texts = Array.from({ length: 1_500 }, (_, number) => `GET /${number}`);
    for (const [number, text] of texts.entries()) {
      link.send(Uint8Array.of(16, number & 255));
      if (number % 2 === 0) link.send(text);
      else link.sendText(Buffer.from(text));
    }
    // A relay chooses what stands in a pong.
    relay.write(Buffer.concat([Buffer.from([0x89, 5]), Buffer.from("GET /")]));

    const masks = new Set<string>();
    for (const [number, text] of texts.entries()) {
      const [binary, sent] = [await frames.next(), await frames.next()];
      expect([binary.opcode, binary.mask.readUInt32BE(0)]).toEqual([2, 0]);
      expect(binary.payload).toEqual(Buffer.from([16, number & 255]));
      expect([sent.opcode, sent.payload.toString()]).toEqual([1, text]);
      masks.add(sent.mask.toString("hex"));
    }
    const pong = await frames.next();
    expect([pong.opcode, pong.payload.toString()]).toEqual([10, "GET /"]);
    masks.add(pong.mask.toString("hex"));
    // Two of them may be the same once in a while.
    expect(masks.size).toBeGreaterThan(1_490);
    expect(masks).not.toContain("00000000");
  });
});
