/** Fresh sockets of protocol 1, made into nodes and clients, or told with a close code why not. */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { sha256 } from "../digest-table.ts";
import {
  MAX_QUEUED_BYTES,
  MAX_SOCKETS_PER_SESSION,
  MAX_V1_CLIENTS_PER_NODE,
  V1_NODE_PROBATION,
} from "../limits.ts";
import type { Accepted, Peers } from "../peers.ts";
import { Probation, type ProbationRegister } from "../probation.ts";
import type { RelayState } from "../relay-state.ts";
import { Admission, nodeIdProblem } from "./admission.ts";
import { V1ClientSocket } from "./client-socket.ts";
import type { Liveness } from "./liveness.ts";
import { V1NodeSocket } from "./node-socket.ts";
import { unknownSession } from "./unknown-session.ts";

export class V1Acceptor {
  private readonly relay: RelayState;
  private readonly peers: Peers;
  private readonly unproven: ProbationRegister;
  private readonly admission: Admission;
  private readonly maxQueuedBytes: number;

  constructor(options: {
    relay: RelayState;
    peers: Peers;
    unproven: ProbationRegister;
    liveness: Liveness;
  }) {
    this.relay = options.relay;
    this.peers = options.peers;
    this.unproven = options.unproven;
    const { hub, elsewhere } = options.relay;
    this.admission = new Admission({ hub, elsewhere, liveness: options.liveness });
    this.maxQueuedBytes = Math.max(MAX_QUEUED_BYTES, 4 * options.relay.config.maxMessageBytes);
  }

  node(accepted: Accepted, nodeId: string): void {
    // Protocol 1 has no proof of anything, so whoever wants to know its nodes cannot serve it.
    if (this.relay.enrolment.isRequired) {
      this.peers.refuse(accepted, CLOSE.UPGRADE_REQUIRED, "enrollment_required");
      return;
    }
    const problem = nodeIdProblem(nodeId);
    if (problem !== undefined) {
      this.peers.refuse(accepted, CLOSE.BAD_REQUEST, problem);
      return;
    }
    const { relay } = this;
    const peer = this.peers.create(accepted, this.maxQueuedBytes);
    const probation = new Probation({
      peer,
      register: this.unproven,
      clock: relay.clock,
      limits: V1_NODE_PROBATION,
    });
    const node = new V1NodeSocket({ id: nodeId, peer, relay, probation });
    this.peers.attachNode(peer, node);
    this.admission.request(nodeId, peer, () => node.enter());
  }

  /** Resolves when it can be said whether `token` is good; undefined when it can be said now. */
  news(token: string): Promise<void> | undefined {
    const { sessions, elsewhere } = this.relay;
    if (elsewhere?.sessions.isWhole !== true || sessions.find(token) !== undefined) return undefined;
    return elsewhere.sessions.news(sha256(token));
  }

  client(accepted: Accepted, token: string): void {
    const session = this.relay.sessions.find(token);
    if (session === undefined) {
      const { code, reason } = unknownSession(this.relay.elsewhere, sha256(token));
      this.peers.refuse(accepted, code, reason);
    } else if (session.sockets.size >= MAX_SOCKETS_PER_SESSION) {
      this.peers.refuse(accepted, CLOSE.RATE_LIMITED, "too_many_sockets");
    } else if (this.relay.sessions.socketsOf(session.nodeId) >= MAX_V1_CLIENTS_PER_NODE) {
      this.peers.refuse(accepted, CLOSE.RATE_LIMITED, "too_many_clients");
    } else {
      const peer = this.peers.create(accepted, this.maxQueuedBytes);
      this.peers.attach(peer, new V1ClientSocket({ peer, relay: this.relay, session }));
    }
  }
}
