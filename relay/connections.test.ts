import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { boundConnections } from "./connections.ts";
import { PLAIN_CONNECTIONS_PER_ADDRESS } from "./limits.ts";
import { Metrics } from "./metrics/metrics.ts";

let server: Server;
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

async function start(options: { max?: number; maxSocketsPerAddress: number }): Promise<Metrics> {
  const metrics = new Metrics();
  server = createServer((_request, response) => response.end("well"));
  boundConnections({ server, metrics, isExempt: (address) => address === "127.0.0.9", ...options });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return metrics;
}

/** Whether a new connection is answered; it stays open then. */
async function isServed(localAddress: string): Promise<boolean> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  sockets.push(socket);
  socket.on("error", () => undefined);
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  return new Promise((resolve) => {
    socket.once("data", () => resolve(true));
    socket.once("close", () => resolve(false));
  });
}

describe("connections", () => {
  it("of one address may be so many; one more is cut, and others are served", async () => {
    const metrics = await start({ maxSocketsPerAddress: 4 });
    const atOnce = (count: number) => Promise.all(Array.from({ length: count }, () => isServed("127.0.0.1")));
    const full = PLAIN_CONNECTIONS_PER_ADDRESS + 4;
    expect((await atOnce(full)).every((served) => served)).toBe(true);
    expect(await isServed("127.0.0.1")).toBe(false);
    expect(await isServed("127.0.0.2")).toBe(true);
    expect(await metrics.text()).toContain('ora_relay_refused_total{reason="connections_per_address"} 1');
    const [first] = sockets;
    first?.end();
    if (first !== undefined) await once(first, "close");
    expect(await isServed("127.0.0.1")).toBe(true);
  });

  it("of an address that is not counted may be more", async () => {
    await start({ maxSocketsPerAddress: 1 - PLAIN_CONNECTIONS_PER_ADDRESS });
    expect([await isServed("127.0.0.1"), await isServed("127.0.0.1")]).toEqual([true, false]);
    expect([await isServed("127.0.0.9"), await isServed("127.0.0.9")]).toEqual([true, true]);
  });

  it("are bounded over all addresses", async () => {
    const metrics = await start({ maxSocketsPerAddress: 100, max: 2 });
    expect([await isServed("127.0.0.1"), await isServed("127.0.0.2")]).toEqual([true, true]);
    expect(await isServed("127.0.0.3")).toBe(false);
    expect(await metrics.text()).toContain('ora_relay_refused_total{reason="connections"} 1');
  });
});
