/**
 * An HTTP proxy as companies have them, which leads every name to this machine: with it, programs reach
 * `https://relay.example` of a test by the very name that its certificate has. It remembers what it was asked for.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

export interface ConnectProxy {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** `host:port` of each CONNECT. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** `port` is where all of it goes. */
export async function startConnectProxy(port: number): Promise<ConnectProxy> {
  const asked: string[] = [];
  const open = new Set<Duplex>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on("connect", (request, inward: Duplex, head: Buffer) => {
    asked.push(request.url ?? "");
    const outward = connect({ host: "127.0.0.1", port });
    for (const stream of [inward, outward]) {
      open.add(stream);
      stream.on("error", () => undefined);
      stream.on("close", () => {
        open.delete(stream);
        inward.destroy();
        outward.destroy();
      });
    }
    outward.once("connect", () => {
      inward.write("HTTP/1.1 200 Connection established\r\n\r\n");
      outward.write(head);
      inward.pipe(outward).pipe(inward);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      for (const stream of open) stream.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
