/**
 * Server-sent events that say nothing for long: browsers stop a worker that hands nothing on, even while an answer
 * streams. So a comment goes between two events, which readers skip (HTML, "Parsing an event stream"). It never goes
 * into an event, and nothing else is changed.
 */

/** Below the 30 s after which browsers stop a worker. Milliseconds. */
export const SILENCE_MS = 25_000;

const COMMENT = new TextEncoder().encode(":\n\n");
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const LF = 0x0a;
const CR = 0x0d;

export interface SilenceOptions {
  /** Runs a function again and again after so many milliseconds; returns how to call it off. */
  readonly every: (delayMs: number, run: () => void) => () => void;
}

/** `body` with comments. Not for an answer that has said how long it is. */
export function spokenSilence(
  body: ReadableStream<Uint8Array>,
  { every }: SilenceOptions,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  // As after an empty line: the beginning is between two events, too.
  let last: readonly number[] = [LF, LF];
  let isSilent = true;
  let hasBegun = false;
  let hasSpoken = false;
  let callOff: () => void = () => undefined;
  const heard = (chunk: Uint8Array): Uint8Array => {
    isSilent = false;
    // A byte order mark counts at the very beginning alone, and there our comment stands.
    const isMarked = hasSpoken && !hasBegun && BYTE_ORDER_MARK.every((byte, at) => chunk[at] === byte);
    hasBegun ||= chunk.length > 0;
    last = [...last, ...chunk.subarray(-3)].slice(-3);
    return isMarked ? chunk.subarray(BYTE_ORDER_MARK.length) : chunk;
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        callOff = every(SILENCE_MS, () => {
          // Who has not taken what there is needs no word.
          if (isSilent && isBetweenEvents(last) && controller.desiredSize === 0) {
            hasSpoken = true;
            controller.enqueue(COMMENT.slice());
          }
          isSilent = true;
        });
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            controller.enqueue(heard(value));
            return;
          }
          callOff();
          controller.close();
        } catch (error) {
          callOff();
          controller.error(error);
        }
      },
      cancel(reason) {
        callOff();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** After an empty line that is complete: of a carriage return alone the other half may still come. */
function isBetweenEvents(last: readonly number[]): boolean {
  const before = last.at(-2) === CR ? last.at(-3) : last.at(-2);
  return last.at(-1) === LF && before === LF;
}
