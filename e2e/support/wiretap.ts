/**
 * A TCP proxy in front of the relay that keeps everything the relay receives and sends. WebSocket frames are shown
 * without their headers and masks, each direction of a connection as one run of bytes, so that a search sees what the
 * relay sees.
 */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface Wiretap {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Everything up to now, all connections. */
  received(): Buffer;
  sent(): Buffer;
  /** The messages among what the relay received, without what WebSocket itself says. */
  receivedMessages(): Buffer[];
  /** Those of them that are text. */
  receivedTexts(): string[];
  close(): Promise<void>;
}

export async function startWiretap(targetPort: number): Promise<Wiretap> {
  const toRelay: Buffer[][] = [];
  const fromRelay: Buffer[][] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (inward) => {
    const outward = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
    pass(inward, outward, toRelay);
    pass(outward, inward, fromRelay);
  });
  function pass(from: Socket, to: Socket, record: Buffer[][]): void {
    const chunks: Buffer[] = [];
    record.push(chunks);
    sockets.add(from);
    from.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      to.write(chunk);
    });
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const runs = (record: Buffer[][]) => record.map((chunks) => read(Buffer.concat(chunks)));
  const shown = (record: Buffer[][]) =>
    Buffer.concat(
      runs(record).flatMap(({ head, frames }) => [head, ...frames.map(({ payload }) => payload)]),
    );
  const received = (isWanted: (opcode: number) => boolean) =>
    runs(toRelay)
      .flatMap(({ frames }) => frames)
      .filter(({ opcode }) => isWanted(opcode))
      .map(({ payload }) => payload);
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    received: () => shown(toRelay),
    sent: () => shown(fromRelay),
    receivedMessages: () => received((opcode) => opcode < FIRST_CONTROL),
    receivedTexts: () => received((opcode) => opcode === TEXT).map(String),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

const TEXT = 1;
/** Close, ping and pong. */
const FIRST_CONTROL = 8;

/** HTTP as it is; after the head of an upgrade all frames, unmasked. */
function read(bytes: Buffer): { head: Buffer; frames: Frame[] } {
  const headEnd = bytes.indexOf("\r\n\r\n");
  const head = bytes.subarray(0, headEnd + 4);
  if (headEnd < 0 || !/^upgrade: websocket/im.test(head.toString("latin1")))
    return { head: bytes, frames: [] };
  return { head, frames: [...readFrames(bytes.subarray(headEnd + 4))] };
}

/** RFC 6455 section 5.2. The last one may be cut off. */
function* readFrames(bytes: Buffer): Generator<Frame> {
  let at = 0;
  while (at + 2 <= bytes.length) {
    const opcode = bytes.readUInt8(at) & 0x0f;
    const second = bytes.readUInt8(at + 1);
    let length = second & 0x7f;
    let from = at + 2;
    if (length === 126 && from + 2 <= bytes.length) {
      length = bytes.readUInt16BE(from);
      from += 2;
    } else if (length === 127 && from + 8 <= bytes.length) {
      length = Number(bytes.readBigUInt64BE(from));
      from += 8;
    }
    const mask = (second & 0x80) === 0 ? undefined : bytes.subarray(from, from + 4);
    if (mask !== undefined) from += 4;
    const payload = Buffer.from(bytes.subarray(from, from + length));
    if (mask !== undefined) for (const [i, byte] of payload.entries()) payload[i] = byte ^ (mask[i & 3] ?? 0);
    yield { opcode, payload };
    at = from + length;
  }
}
