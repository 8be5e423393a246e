/** A TCP proxy that holds every byte back for a fixed time each way: a long line, on loopback. */
import { connect, createServer, type Socket } from "node:net";

function delayed(from: Socket, to: Socket, delayMs: number): void {
  // Chunks keep their order because every one waits equally long.
  from.on("data", (chunk) => setTimeout(() => to.write(chunk), delayMs));
  from.on("close", () => setTimeout(() => to.destroy(), delayMs));
  from.on("error", () => from.destroy());
}

/** Listens on a free loopback port and prints `proxy on PORT`. Ends with the process. */
export function runDelayProxy(targetPort: number, delayMs: number): void {
  const server = createServer((inward) => {
    const outward = connect(targetPort, "127.0.0.1");
    inward.setNoDelay(true);
    outward.setNoDelay(true);
    delayed(inward, outward, delayMs);
    delayed(outward, inward, delayMs);
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (typeof address === "object" && address !== null) console.log(`proxy on ${address.port}`);
  });
}
