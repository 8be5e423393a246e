/**
 * TCP connections before anything was said on them: a bound on all, and one on those of each address, so that one
 * machine that only connects leaves room for everybody else. What is over a bound is cut without a word: behind TLS no
 * word could be understood yet. Where a proxy is trusted all come from it, and the proxy must count.
 */
import type { Server, Socket } from "node:net";
import { AddressCount } from "./address-count.ts";
import { directAddress } from "./client-address.ts";
import { MAX_CONNECTIONS, PLAIN_CONNECTIONS_PER_ADDRESS } from "./limits.ts";
import type { Metrics } from "./metrics/metrics.ts";

export function boundConnections(options: {
  server: Server;
  metrics: Metrics;
  /** WebSockets that one address may have; Infinity for no bound. Some more connections may carry plain requests. */
  maxSocketsPerAddress: number;
  /** Whose connections are not counted by address. */
  isExempt: (address: string) => boolean;
  /** Left out: MAX_CONNECTIONS. */
  max?: number;
}): void {
  const { server, metrics, maxSocketsPerAddress, isExempt, max = MAX_CONNECTIONS } = options;
  server.maxConnections = max;
  server.on("drop", () => metrics.refused("connections"));
  const maxPerAddress = maxSocketsPerAddress + PLAIN_CONNECTIONS_PER_ADDRESS;
  const count = new AddressCount({ max: Number.POSITIVE_INFINITY, maxPerAddress });
  const known = new WeakSet<Socket>();
  server.prependListener("connection", (socket) => {
    const address = directAddress(socket);
    // A connection that offered another protocol is announced again.
    if (known.has(socket) || isExempt(address)) return;
    known.add(socket);
    if (!count.hasRoom(address)) {
      metrics.refused("connections_per_address");
      socket.destroy();
      return;
    }
    count.change(address, 1);
    socket.once("close", () => count.change(address, -1));
  });
}
