/**
 * From an HTTP upgrade to an accepted socket of the right protocol. Path, capacity and origin are checked before the
 * WebSocket handshake, and answered as HTTP; what concerns the protocol is told with a close code afterwards. A
 * connection speaks protocol 2 if and only if it offered the subprotocol `ora.v2`.
 */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { MAX_FRAME_BYTES, MAX_NODE_CONTROL_BYTES } from "#shared/protocol/v2/limits.ts";
import { SUBPROTOCOL_V2 } from "#shared/protocol/version.ts";
import { clientAddress, isOwnMachine } from "./client-address.ts";
import { CLOSE_TIMEOUT_MS, HARD_CAP_FACTOR, MAX_CLIENTS, MAX_NODES } from "./limits.ts";
import type { Accepted, Peers } from "./peers.ts";
import type { ProbationRegister } from "./probation.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { RelayState } from "./relay-state.ts";
import type { V1Acceptor } from "./v1/accept.ts";
import type { V2Acceptor } from "./v2/accept.ts";

/** Options of ws that its type declarations do not know yet. */
const SOCKET_BOUNDS = { maxFragments: 1_024, closeTimeout: CLOSE_TIMEOUT_MS };

interface Asked {
  readonly request: IncomingMessage;
  readonly stream: Duplex;
  readonly head: Buffer;
  readonly query: URLSearchParams;
  readonly address: string;
}

export class Upgrade {
  private readonly relay: RelayState;
  private readonly peers: Peers;
  private readonly unproven: ProbationRegister;
  private readonly v1: V1Acceptor;
  private readonly v2: V2Acceptor | undefined;
  private readonly v1Server: WebSocketServer;
  private readonly v2NodeServer: WebSocketServer;
  private readonly v2ClientServer: WebSocketServer;
  private readonly attempts: RateLimit;
  private clients = 0;

  /** `v2` is undefined where protocol 2 cannot be served: who offers it is told so. */
  constructor(options: {
    relay: RelayState;
    peers: Peers;
    unproven: ProbationRegister;
    /** Upgrades that were asked for, per address. */
    attempts: RateLimit;
    v1: V1Acceptor;
    v2: V2Acceptor | undefined;
  }) {
    this.relay = options.relay;
    this.peers = options.peers;
    this.unproven = options.unproven;
    this.v1 = options.v1;
    this.v2 = options.v2;
    this.attempts = options.attempts;
    const v1Cap = HARD_CAP_FACTOR * options.relay.config.maxMessageBytes;
    // Selecting no subprotocol is what tells a v2 endpoint that this is v1.
    this.v1Server = socketServer(v1Cap, () => false);
    // A v2 node's socket carries v1 answers too.
    this.v2NodeServer = socketServer(Math.max(v1Cap, MAX_NODE_CONTROL_BYTES), () => SUBPROTOCOL_V2);
    this.v2ClientServer = socketServer(HARD_CAP_FACTOR * MAX_FRAME_BYTES, () => SUBPROTOCOL_V2);
  }

  /** The listener of the HTTP server's "upgrade" event. */
  handle(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // The socket may break before it is a WebSocket; its end is all that matters.
    stream.on("error", () => stream.destroy());
    const address = clientAddress(request, this.relay.config.trustProxy);
    if (!isOwnMachine(address)) {
      if (this.attempts.attempt(address) !== undefined) {
        this.refuse(stream, 429, "Too many attempts from your address.", "upgrades_per_address");
        return;
      }
      if (!this.peers.perAddress.hasRoom(address)) {
        this.refuse(stream, 429, "Too many sockets from your address.", "sockets_per_address");
        return;
      }
    }
    const [path, query] = splitTarget(request.url ?? "");
    const asked = { request, stream, head, query, address };
    if (path === "/ws/node") this.acceptNode(asked);
    else if (path === "/ws/client") this.acceptClient(asked);
    else this.refuse(stream, 404, "Not Found");
  }

  private acceptNode({ request, stream, head, query, address }: Asked): void {
    if (this.relay.hub.size >= MAX_NODES || !this.unproven.hasRoom(address)) {
      this.refuse(stream, 503, "Too many nodes.");
      return;
    }
    const isV2 = offersV2(request);
    const server = isV2 ? this.v2NodeServer : this.v1Server;
    server.handleUpgrade(request, stream, head, (ws) => {
      const accepted = { ws, stream, address };
      if (!isV2) this.v1.node(accepted, query.get("node_id") ?? "");
      else if (this.v2 === undefined) this.refuseV2(accepted);
      else this.v2.node(accepted);
    });
  }

  private acceptClient({ request, stream, head, query, address }: Asked): void {
    if (this.relay.config.enforceOrigin && !/^https:\/\//i.test(request.headers.origin ?? "")) {
      this.refuse(stream, 403, "Only pages served over https may connect.");
      return;
    }
    const isV2 = offersV2(request);
    if (this.clients >= MAX_CLIENTS || (isV2 && !this.unproven.hasRoom(address))) {
      this.refuse(stream, 503, "Too many clients.");
      return;
    }
    const token = isV2 ? "" : (query.get("token") ?? bearer(request.headers.authorization));
    const server = isV2 ? this.v2ClientServer : this.v1Server;
    const accept = () =>
      server.handleUpgrade(request, stream, head, (ws) => {
        const accepted = { ws, stream, address };
        this.clients += 1;
        ws.once("close", () => {
          this.clients -= 1;
        });
        if (!isV2) this.v1.client(accepted, token);
        else if (this.v2 === undefined) this.refuseV2(accepted);
        else this.v2.client(accepted);
      });
    const news = isV2 ? undefined : this.v1.news(token);
    if (news === undefined) accept();
    else void news.then(accept);
  }

  private refuseV2(accepted: Accepted): void {
    this.peers.refuse(accepted, CLOSE.UPGRADE_REQUIRED, "no_public_url");
  }

  /** Answers an upgrade that is not going to happen, in HTTP. */
  private refuse(stream: Duplex, status: number, detail: string, reason = `upgrade_${status}`): void {
    this.relay.metrics.refused(reason);
    const body = JSON.stringify({ detail });
    const lines = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "Connection: close",
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    stream.end(`${lines.join("\r\n")}\r\n\r\n${body}`, () => stream.destroy());
  }
}

function socketServer(maxPayload: number, handleProtocols: () => string | false): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
    handleProtocols,
    ...SOCKET_BOUNDS,
  });
}

function offersV2(request: IncomingMessage): boolean {
  const offered = request.headers["sec-websocket-protocol"] ?? "";
  return offered.split(",").some((name) => name.trim() === SUBPROTOCOL_V2);
}

function splitTarget(target: string): [path: string, query: URLSearchParams] {
  const mark = target.indexOf("?");
  if (mark === -1) return [target, new URLSearchParams()];
  return [target.slice(0, mark), new URLSearchParams(target.slice(mark + 1))];
}

function bearer(header: string | undefined): string {
  return /^bearer +(\S+)\s*$/i.exec(header ?? "")?.[1] ?? "";
}
