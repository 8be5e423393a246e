/**
 * A small strict relay of protocol 2 for tests: it proves nodes, routes by registered hashes and routes, and fails the
 * test (through `violations`) when a node breaks the protocol. It can also lie: every hook is the test's.
 */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { challengeNode, type NodeChallenge } from "#shared/crypto/node-auth.ts";
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import { decodeClientToRelay } from "#shared/protocol/v2/decode-from-client.ts";
import { decodeNodeToRelay } from "#shared/protocol/v2/decode-from-node.ts";
import type {
  NodeProof,
  NodeToRelay,
  Register,
  RelayToNode,
  SessionEntry,
} from "#shared/protocol/v2/relay-messages.ts";
import { type Mailbox, mailbox } from "./mailbox.ts";

const backend = createCryptoBackend();

export interface TestRelayOptions {
  readonly publicUrl?: string;
  /** Refuses a route, with this error. */
  refuseRoute?: (route: string) => string | undefined;
  /** Says this before anything else instead of `welcome`; `""` says nothing. */
  firstWord?: string;
  readonly port?: number;
  /** What time it says it is, in unix seconds. */
  readonly now?: number;
}

export class NodeLeg {
  nodeId = "";
  proof: NodeProof | undefined;
  registered: Register | undefined;
  /** Every message of the node, in order; binary ones as bytes. */
  readonly log: (NodeToRelay | { type: string } | Buffer)[] = [];
  readonly v1Answers: Mailbox<Record<string, unknown>> = mailbox();
  readonly sessions = new Map<string, SessionEntry>();
  readonly routes = new Set<string>();
  readonly codes = new Set<string>();
  readonly clients = new Map<number, WebSocket>();
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
  isOnline = false;
  bytesReceived = 0;
  private lastChannel = 0;
  private challenge: NodeChallenge | undefined;
  private readonly relay: TestRelay;

  constructor(socket: WebSocket, relay: TestRelay) {
    this.socket = socket;
    this.relay = relay;
    this.closed = new Promise((resolve) => socket.on("close", resolve));
    socket.on("message", (data: Buffer, isBinary) => {
      this.bytesReceived += data.length;
      if (isBinary) this.frame(data);
      else void this.text(data.toString());
    });
    const first = relay.options.firstWord;
    if (first === undefined) this.send(welcome(relay.options));
    else if (first !== "") socket.send(first);
  }

  send(message: RelayToNode | object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Opens a channel for a client, as any relay can at any time. */
  openChannel(client: WebSocket, via: object): number {
    this.lastChannel += 1;
    const channel = this.lastChannel;
    this.clients.set(channel, client);
    this.send({ type: "channel_open", channel, peer: "192.0.2.1", ...via });
    client.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.sendFrame(channel, data);
    });
    client.on("close", () => {
      if (this.clients.delete(channel)) this.send({ type: "channel_closed", channel });
    });
    return channel;
  }

  sendFrame(channel: number, frame: Uint8Array): void {
    const message = Buffer.alloc(4 + frame.length);
    message.writeUInt32BE(channel);
    message.set(frame, 4);
    this.socket.send(message);
  }

  private frame(data: Buffer): void {
    this.log.push(data);
    if (!this.isOnline) this.violation("a frame before it is online");
    if (data.length < 5) this.violation("a frame without content");
    const client = this.clients.get(data.readUInt32BE(0));
    client?.send(data.subarray(4));
  }

  private async text(text: string): Promise<void> {
    const message = decodeNodeToRelay(text);
    if (message.type === "v1") {
      this.v1Answers.put(JSON.parse(text) as Record<string, unknown>);
      return;
    }
    if (message.type === "invalid") {
      this.violation(`${message.error}: ${text.slice(0, 60)}`);
      return;
    }
    this.log.push(message);
    await this.relay.told(this, message);
  }

  async handle(message: NodeToRelay): Promise<void> {
    switch (message.type) {
      case "node_hello": {
        this.nodeId = message.node_id;
        const hello = decodeBase64Url(message.noise) ?? new Uint8Array();
        this.challenge = await challengeNode({ backend, nodeId: message.node_id, hello });
        if (this.challenge === undefined) this.violation("a bad hello");
        else this.send({ type: "node_challenge", noise: encodeBase64Url(this.challenge.challenge) });
        return;
      }
      case "node_auth": {
        this.proof = this.challenge?.verify(decodeBase64Url(message.noise) ?? new Uint8Array());
        this.challenge = undefined;
        if (this.proof === undefined) this.violation("a bad proof");
        else this.send({ type: "node_ready" });
        return;
      }
      case "register": {
        if (this.proof === undefined) this.violation("register without a proof");
        this.registered = message;
        for (const entry of message.sessions) this.sessions.set(entry.hash, entry);
        const rejected = message.offers.flatMap(({ route }) => {
          const error = this.relay.options.refuseRoute?.(route);
          if (error === undefined) this.routes.add(route);
          return error === undefined ? [] : [{ route, error }];
        });
        for (const { hash } of message.codes) this.codes.add(hash);
        this.isOnline = true;
        this.send({ type: "registered", rejected });
        this.relay.online.put(this);
        return;
      }
    }
    if (!this.isOnline) this.violation(`${message.type} before it is online`);
    switch (message.type) {
      case "offer": {
        const error = this.relay.options.refuseRoute?.(message.route);
        if (error === undefined) this.routes.add(message.route);
        this.send({ type: "offered", route: message.route, ...(error !== undefined && { error }) });
        return;
      }
      case "offer_remove":
        this.routes.delete(message.route);
        return;
      case "code":
        this.codes.add(message.hash);
        this.send({ type: "offered", hash: message.hash });
        return;
      case "code_remove":
        this.codes.delete(message.hash);
        return;
      case "sessions":
        for (const [hash, entry] of this.sessions)
          if (message.remove.includes(entry.device)) this.sessions.delete(hash);
        for (const entry of message.add) this.sessions.set(entry.hash, entry);
        return;
      case "channel_close": {
        const client = this.clients.get(message.channel);
        this.clients.delete(message.channel);
        client?.close(message.code ?? 1000);
      }
    }
  }

  private violation(what: string): void {
    this.relay.violations.push(what);
  }
}

