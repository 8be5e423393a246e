/** JSON objects over a byte stream, one a line, each of bounded length. Whatever is none ends the conversation. */
import type { Socket } from "node:net";

export const MAX_LINE_BYTES = 256 * 1024;

export interface LineHandlers {
  object(value: Readonly<Record<string, unknown>>): void;
  /** A line that is no object, or too long. The socket is destroyed. */
  broken(): void;
}

export function readJsonLines(socket: Socket, handlers: LineHandlers): void {
  let waiting = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (let end = waiting.indexOf(10); end >= 0; end = waiting.indexOf(10)) {
      const value = end > MAX_LINE_BYTES ? undefined : parse(waiting.subarray(0, end).toString());
      waiting = waiting.subarray(end + 1);
      if (value === undefined) return fail();
      handlers.object(value);
    }
    if (waiting.length > MAX_LINE_BYTES) fail();
  });

  function fail(): void {
    socket.destroy();
    handlers.broken();
  }
}

export function writeJsonLine(socket: Socket, value: object): void {
  if (!socket.destroyed && socket.writable) socket.write(`${JSON.stringify(value)}\n`);
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // The parser's message would quote the line, which may hold a header's value.
    return undefined;
  }
}
