/**
 * A worker's way to a socket of the service worker: what the socket says is one long answer, and what is said to it goes
 * in requests, one after the other. When the service worker is stopped the answer breaks, and with it the socket.
 */
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import { CALL, type SocketCommand, type SocketEvent } from "../calls/messages.ts";
import type { OpenWay } from "./tunnelled-socket.ts";

const GONE: SocketEvent = { closed: { code: 1006, reason: "", wasClean: false } };

export function streamWay(options: { readonly fetch: typeof fetch; readonly random: () => string }): OpenWay {
  const { fetch, random } = options;
  return ({ url, protocols }, hear) => {
    const id = random();
    const abort = new AbortController();
    let waiting: unknown[] = [];
    let isSending = false;
    const post = (address: string, body: unknown) =>
      fetch(address, { method: "POST", body: JSON.stringify(body), signal: abort.signal });
    const flush = async () => {
      isSending = true;
      while (waiting.length > 0) {
        const commands = waiting;
        waiting = [];
        const { ok } = await post(CALL.socketSend, { id, commands });
        if (!ok) throw new TypeError("the worker does not know this socket");
      }
      isSending = false;
    };
    const listen = async () => {
      const { ok, body } = await post(CALL.socket, { id, url, protocols });
      if (!ok || body === null) return;
      for await (const line of linesOf(body)) {
        const event = eventOf(line);
        if (event !== undefined) hear(event);
      }
    };
    // A socket that has closed in order has been told so before.
    listen()
      .catch(() => undefined)
      .then(() => hear(GONE));
    return {
      say(command) {
        waiting.push(written(command));
        if (!isSending) flush().catch(() => hear(GONE));
      },
      end: () => abort.abort(),
    };
  };
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function eventOf(line: string): SocketEvent | undefined {
  const event = JSON.parse(line);
  if (!("binary" in event)) return Object.keys(event).length === 0 ? undefined : event;
  return { message: decodeBase64Url(event.binary)?.slice().buffer ?? "" };
}

function written(command: SocketCommand): unknown {
  if (!("send" in command) || typeof command.send === "string") return command;
  return { binary: encodeBase64Url(new Uint8Array(command.send)) };
}