export class TestRelay {
  readonly options: TestRelayOptions;
  readonly violations: string[] = [];
  /** Each node connection, once its socket is open. */
  readonly legs: Mailbox<NodeLeg> = mailbox();
  /** Each node connection, once it is registered. */
  readonly online: Mailbox<NodeLeg> = mailbox();
  url = new URL("ws://127.0.0.1");
  current: NodeLeg | undefined;
  /** False: node messages are kept and not acted on. */
  acts = true;
  private readonly server = createServer();
  private readonly sockets = new Set<Socket>();
  private readonly acceptor = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has("ora.v2") ? "ora.v2" : false),
  });

  constructor(options: TestRelayOptions) {
    this.options = options;
    this.server.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    this.server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.acceptor.handleUpgrade(request, socket, head, (accepted) => {
        if (request.url !== "/ws/node" && request.url !== "/ws/client")
          this.violations.push(`URL ${request.url}`);
        if (request.url === "/ws/node") {
          this.current = new NodeLeg(accepted, this);
          this.legs.put(this.current);
        } else this.client(accepted);
      });
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(this.options.port ?? 0, "127.0.0.1", resolve));
    this.url = new URL(`ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
    return this;
  }

  async told(leg: NodeLeg, message: NodeToRelay): Promise<void> {
    if (this.acts) await leg.handle(message);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private client(socket: WebSocket): void {
    socket.send(JSON.stringify(welcome(this.options)));
    socket.once("message", (data: Buffer) => {
      const open = decodeClientToRelay(data.toString());
      const leg = this.current;
      if (open.type !== "open" || leg === undefined || !leg.isOnline) {
        socket.close(4503);
      } else if ("route" in open) {
        if (!leg.routes.has(open.route)) socket.close(4404);
        else this.opened(socket, leg, { via: "offer", route: open.route });
      } else {
        const hash = createHash("sha256")
          .update(decodeBase64Url(open.token) ?? "")
          .digest();
        const entry = leg.sessions.get(encodeBase64Url(hash));
        if (entry === undefined) socket.close(4403);
        else this.opened(socket, leg, { via: "session", device: entry.device });
      }
    });
  }

  private opened(socket: WebSocket, leg: NodeLeg, via: object): void {
    leg.openChannel(socket, via);
    socket.send('{"type":"opened"}');
  }
}

export function testRelay(options: TestRelayOptions = {}): Promise<TestRelay> {
  return new TestRelay(options).listen();
}

function welcome({ publicUrl, now }: TestRelayOptions) {
  const url = publicUrl === undefined ? {} : { public_url: publicUrl };
  return {
    type: "welcome",
    v: 2,
    now: now ?? Math.floor(Date.now() / 1000),
    limits: { channel_buffer: 8_388_608 },
    ...url,
  };
}
