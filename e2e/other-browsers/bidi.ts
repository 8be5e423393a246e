/** WebDriver BiDi (W3C) over a WebSocket, as much of it as the tests use: commands and their answers. */
import { once } from "node:events";
import { WebSocket } from "ws";

export interface BidiConnection {
  /** Rejects with what the browser says is wrong. */
  command(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): void;
}

interface Waiting {
  readonly resolve: (result: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

export async function connectBidi(url: string): Promise<BidiConnection> {
  const socket = new WebSocket(url);
  await once(socket, "open");
  const waiting = new Map<number, Waiting>();
  let last = 0;
  socket.on("message", (data) => {
    const message: unknown = JSON.parse(String(data));
    if (!isRecord(message) || typeof message.id !== "number") return;
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === "success" && isRecord(message.result)) asked?.resolve(message.result);
    else asked?.reject(new Error(`${String(message.error)}: ${String(message.message)}`));
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("the browser has gone"));
    waiting.clear();
  });
  return {
    command(method, params) {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        if (socket.readyState !== socket.OPEN) {
          reject(new Error("the browser has gone"));
          return;
        }
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method, params }));
      });
    },
    close: () => socket.terminate(),
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
