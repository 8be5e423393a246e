/**
 * A relay for tests on a real port: the client's leg of protocol 2 to the letter, with the nodes in the same process.
 * Tests can make it misbehave in all the ways a relay can.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { Link, LinkListener } from "#shared/link.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { decodeClientToRelay } from "#shared/protocol/v2/decode-from-client.ts";
import { MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import type { Open } from "#shared/protocol/v2/relay-messages.ts";
import { SUBPROTOCOL_V2 } from "#shared/protocol/version.ts";
import type { TestNode } from "./test-node.ts";

export interface Refusal {
  readonly error?: string;
  readonly close: number;
  readonly retryMs?: number;
}

export class TestRelay {
  readonly nodes = new Map<string, TestNode>();
  readonly opens: Open[] = [];
  /** Everything clients sent before `welcome` went out. */
  readonly early: unknown[] = [];
  /** Every frame that clients sent. */
  readonly frames: Uint8Array[] = [];
  /** `echo`: an old server that selects any subprotocol and says nothing. `none`: one that knows none. */
  manners: "v2" | "echo" | "none" = "v2";
  /** What to answer an `open` with instead of opening. */
  refuse: ((open: Open) => Refusal | undefined) | undefined;
  /** Changes frames on their way; an empty list drops them. */
  tamper: ((frame: Uint8Array, direction: "up" | "down") => Uint8Array[]) | undefined;
  /** Texts to send after `opened`. */
  afterOpened: string[] = [];
  channelBuffer = 8 * 1024 * 1024;
  connections = 0;
  readonly sockets = new Set<WebSocket>();
  private server: Server | undefined;
  private readonly wss = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: (offered) => (this.manners === "none" ? false : ([...offered][0] ?? false)),
  });

  /** Listens; returns `http://127.0.0.1:PORT`. */
  async start(port = 0): Promise<string> {
    const server = createServer((_, response) => response.writeHead(404).end());
    this.server = server;
    server.on("upgrade", (request, socket, head) => {
      this.connections += 1;
      this.wss.handleUpgrade(request, socket, head, (ws) => this.connected(ws));
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return this.url;
  }

  get port(): number {
    const address = this.server?.address() as AddressInfo | null | undefined;
    if (!address) throw new Error("the relay does not listen");
    return address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  /** Closes every connection with a code. */
  closeAll(code: number): void {
    for (const socket of this.sockets) socket.close(code);
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined));
  }

  private connected(socket: WebSocket): void {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => socket.terminate());
    if (this.manners !== "v2" || socket.protocol !== SUBPROTOCOL_V2) {
      socket.on("message", (data) => this.early.push(data));
      return;
    }
    socket.once("message", (data, isBinary) => {
      const open = isBinary ? undefined : decodeClientToRelay(String(data));
      if (open?.type !== "open") socket.close(CLOSE.BAD_REQUEST);
      else this.open(socket, open);
    });
    const welcome = {
      type: "welcome",
      v: 2,
      now: 1_700_000_000,
      limits: { channel_buffer: this.channelBuffer },
      x: 1,
    };
    socket.send(JSON.stringify(welcome));
  }

  private open(socket: WebSocket, open: Open): void {
    this.opens.push(open);
    const refusal = this.refuse?.(open);
    const found = refusal ?? this.find(open);
    if ("close" in found) {
      const { error, close, retryMs: retry_ms } = found;
      if (error !== undefined) socket.send(JSON.stringify({ type: "error", code: error, retry_ms }));
      socket.close(close);
      return;
    }
    socket.send(JSON.stringify({ type: "opened", later: true }));
    for (const text of this.afterOpened) socket.send(text);
    const link = new ServerLink(socket, this);
    void found.node.accept(link, found.by);
  }

  private find(open: Open): Refusal | { node: TestNode; by: { device: string } | { route: string } } {
    if ("route" in open) {
      const node = [...this.nodes.values()].find(
        ({ links, codes }) => links.has(open.route) || codes.has(open.route),
      );
      return node
        ? { node, by: { route: open.route } }
        : { error: "unknown_route", close: CLOSE.UNKNOWN_ROUTE };
    }
    const node = this.nodes.get(open.node_id);
    if (node === undefined) return { error: "node_offline", close: CLOSE.NODE_OFFLINE };
    const device = [...node.devices.values()].find(({ routeToken }) => routeToken === open.token);
    return device ? { node, by: { device: device.id } } : { error: "denied", close: CLOSE.DENIED };
  }
}

class ServerLink implements Link<Uint8Array> {
  private readonly socket: WebSocket;
  private readonly relay: TestRelay;
  private listener: LinkListener<Uint8Array> | undefined;
  private early: Uint8Array[] = [];
  private end: { code: number; reason: string } | undefined;

  constructor(socket: WebSocket, relay: TestRelay) {
    this.socket = socket;
    this.relay = relay;
    socket.on("message", (data, isBinary) => {
      if (!isBinary || !(data instanceof Uint8Array)) return;
      const frame = Uint8Array.from(data);
      relay.frames.push(frame);
      for (const changed of relay.tamper?.(frame, "up") ?? [frame]) this.deliver(changed);
    });
    socket.on("close", (code, reason) => {
      this.end = { code, reason: String(reason) };
      this.listener?.closed(this.end);
    });
  }

  get queuedBytes(): number {
    return this.socket.bufferedAmount;
  }

  send(frame: Uint8Array): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    for (const changed of this.relay.tamper?.(frame, "down") ?? [frame]) {
      this.socket.send(changed, () => this.listener?.drained());
    }
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  listen(listener: LinkListener<Uint8Array>): void {
    this.listener = listener;
    for (const frame of this.early) listener.message(frame);
    this.early = [];
    if (this.end !== undefined) listener.closed(this.end);
  }

  private deliver(frame: Uint8Array): void {
    if (this.listener === undefined) this.early.push(frame);
    else this.listener.message(frame);
  }
}
