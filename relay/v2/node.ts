/**
 * A node that has proved its key: it registers, and is online from then on. Frames pass between it and its clients
 * unread; v1 requests of clients that paired with a plaintext code pass as in protocol 1, marked with their session.
 */

import { RateLimit } from "#shared/mux/rate-limit.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { REQUEST_ERROR } from "#shared/protocol/v1/messages.ts";
import { MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import type {
  NodeToRelay,
  Register,
  Rejected,
  RelayToNode,
  Sessions,
} from "#shared/protocol/v2/relay-messages.ts";
import type { Elsewhere } from "../elsewhere/elsewhere.ts";
import type { OnlineNode } from "../hub.ts";
import {
  ENTRIES_PER_WORD,
  MAX_NODE_CLOCK_AHEAD_MS,
  NODE_OPENS_PER_SECOND,
  NODE_WORDS_BURST,
  NODE_WORDS_PER_SECOND,
  REGISTER_MS,
} from "../limits.ts";
import { idTag } from "../log.ts";
import { nodeOrigin } from "../node-origin.ts";
import type { CodeOffer } from "../offers.ts";
import type { PeerSocket } from "../peer-socket.ts";
import { ReadGate } from "../read-gate.ts";
import type { Session } from "../sessions.ts";
import { PendingRequests } from "../v1/pending.ts";
import { type ChannelClient, Channels, type ChannelVia } from "./channels.ts";
import { Devices } from "./devices.ts";
import type { Claimant } from "./node-claims.ts";
import { Registration } from "./registration.ts";
import type { V2State } from "./state.ts";

export class V2Node implements OnlineNode, Claimant {
  readonly id: string;
  readonly version = 2;
  readonly peer: PeerSocket;
  readonly requests: PendingRequests;
  readonly gate = new ReadGate();
  readonly devices: Devices;
  private readonly v2: V2State;
  private readonly channels = new Channels();
  private readonly registration: Registration;
  /** Until it has registered. */
  private deadline: { cancel(): void } | undefined;
  private readonly words: RateLimit;
  private isRegistered = false;
  /** Made with the first: most nodes have none. */
  private opens: RateLimit | undefined;
  private isOnline = false;
  private hasLeft = false;
  private readonly epoch: number;
  /** What is still being asked elsewhere, so that answers keep their order. */
  private answers: Promise<void> | undefined;

  /** `epoch` is the number of its connection, as the node says it. */
  constructor(options: { id: string; epoch: number; peer: PeerSocket; v2: V2State }) {
    const { v2, peer } = options;
    const { relay } = v2;
    this.id = options.id;
    this.epoch = Math.min(options.epoch, relay.clock.unixSeconds() * 1_000 + MAX_NODE_CLOCK_AHEAD_MS);
    this.peer = peer;
    this.v2 = v2;
    this.devices = new Devices({ clock: relay.clock, count: v2.deviceCount });
    this.registration = new Registration({
      relay,
      nodeId: this.id,
      origin: nodeOrigin(this),
      devices: this.devices,
    });
    this.requests = new PendingRequests({
      peer,
      clock: relay.clock,
      maxPending: relay.config.maxPending,
      maxBodyBytes: relay.config.maxBodyBytes,
      timeoutMs: relay.config.clientTimeoutSec * 1000,
    });
    this.words = new RateLimit(NODE_WORDS_BURST, NODE_WORDS_PER_SECOND, relay.clock.now());
    this.deadline = relay.clock.after(REGISTER_MS, () => peer.close(CLOSE.TIMEOUT, "not_registered"));
    v2.claims.claim(this);
  }

  /** Acts on a decoded message. False when it is not one for this moment. */
  handle(message: NodeToRelay): boolean {
    if (!this.words.take(wordsOf(message), this.v2.relay.clock.now())) {
      this.peer.close(CLOSE.RATE_LIMITED, "too_many_messages");
      return true;
    }
    if (message.type === "register") {
      this.register(message);
      return true;
    }
    if (!this.isRegistered) return false;
    switch (message.type) {
      case "offer": {
        const { route } = message;
        this.offered({ route }, this.registration.offer(message), () => this.registration.settleOffer(route));
        return true;
      }
      case "offer_remove":
        this.registration.removeOffer(message.route);
        return true;
      case "code": {
        const { hash } = message;
        this.offered({ hash }, this.registration.code(message), () => this.registration.settleCode(hash));
        return true;
      }
      case "code_remove":
        this.registration.removeCode(message.hash);
        return true;
      case "sessions":
        this.changeSessions(message);
        return true;
      case "channel_close":
        this.channels.take(message.channel)?.end(message.code ?? CLOSE.NORMAL, "closed_by_node");
        return true;
      case "session_revoke":
        this.v2.relay.sessions.revoke(this.id, message.id);
        return true;
      default:
        return false;
    }
  }

  /** A binary message. What belongs to no open channel is dropped: the client has gone meanwhile. */
  frame(message: Buffer): void {
    const routed = this.channels.route(message);
    if (routed === undefined) return;
    if (routed.frame.length > MAX_FRAME_BYTES) routed.client.end(CLOSE.TOO_BIG, "frame_too_big");
    else routed.client.deliver(routed.frame);
  }

  /** Opens a channel for a client; undefined when this node or its device has too many, or opened too many just now. */
  openChannel(client: ChannelClient, via: ChannelVia, address: string): number | undefined {
    const now = this.v2.relay.clock.now();
    this.opens ??= new RateLimit(this.v2.nodeOpensBurst, NODE_OPENS_PER_SECOND, now);
    const channel = this.opens.take(1, now) ? this.channels.add(client, via) : undefined;
    if (channel === undefined) return undefined;
    this.tell({ type: "channel_open", channel, peer: address, ...via });
    this.peer.doubt();
    return channel;
  }

  /** A client is gone. */
  channelGone(channel: number): void {
    if (this.channels.take(channel) !== undefined) this.tell({ type: "channel_closed", channel });
  }

  codeRedeemed(session: Session, offer: CodeOffer): void {
    this.tellSession(session, encodeBase64Url(offer.digest));
  }

  sessionEnded(session: Session): void {
    this.tell({ type: "session_closed", id: session.id });
  }

  offerExposed(route: string): void {
    this.tell({ type: "offer_exposed", route });
  }

  replaced(): void {
    this.leave();
    this.peer.close(CLOSE.REPLACED, "replaced");
  }

  /** Takes away what is still its own. Repeating it changes nothing. */
  leave(): void {
    const { relay, claims } = this.v2;
    this.hasLeft = true;
    this.endWait();
    claims.release(this);
    if (this.isOnline) {
      this.isOnline = false;
      relay.hub.remove(this);
      relay.log.info({ node: idTag(this.id) }, "node offline");
    }
    this.requests.failAll(REQUEST_ERROR.NODE_DISCONNECTED);
    relay.elsewhere?.nodes.leave(this);
    this.gate.dispose();
    this.devices.clear();
    // Whose relay restarts shall hear that, and not that their PC has gone.
    const [code, reason] = relay.isDraining()
      ? ([CLOSE.RELAY_RESTARTING, "relay_restarting"] as const)
      : ([CLOSE.NODE_OFFLINE, "node_offline"] as const);
    for (const client of this.channels.allClients()) client.end(code, reason);
  }

  private register(message: Register): void {
    const rejected = this.registration.replace(message);
    this.endWait();
    this.isRegistered = true;
    const devices = new Set(message.sessions.map(({ device }) => device));
    const { elsewhere } = this.v2.relay;
    if (elsewhere === undefined) this.confirm(rejected, devices.size);
    else this.inTurn(this.settle(elsewhere, message, rejected), (all) => this.confirm(all, devices.size));
    this.cutOff(this.channels.ofOtherDevices((device) => devices.has(device)));
  }

  /** Has the others asked, and makes them find this node; returns all that is rejected. */
  private async settle(
    { nodes }: Elsewhere,
    message: Register,
    rejected: readonly Rejected[],
  ): Promise<readonly Rejected[]> {
    const all = await this.registration.settle(message, rejected);
    if (!this.hasLeft) await nodes.enter(this, this.epoch);
    return all;
  }

  /** What was registered stands: it is online. */
  private confirm(rejected: readonly Rejected[], devices: number): void {
    const { relay } = this.v2;
    this.tell({ type: "registered", rejected });
    if (!this.isOnline) {
      this.isOnline = true;
      relay.hub.add(this);
      relay.log.info({ node: idTag(this.id), v: 2, devices }, "node online");
    }
    for (const session of relay.sessions.of(this.id)) this.tellSession(session);
  }

  /** Acts on what others were asked, after what was asked before; not for a node that has left meanwhile. */
  private inTurn<Value>(asked: Promise<Value>, act: (value: Value) => void): void {
    const answers = (this.answers ?? Promise.resolve())
      .then(() => asked)
      .then((value) => {
        if (this.answers === answers) this.answers = undefined;
        if (!this.hasLeft) act(value);
      });
    this.answers = answers;
  }

  private endWait(): void {
    this.deadline?.cancel();
    this.deadline = undefined;
  }

  private changeSessions(message: Sessions): void {
    for (const rejected of this.registration.changeSessions(message)) {
      this.tell({ type: "offered", ...rejected });
    }
    if (message.remove.length === 0) return;
    const removed = new Set(message.remove);
    this.cutOff(this.channels.ofOtherDevices((device) => !removed.has(device)));
  }

  private cutOff(clients: ChannelClient[]): void {
    for (const client of clients) client.end(CLOSE.DENIED, "revoked", { cut: true });
  }

  /** Answers an offer that was taken here, or not; `settle` asks the others, where there are any. */
  private offered(
    name: { route: string } | { hash: string },
    error: string | undefined,
    settle: () => Promise<string | undefined>,
  ): void {
    const answer = (final: string | undefined) =>
      this.tell({ type: "offered", ...name, ...(final !== undefined && { error: final }) });
    if (this.v2.relay.elsewhere === undefined) answer(error);
    else this.inTurn(error === undefined ? settle() : Promise.resolve(error), answer);
  }

  private tellSession(session: Session, code?: string): void {
    const ttl = this.v2.relay.sessions.ttlSec(session);
    const { id, peer } = session;
    this.tell({ type: "session_opened", id, ttl, peer, ...(code !== undefined && { code }) });
  }

  private tell(message: RelayToNode): void {
    this.peer.sendJson(message);
  }
}

/** What a message counts for: acting on it costs about as much as it has entries. */
function wordsOf(message: NodeToRelay): number {
  const entries =
    message.type === "register"
      ? message.sessions.length + message.offers.length + message.codes.length
      : message.type === "sessions"
        ? message.add.length + message.remove.length
        : 0;
  return 1 + Math.ceil(entries / ENTRIES_PER_WORD);
}
