/**
 * A request that offers to become something other than a WebSocket: `curl --http2` asks so whether HTTP/2 is spoken
 * here. A server may ignore that and answer (RFC 9110 section 7.8), but Node gives every such request to whoever takes
 * WebSockets. So it goes back to where it came from, in the bytes it came in, without the offer.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Server as TlsServer } from "node:tls";

/** Whether a request wants a WebSocket. */
export function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

export class OrdinaryHttp {
  private readonly server: Server;
  /** Connections on which something was offered before: an error of theirs is looked after. */
  private readonly looked = new WeakSet<Duplex>();
  /** What each connection was answered last. */
  private readonly answers = new WeakMap<Duplex, ServerResponse>();

  constructor(server: Server) {
    this.server = server;
    server.on("request", ({ socket }, response) => this.answers.set(socket, response));
  }

  /** Answers a request of the "upgrade" event as any other, and whatever follows it on the connection. */
  answer(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const back = () => {
      if (stream.destroyed) return;
      stream.unshift(Buffer.concat([Buffer.from(headWithoutOffer(request), "latin1"), head]));
      this.server.emit(this.server instanceof TlsServer ? "secureConnection" : "connection", stream);
    };
    const before = this.answers.get(stream);
    if (before === undefined || before.writableFinished) back();
    else {
      // Sent without waiting for the answer to the request before it: answers keep their order.
      if (!this.looked.has(stream)) stream.on("error", () => stream.destroy());
      this.looked.add(stream);
      before.once("finish", back);
    }
  }
}

/** What only makes sense with the offer. */
const OFFER: ReadonlySet<string> = new Set(["upgrade", "http2-settings"]);

function headWithoutOffer({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    const lower = name.toLowerCase();
    if (OFFER.has(lower)) continue;
    const kept = lower === "connection" ? connectionWithoutOffer(value) : value;
    if (lower !== "connection" || kept !== "") lines.push(`${name}: ${kept}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

function connectionWithoutOffer(value: string): string {
  return value
    .split(",")
    .filter((option) => !OFFER.has(option.trim().toLowerCase()))
    .join(",")
    .trim();
}
