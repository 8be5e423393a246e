/** Request bodies for tests that look at how much of them is taken. */
import { patterned } from "./test-api.ts";

/** A body that gives `chunks` and tells how many were taken. */
export function bodyOf(chunks: Iterable<Uint8Array>) {
  const iterator = chunks[Symbol.iterator]();
  const log = { taken: 0, cancelled: undefined as unknown };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = iterator.next();
        if (done) controller.close();
        else {
          log.taken += value.length;
          controller.enqueue(value);
        }
      },
      cancel(reason) {
        log.cancelled = reason ?? "cancelled";
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, log };
}

/** `total` patterned bytes in chunks. */
export function* chunksOf(total: number, size: number): Generator<Uint8Array> {
  for (let at = 0; at < total; at += size) yield patterned(at, Math.min(size, total - at));
}
