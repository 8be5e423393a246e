/** An answer's body on its way to the page: decoded, and with our tag or script in it where it belongs. */
import type { BodyWork } from "../rewrite/response-headers.ts";

type Bytes = ReadableStream<Uint8Array>;
type Change = TransformStream<Uint8Array, Uint8Array>;

/**
 * A thousandfold of a piece may come of it at once, whether anybody reads or not: so much at a time is unpacked. Bytes.
 */
const PACKED_PIECE_BYTES = 4 * 1024;

/** What is decompressed fails when it is cut, as everything else does. */
export async function decoded(body: Bytes, work: BodyWork): Promise<Bytes> {
  if (work === "none") return body;
  if (work === "gzip") return body.pipeThrough(inPieces()).pipeThrough(decompression("gzip"));
  // Some servers send the bare form under the same name (RFC 9110 section 8.4.1.2).
  const [first, rest] = await peeked(body);
  const isWrapped = first !== undefined && ((first[0] ?? 0) & 0x0f) === 8;
  return rest.pipeThrough(inPieces()).pipeThrough(decompression(isWrapped ? "deflate" : "deflate-raw"));
}

function inPieces(): Change {
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      for (let at = 0; at < chunk.length; at += PACKED_PIECE_BYTES) {
        controller.enqueue(chunk.subarray(at, at + PACKED_PIECE_BYTES));
      }
    },
  });
}

export function changed(body: Bytes, change: Change): Bytes {
  return body.pipeThrough(change);
}

function decompression(format: CompressionFormat): Change {
  // The DOM's types want bytes of one kind of buffer, which all of ours are.
  return new DecompressionStream(format) as unknown as Change;
}

async function peeked(body: Bytes): Promise<[first: Uint8Array | undefined, all: Bytes]> {
  const reader = body.getReader();
  const { value: first } = await reader.read();
  let isFirst = true;
  const all = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (isFirst && first !== undefined) {
          isFirst = false;
          controller.enqueue(first);
          return;
        }
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return [first, all];
}
