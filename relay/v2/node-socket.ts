/**
 * A node's socket in protocol 2, from `welcome` to its end. Until the node has proved its key it may send little and
 * not for long; afterwards what it sends goes to the node that it has become.
 */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { FromNode } from "#shared/protocol/v1/decode.ts";
import { REQUEST_ERROR } from "#shared/protocol/v1/messages.ts";
import { decodeNodeToRelay, type InvalidMessage } from "#shared/protocol/v2/decode-from-node.ts";
import { MAX_NODE_CONTROL_BYTES } from "#shared/protocol/v2/limits.ts";
import {
  type NodeAuth,
  type NodeHello,
  type NodeToRelay,
  RELAY_ERROR,
} from "#shared/protocol/v2/relay-messages.ts";
import { InvalidBudget } from "../invalid-budget.ts";
import type { PeerListener } from "../peer.ts";
import type { PeerSocket } from "../peer-socket.ts";
import type { Probation } from "../probation.ts";
import { decodeReceived, type Received } from "../v1/big-message.ts";
import { V2Node } from "./node.ts";
import { NodeProofCheck } from "./node-proof.ts";
import type { V2State } from "./state.ts";

type Decoded = FromNode | { readonly kind: "v2"; readonly message: NodeToRelay | InvalidMessage };

export class V2NodeSocket implements PeerListener {
  private readonly peer: PeerSocket;
  private readonly v2: V2State;
  private readonly probation: Probation;
  private readonly invalid: InvalidBudget;
  /** Until it has proved its key. */
  private proof: NodeProofCheck | undefined;
  private expected: "node_hello" | "nothing" | "node_auth" = "node_hello";
  private node: V2Node | undefined;
  private leaveEnrolment: (() => void) | undefined;

  constructor(options: { peer: PeerSocket; v2: V2State; probation: Probation }) {
    this.peer = options.peer;
    this.v2 = options.v2;
    this.probation = options.probation;
    this.invalid = new InvalidBudget(options.v2.relay.clock);
    this.proof = new NodeProofCheck(options.v2.policy);
  }

  message(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      if (this.node !== undefined) this.node.frame(data);
      else this.fail(CLOSE.BAD_REQUEST, RELAY_ERROR.BAD_MESSAGE);
      return;
    }
    if (!this.probation.countMessage()) return;
    const received = decodeReceived(data, decode);
    const { message } = received;
    if (message.kind !== "v2") this.answer({ ...received, message }, data);
    else if (data.length > MAX_NODE_CONTROL_BYTES) this.refuse(RELAY_ERROR.TOO_BIG);
    else if (message.message.type === "invalid") this.refuse(message.message.error);
    else this.act(message.message);
  }

  control(): void {
    this.probation.countMessage();
  }

  congested(): void {
    this.node?.gate.close();
  }

  drained(): void {
    this.node?.gate.open();
  }

  ending(): void {
    this.probation.end();
    this.leaveEnrolment?.();
    this.node?.leave();
  }

  closed(): void {
    this.ending();
  }

  private act(message: NodeToRelay): void {
    if (this.node !== undefined) {
      if (!this.node.handle(message)) this.refuse(RELAY_ERROR.BAD_MESSAGE);
    } else if (message.type === this.expected && message.type === "node_hello") void this.hello(message);
    else if (message.type === this.expected && message.type === "node_auth") this.auth(message);
    else this.fail(CLOSE.BAD_REQUEST, RELAY_ERROR.BAD_MESSAGE);
  }

  private async hello(message: NodeHello): Promise<void> {
    this.expected = "nothing";
    if (this.v2.hellos.attempt(this.peer.address) !== undefined) {
      this.fail(CLOSE.RATE_LIMITED, RELAY_ERROR.RATE_LIMITED);
      return;
    }
    const noise = await this.proof?.hello(message);
    if (!this.peer.open) return;
    if (noise === undefined) {
      this.fail(CLOSE.NODE_AUTH_FAILED, RELAY_ERROR.NODE_AUTH_FAILED);
      return;
    }
    this.expected = "node_auth";
    this.peer.sendJson({ type: "node_challenge", noise });
  }

  private auth(message: NodeAuth): void {
    this.expected = "nothing";
    const proven = this.proof?.auth(message) ?? RELAY_ERROR.NODE_AUTH_FAILED;
    this.proof = undefined;
    if (typeof proven === "string") {
      this.v2.relay.metrics.refused(proven);
      this.v2.relay.log.info({ reason: proven }, "node refused");
      this.fail(CLOSE.NODE_AUTH_FAILED, proven);
      return;
    }
    this.probation.end();
    this.peer.sendJson({ type: "node_ready" });
    this.node = new V2Node({ id: proven.nodeId, epoch: proven.epoch, peer: this.peer, v2: this.v2 });
    if (proven.enrolledBy === undefined) return;
    const expel = () => this.fail(CLOSE.NODE_AUTH_FAILED, "enrolment_refused");
    this.leaveEnrolment = this.v2.relay.enrolment.join(proven.enrolledBy, { expel });
  }

  /** A v1 answer of this node. */
  private answer(received: Received<FromNode>, raw: Buffer): void {
    const { message } = received;
    if (this.node === undefined) this.fail(CLOSE.BAD_REQUEST, RELAY_ERROR.BAD_MESSAGE);
    else if (message.kind !== "response" && message.kind !== "bad_response") {
      this.refuse(RELAY_ERROR.BAD_MESSAGE);
    } else if (raw.length > this.v2.relay.config.maxMessageBytes) {
      this.node.requests.fail(message.id, REQUEST_ERROR.BODY_TOO_LARGE);
      this.refuse(RELAY_ERROR.TOO_BIG);
    } else this.node.requests.answer({ ...received, message }, raw);
  }

  private refuse(code: string): void {
    this.peer.sendJson({ type: "error", code });
    if (!this.invalid.spend()) this.peer.close(CLOSE.POLICY_VIOLATION, "too_many_invalid_messages");
  }

  private fail(close: number, code: string): void {
    this.peer.sendJson({ type: "error", code });
    this.peer.close(close, code);
  }
}

function decode(text: string): Decoded {
  const message = decodeNodeToRelay(text);
  return message.type === "v1" ? message.message : { kind: "v2", message };
}
