/**
 * A client's socket in protocol 1: requests to the node of its session, many at a time, answered as they finish. It
 * lives no longer than the session, and is not read while it does not read.
 */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { type BadRequest, decodeFromClient, type ProxyRequest } from "#shared/protocol/v1/decode.ts";
import { MESSAGE_ERROR, REQUEST_ERROR, type RequestId } from "#shared/protocol/v1/messages.ts";
import type { Guest } from "../elsewhere/node-places.ts";
import { nodeKey } from "../elsewhere/place-keys.ts";
import { InvalidBudget } from "../invalid-budget.ts";
import { nodeOrigin } from "../node-origin.ts";
import type { Peer, PeerListener } from "../peer.ts";
import type { RelayState } from "../relay-state.ts";
import type { Session, SessionSocket } from "../sessions.ts";
import { decodeReceived, type Received } from "./big-message.ts";
import { type AwayClient, RequestsElsewhere } from "./elsewhere.ts";
import { GUEST_LEAVES_CODE, guestLeavesReason } from "./guest-leaves.ts";
import { failure, freshId, type Requester } from "./pending.ts";

export class V1ClientSocket implements PeerListener, Requester, SessionSocket, AwayClient, Guest {
  private readonly peer: Peer;
  private readonly relay: RelayState;
  private readonly session: Session;
  private readonly invalid: InvalidBudget;
  private readonly isHandedOver: boolean;
  /** Messages that came: over a link these are requests alone. */
  private taken = 0;
  /** Its requests to a node that is at another instance. */
  private away: RequestsElsewhere | undefined;

  /** One that `isHandedOver` is served for another instance, and not sent on to a third. */
  constructor(options: { peer: Peer; relay: RelayState; session: Session; isHandedOver?: boolean }) {
    this.peer = options.peer;
    this.isHandedOver = options.isHandedOver ?? false;
    this.relay = options.relay;
    this.session = options.session;
    this.invalid = new InvalidBudget(options.relay.clock);
    this.session.sockets.add(this);
    if (this.isHandedOver) this.relay.elsewhere?.nodes.guestCame(this.session.nodeId, this);
  }

  message(data: Buffer, isBinary: boolean): void {
    this.taken += 1;
    if (isBinary) {
      this.refuse(MESSAGE_ERROR.BINARY);
      return;
    }
    if (data.length > this.relay.config.maxMessageBytes) {
      this.refuse(MESSAGE_ERROR.TOO_LARGE);
      return;
    }
    const received = decodeReceived(data, decodeFromClient);
    const { message } = received;
    switch (message.kind) {
      case "http_proxy":
        this.request({ ...received, message }, data);
        return;
      case "bad_request":
        this.refuseRequest(message);
        return;
      case "ping":
        this.peer.sendJson({ type: "pong", ts: this.relay.clock.unixSeconds() });
        return;
      case "invalid":
        this.refuse(message.error, message.id);
    }
  }

  deliver(answer: string | Buffer): void {
    this.peer.sendText(answer);
  }

  /** Whoever does not read its answers gets no more requests in. */
  congested(): void {
    this.peer.pause("self");
    this.away?.hold();
  }

  drained(): void {
    this.peer.resume("self");
    this.away?.release();
  }

  nodeAway(id: RequestId | undefined): void {
    this.deliver(failure(id ?? freshId(), REQUEST_ERROR.NODE_NOT_CONNECTED));
  }

  lost(): void {
    this.peer.close(CLOSE.RELAY_RESTARTING, "relay_restarting");
  }

  ended(code: number, reason: string, cut: boolean): void {
    if (cut) this.peer.cut(this.relay.clock, code, reason);
    else this.peer.close(code, reason);
  }

  nodeLeft(): void {
    this.peer.close(GUEST_LEAVES_CODE, guestLeavesReason(this.taken));
  }

  sessionLost(): void {
    this.lost();
  }

  sessionEnded(): void {
    this.peer.cut(this.relay.clock, CLOSE.DENIED, "session_ended");
  }

  closed(): void {
    this.session.sockets.delete(this);
    this.away?.end();
    if (this.isHandedOver) this.relay.elsewhere?.nodes.guestGone(this.session.nodeId, this);
    const node = this.relay.hub.get(this.session.nodeId);
    node?.requests.drop(this);
    node?.gate.leave(this.peer);
  }

  private request(received: Received<ProxyRequest>, raw: Buffer): void {
    if (this.session.expiresAt <= this.relay.clock.now()) {
      this.sessionEnded();
      return;
    }
    const node = this.relay.hub.get(this.session.nodeId);
    const cluster = this.isHandedOver ? undefined : this.relay.elsewhere?.cluster;
    if (node === undefined && cluster !== undefined) {
      const { peer, session } = this;
      const [key, hash] = [nodeKey(session.nodeId), session.digest.toString("hex")];
      this.away ??= new RequestsElsewhere({ peer, cluster, key, session: hash, client: this });
      this.away.request(raw, received.message.id);
      return;
    }
    const id = received.message.id ?? freshId();
    if (node === undefined || nodeOrigin(node) !== this.session.origin) {
      this.deliver(failure(id, REQUEST_ERROR.NODE_NOT_CONNECTED));
      return;
    }
    node.gate.enter(this.peer);
    const session = node.version === 2 ? this.session.id : undefined;
    const error = node.requests.begin(this, { id, received, raw }, session);
    if (error !== undefined) this.deliver(failure(id, error));
  }

  private refuseRequest({ id, error }: BadRequest): void {
    this.deliver(failure(id ?? freshId(), error));
    this.countInvalid();
  }

  private refuse(error: string, id?: string | number): void {
    this.peer.sendJson({ type: "error", ...(id !== undefined && { id }), error });
    this.countInvalid();
  }

  private countInvalid(): void {
    if (!this.invalid.spend()) this.peer.close(CLOSE.POLICY_VIOLATION, "too_many_invalid_messages");
  }
}
