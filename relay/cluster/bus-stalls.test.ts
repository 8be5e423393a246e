import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { instance } from "./testing/instances.ts";

const INFO = `INFO ${JSON.stringify({ server_id: "S", version: "2.9.0", max_payload: 1_048_576, proto: 1 })}\r\n`;

/** A server of the bus that greets, and goes silent when it has answered so many PINGs, with its connections open. */
async function stallingBus(pongs: number) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let left = pongs;
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      for (const _ of text.matchAll(/^PING\r$/gm)) {
        if (left === 0) socket.pause();
        else socket.write("PONG\r\n");
        left = Math.max(0, left - 1);
      }
    });
    socket.write(INFO);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `nats://127.0.0.1:${port}`, server, sockets };
}

describe("a bus that stands still in the middle of a connection's beginning", () => {
  const open: { server: Server; sockets: Set<Socket> }[] = [];
  afterEach(() => {
    for (const { server, sockets } of open.splice(0)) {
      server.close();
      for (const socket of sockets) socket.destroy();
    }
  });

  it.each([
    ["before it lets the relay in", 0],
    ["before it has taken in what the relay wants to hear", 1],
    ["soon after", 2],
  ])("%s: the relay starts and ends all the same, and leaves nothing behind", async (_, pongs) => {
    const bus = await stallingBus(pongs);
    open.push(bus);
    const { cluster } = instance({ url: bus.url });
    await cluster.start();
    await cluster.stop();
    expect(cluster.isConnected).toBe(false);
  });
});
