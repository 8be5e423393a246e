/**
 * WebSockets of workers, which have no port to this one: what a socket says streams back in one answer, a JSON text a
 * line, and what the worker says comes in requests of its own. Binary messages are base64.
 */
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import type { SocketCommand, SocketEvent } from "../calls/messages.ts";
import { tunnelPath } from "../rewrite/url-map.ts";
import { hostSocket, socketCommand } from "./socket-host.ts";
import type { Tunnel } from "./tunnel.ts";

/** The answer is read as it comes; a line that says nothing keeps it from looking dead. Milliseconds. */
const SILENCE_MS = 20_000;

export class StreamedSockets {
  private readonly open_ = new Map<string, (command: SocketCommand) => void>();

  async open(asked: Record<string, unknown>, tunnel: Tunnel): Promise<Response> {
    const { id, url, protocols } = asked;
    if (typeof id !== "string" || typeof url !== "string" || this.open_.has(id)) return refused();
    if (!Array.isArray(protocols) || !protocols.every((each) => typeof each === "string")) return refused();
    const path = tunnelPath(url.replace(/^ws/, "http"), await tunnel.place());
    if (path === undefined) return refused();
    const encoder = new TextEncoder();
    let command: ((command: SocketCommand) => void) | undefined;
    let silence: ReturnType<typeof setInterval> | undefined;
    const end = () => {
      clearInterval(silence);
      this.open_.delete(id);
    };
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const line = (text: string) => controller.enqueue(encoder.encode(`${text}\n`));
        silence = setInterval(() => line("{}"), SILENCE_MS);
        command = hostSocket(tunnel.session.webSocket(path, protocols), (event) => {
          line(JSON.stringify(lined(event)));
          if (!("closed" in event)) return;
          end();
          controller.close();
        });
        this.open_.set(id, command);
      },
      cancel: () => {
        end();
        command?.({ close: { reason: "" } });
      },
    });
    return new Response(body, {
      headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" },
    });
  }

  /** False when there is no such socket, or it makes no sense. */
  take(asked: Record<string, unknown>): boolean {
    const { id, commands } = asked;
    const command = typeof id === "string" ? this.open_.get(id) : undefined;
    if (command === undefined || !Array.isArray(commands)) return false;
    for (const each of commands) {
      const read = socketCommand(unlined(each));
      if (read !== undefined) command(read);
    }
    return true;
  }
}

/** Bytes as text: `{binary: …}` beside `{message: …}`. */
function lined(event: SocketEvent): unknown {
  if (!("message" in event) || typeof event.message === "string") return event;
  return { binary: encodeBase64Url(new Uint8Array(event.message)) };
}

function unlined(command: unknown): unknown {
  if (typeof command !== "object" || command === null || !("binary" in command)) return command;
  const bytes = typeof command.binary === "string" ? decodeBase64Url(command.binary) : undefined;
  return bytes === undefined ? undefined : { send: bytes.slice().buffer };
}

function refused(): Response {
  return new Response(null, { status: 400 });
}
