/**
 * Large bodies and their hashes. Their bytes depend on their place, so that a piece that is lost, doubled or moved
 * always changes the hash. Nothing here holds a body whole.
 */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";

export const MIB = 1024 * 1024;

const CHUNK_BYTES = 64 * 1024;
/** A prime, so that no record or chunk size divides it. */
const PERIOD_BYTES = 1_048_573;

const pattern = ((): Buffer => {
  const bytes = Buffer.alloc(PERIOD_BYTES + CHUNK_BYTES);
  let state = 0x2545f491;
  for (let at = 0; at < PERIOD_BYTES; at += 1) {
    // xorshift32: quick, and the same on every machine.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  bytes.copyWithin(PERIOD_BYTES, 0, CHUNK_BYTES);
  return bytes;
})();

/** Bytes `from` up to `to` of the endless body, at most 64 KiB. */
function bulkAt(from: number, to: number): Buffer {
  const start = from % PERIOD_BYTES;
  return pattern.subarray(start, start + (to - from));
}

/** The first `length` bytes of the endless body, in chunks. */
export function* bulkChunks(length: number, from = 0): Generator<Buffer> {
  for (let at = from; at < length; at += CHUNK_BYTES) yield bulkAt(at, Math.min(at + CHUNK_BYTES, length));
}

export function bulk(length: number, from = 0): Readable {
  return Readable.from(bulkChunks(length, from), { objectMode: false });
}

/** The same for the client library. */
export function bulkStream(length: number): ReadableStream<Uint8Array> {
  const chunks = bulkChunks(length);
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

const hashes = new Map<number, string>();

/** sha256 of the first `length` bytes, in hex. */
export function bulkHash(length: number): string {
  let known = hashes.get(length);
  if (known === undefined) {
    const hash = createHash("sha256");
    for (const chunk of bulkChunks(length)) hash.update(chunk);
    known = hash.digest("hex");
    hashes.set(length, known);
  }
  return known;
}

/** Reads to the end. Rejects when the source was cut. */
export async function hashOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  read: (bytes: number) => void = () => undefined,
): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of source) {
    hash.update(chunk);
    read(chunk.length);
  }
  return hash.digest("hex");
}
