/** A TCP line to the relay that can be cut, or go dead without a word, as lines do when a NAT has forgotten them. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Line {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Connections that are open and not silenced. */
  readonly open: number;
  /** Cuts every connection at both ends. */
  cut(): void;
  /** From now on nothing passes on those that are open, and nobody is told. New ones work. */
  silence(): void;
  /** The next connection is cut after so many bytes from the relay. */
  cutNextAfter(bytes: number): void;
  /** From now on everything takes so many milliseconds longer, each way; 0 for no longer. */
  delay(ms: number): void;
  close(): Promise<void>;
}

interface Connection {
  readonly sockets: readonly Socket[];
  isSilent: boolean;
}

export async function startLine(targetPort: number): Promise<Line> {
  const connections = new Set<Connection>();
  let nextLimit = Number.POSITIVE_INFINITY;
  let delayMs = 0;
  const server = createServer({ noDelay: true }, (inward) => {
    const outward = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
    const connection: Connection = { sockets: [inward, outward], isSilent: false };
    connections.add(connection);
    let left = nextLimit;
    nextLimit = Number.POSITIVE_INFINITY;
    const end = () => {
      // One that is silent does not tell either end that the other has gone.
      if (connection.isSilent) return;
      connections.delete(connection);
      for (const socket of connection.sockets) socket.destroy();
    };
    for (const [from, to] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      const pass = (chunk: Buffer) => {
        if (connection.isSilent) return;
        const passing = from === outward ? chunk.subarray(0, left) : chunk;
        // What was delayed still comes while nothing more is read.
        if (!to.write(passing) && !from.isPaused()) {
          from.pause();
          to.once("drain", () => from.resume());
        }
        if (from !== outward) return;
        left -= passing.length;
        if (left === 0) to.end(end);
      };
      const late = lateness(pass);
      from.on("data", (chunk: Buffer) => late(chunk, delayMs));
      from.on("error", end);
      from.on("close", end);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const destroy = (connection: Connection) => {
    connection.isSilent = false;
    for (const socket of connection.sockets) socket.destroy();
    connections.delete(connection);
  };
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    get open() {
      return [...connections].filter(({ isSilent }) => !isSilent).length;
    },
    cut() {
      for (const connection of [...connections]) if (!connection.isSilent) destroy(connection);
    },
    silence() {
      for (const connection of connections) connection.isSilent = true;
    },
    cutNextAfter(bytes) {
      nextLimit = bytes;
    },
    delay(ms) {
      delayMs = ms;
    },
    async close() {
      for (const connection of [...connections]) destroy(connection);
      server.close();
      await once(server, "close");
    },
  };
}

/** Passes chunks on in their order, each when its time has come. */
function lateness(pass: (chunk: Buffer) => void): (chunk: Buffer, ms: number) => void {
  const waiting: { readonly chunk: Buffer; readonly at: number }[] = [];
  const next = () => {
    for (let [first] = waiting; first !== undefined && first.at <= Date.now(); [first] = waiting) {
      waiting.shift();
      pass(first.chunk);
    }
    const [first] = waiting;
    if (first !== undefined) setTimeout(next, first.at - Date.now());
  };
  return (chunk, ms) => {
    if (ms === 0 && waiting.length === 0) return pass(chunk);
    waiting.push({ chunk, at: Date.now() + ms });
    if (waiting.length === 1) setTimeout(next, ms);
  };
}
