import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { systemClock } from "./clock.ts";
import { IntakeBudget } from "./intake.ts";
import { MAX_MESSAGES_PER_TURN } from "./limits.ts";
import { OutputBudget } from "./output-budget.ts";
import { PeerSocket } from "./peer-socket.ts";
import { TurnBudget } from "./turn-budget.ts";

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe("a turn", () => {
  it("ends for a socket at its bound, and not before", async () => {
    const events: string[] = [];
    const turn = new TurnBudget({
      endTurn: () => events.push("pause"),
      nextTurn: () => events.push("resume"),
    });
    for (let i = 0; i < MAX_MESSAGES_PER_TURN - 1; i += 1) turn.take();
    await nextTurn();
    expect(events).toEqual([]);
    for (let i = 0; i < MAX_MESSAGES_PER_TURN + 5; i += 1) turn.take();
    expect(events).toEqual(["pause"]);
    await nextTurn();
    expect(events).toEqual(["pause", "resume"]);
  });
});

describe("a socket that sends without end", () => {
  const MESSAGE_BYTES = 100;
  const MESSAGES = 40_000;
  const CHUNK_BYTES = 65_536;

  it.each(["messages", "pongs"])("has no more of its %s looked at in a turn than its share", async (kind) => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const sockets = new WebSocketServer({ server, perMessageDeflate: false });
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    let [inTurn, most, seen] = [0, 0, 0];
    const look = () => {
      if (inTurn === 0) setImmediate(() => (inTurn = 0));
      inTurn += 1;
      seen += 1;
      most = Math.max(most, inTurn);
    };
    const all = new Promise<void>((resolve) => {
      sockets.on("connection", (ws, { socket: stream }) => {
        const peer = new PeerSocket({
          ws,
          stream,
          clock: systemClock,
          address: "test",
          budget: new OutputBudget(1e9),
          intakeBudget: new IntakeBudget(1e9),
          maxQueuedBytes: 1e9,
        });
        const taken = () => {
          look();
          if (seen === MESSAGES) resolve();
        };
        peer.listen({ message: taken, control: taken, closed: () => undefined });
      });
    });
    await once(client, "open");
    const body = Buffer.alloc(MESSAGE_BYTES);
    for (let i = 0; i < MESSAGES; i += 1) {
      if (kind === "pongs") client.pong(body);
      else client.send(body);
    }
    await all;
    client.terminate();
    server.close();
    expect(seen).toBe(MESSAGES);
    // Its share, and what had been read already when that was used up: a few chunks.
    expect(most).toBeLessThanOrEqual((4 * CHUNK_BYTES) / MESSAGE_BYTES);
  });
});
