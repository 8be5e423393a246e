/**
 * From an HTTP upgrade to an accepted socket of the right kind. Path, capacity and origin are checked before the
 * WebSocket handshake, and answered as HTTP; what concerns the protocol is told with a close code afterwards.
 */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { clientAddress } from "./client-address.ts";
import type { Heartbeat } from "./heartbeat.ts";
import {
  CLOSE_TIMEOUT_MS,
  MAX_CLIENTS,
  MAX_NODES,
  MAX_QUEUED_BYTES,
  MAX_SOCKETS_PER_SESSION,
  PROBATION_BYTES,
  PROBATION_MESSAGES,
  PROBATION_MS,
} from "./limits.ts";
import type { OutputBudget } from "./output-budget.ts";
import { type PeerListener, PeerSocket } from "./peer-socket.ts";
import { Probation, type ProbationRegister } from "./probation.ts";
import type { RelayState } from "./relay-state.ts";
import { type Admission, nodeIdProblem } from "./v1/admission.ts";
import { V1ClientSocket } from "./v1/client-socket.ts";
import { V1NodeSocket } from "./v1/node-socket.ts";

/** Above the largest accepted message, so that one that is only somewhat too large is answered and not cut off. */
const HARD_CAP_FACTOR = 2;

/** Options of ws that its type declarations do not know yet. */
const SOCKET_BOUNDS = { maxFragments: 1_024, closeTimeout: CLOSE_TIMEOUT_MS };

export class Upgrade {
  readonly peers = new Set<PeerSocket>();
  private clients = 0;
  private readonly relay: RelayState;
  private readonly budget: OutputBudget;
  private readonly heartbeat: Heartbeat;
  private readonly admission: Admission;
  private readonly unproven: ProbationRegister;
  private readonly v1: WebSocketServer;

  constructor(options: {
    relay: RelayState;
    budget: OutputBudget;
    heartbeat: Heartbeat;
    admission: Admission;
    unproven: ProbationRegister;
  }) {
    this.relay = options.relay;
    this.budget = options.budget;
    this.heartbeat = options.heartbeat;
    this.admission = options.admission;
    this.unproven = options.unproven;
    this.v1 = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: HARD_CAP_FACTOR * options.relay.config.maxMessageBytes,
      ...SOCKET_BOUNDS,
      // Selecting a subprotocol would promise protocol 2.
      handleProtocols: () => false,
    });
  }

  /** The listener of the HTTP server's "upgrade" event. */
  handle(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // The socket may break before it is a WebSocket; its end is all that matters.
    stream.on("error", () => stream.destroy());
    const [path, query] = splitTarget(request.url ?? "");
    if (path === "/ws/node") this.acceptNode(request, stream, head, query);
    else if (path === "/ws/client") this.acceptClient(request, stream, head, query);
    else refuse(stream, 404, "Not Found");
  }

  private acceptNode(request: IncomingMessage, stream: Duplex, head: Buffer, query: URLSearchParams): void {
    const address = clientAddress(request, this.relay.config.trustProxy);
    if (this.relay.hub.size >= MAX_NODES || !this.unproven.hasRoom(address)) {
      refuse(stream, 503, "Too many nodes.");
      return;
    }
    const nodeId = query.get("node_id") ?? "";
    this.v1.handleUpgrade(request, stream, head, (ws) => {
      const peer = this.peer(ws, stream, address);
      const problem = nodeIdProblem(nodeId);
      if (problem !== undefined) {
        this.attach(peer, { message: () => undefined, closed: () => undefined });
        peer.close(CLOSE.BAD_REQUEST, problem);
        return;
      }
      const { clock } = this.relay;
      const limits = { messages: PROBATION_MESSAGES, bytes: PROBATION_BYTES, ms: PROBATION_MS };
      const probation = new Probation({ peer, stream, register: this.unproven, clock, limits });
      const node = new V1NodeSocket({ id: nodeId, peer, relay: this.relay, probation });
      this.attach(peer, node);
      this.admission.request(nodeId, peer, () => node.enter());
    });
  }

  private acceptClient(request: IncomingMessage, stream: Duplex, head: Buffer, query: URLSearchParams): void {
    if (this.relay.config.enforceOrigin && !/^https:\/\//i.test(request.headers.origin ?? "")) {
      refuse(stream, 403, "Only pages served over https may connect.");
      return;
    }
    if (this.clients >= MAX_CLIENTS) {
      refuse(stream, 503, "Too many clients.");
      return;
    }
    const address = clientAddress(request, this.relay.config.trustProxy);
    const token = query.get("token") ?? bearer(request.headers.authorization);
    this.v1.handleUpgrade(request, stream, head, (ws) => {
      const peer = this.peer(ws, stream, address);
      const session = this.relay.sessions.find(token);
      const full = session !== undefined && session.sockets.size >= MAX_SOCKETS_PER_SESSION;
      if (session === undefined || full) {
        this.attach(peer, { message: () => undefined, closed: () => undefined });
        if (full) peer.close(CLOSE.RATE_LIMITED, "too_many_sockets");
        else peer.close(CLOSE.DENIED, "bad_token");
        return;
      }
      const client = new V1ClientSocket({ peer, relay: this.relay, session });
      this.clients += 1;
      this.attach(peer, client, () => {
        this.clients -= 1;
      });
    });
  }

  private peer(ws: WebSocket, stream: Duplex, address: string): PeerSocket {
    const maxQueuedBytes = Math.max(MAX_QUEUED_BYTES, 4 * this.relay.config.maxMessageBytes);
    return new PeerSocket({ ws, stream, address, budget: this.budget, maxQueuedBytes });
  }

  private attach(peer: PeerSocket, listener: PeerListener, gone?: () => void): void {
    this.peers.add(peer);
    this.heartbeat.add(peer);
    peer.listen({
      message: (data, isBinary) => listener.message(data, isBinary),
      congested: () => listener.congested?.(),
      drained: () => listener.drained?.(),
      control: () => listener.control?.(),
      closed: (code) => {
        this.peers.delete(peer);
        this.heartbeat.remove(peer);
        gone?.();
        listener.closed(code);
      },
    });
  }
}

function splitTarget(target: string): [path: string, query: URLSearchParams] {
  const mark = target.indexOf("?");
  if (mark === -1) return [target, new URLSearchParams()];
  return [target.slice(0, mark), new URLSearchParams(target.slice(mark + 1))];
}

function bearer(header: string | undefined): string {
  return /^bearer +(\S+)\s*$/i.exec(header ?? "")?.[1] ?? "";
}

/** Answers an upgrade that is not going to happen, in HTTP. */
function refuse(stream: Duplex, status: number, detail: string): void {
  const body = JSON.stringify({ detail });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Connection: close",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  stream.end(`${lines.join("\r\n")}\r\n\r\n${body}`, () => stream.destroy());
}
