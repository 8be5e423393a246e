/**
 * A client's socket in protocol 2: it says whom it wants, and then frames pass both ways unread. What it may cost the
 * relay is what its channel may have under way and a little more; a client that reads less is closed.
 */
import { CLOSE, type CloseCode } from "#shared/protocol/close-codes.ts";
import { decodeClientToRelay } from "#shared/protocol/v2/decode-from-client.ts";
import { MAX_CLIENT_CONTROL_BYTES, MAX_FRAME_BYTES } from "#shared/protocol/v2/limits.ts";
import { type Open, RELAY_ERROR, type RelayErrorCode } from "#shared/protocol/v2/relay-messages.ts";
import type { Cluster, ClusterKey } from "../cluster/cluster.ts";
import { nodeKey, routeKey } from "../elsewhere/place-keys.ts";
import { InvalidBudget } from "../invalid-budget.ts";
import type { Peer, PeerListener } from "../peer.ts";
import type { Probation } from "../probation.ts";
import { type ChannelClient, type ChannelVia, withChannel } from "./channels.ts";
import { HandedOver } from "./elsewhere.ts";
import { V2Node } from "./node.ts";
import type { V2State } from "./state.ts";

interface Refusal {
  readonly code: RelayErrorCode;
  readonly close: CloseCode;
  readonly retryMs?: number;
  /** Under which key another instance may have what is not here. */
  readonly elsewhere?: ClusterKey;
}

type Found = { readonly node: V2Node; readonly via: ChannelVia };

interface OpenChannel {
  readonly node: V2Node;
  readonly number: number;
  /** It is gone. */
  readonly uncount: () => void;
}

export class V2ClientSocket implements PeerListener, ChannelClient {
  private readonly peer: Peer;
  private readonly v2: V2State;
  private readonly probation: Probation | undefined;
  private readonly invalid: InvalidBudget;
  private channel: OpenChannel | undefined;
  /** Instead of a channel, when its node is at another instance. */
  private away: HandedOver | undefined;

  /** Without `probation` it is served for another instance, where it has been counted and may not be sent on to. */
  constructor(options: { peer: Peer; v2: V2State; probation?: Probation }) {
    this.peer = options.peer;
    this.v2 = options.v2;
    this.probation = options.probation;
    this.invalid = new InvalidBudget(options.v2.relay.clock);
  }

  message(data: Buffer, isBinary: boolean): void {
    if (this.probation?.countMessage() === false) return;
    if (this.away !== undefined) {
      this.away.fromClient(data, isBinary);
      return;
    }
    if (this.channel === undefined) {
      this.open(data, isBinary);
      return;
    }
    if (!isBinary) {
      // Words from the future are ignored, but not without end.
      if (!this.invalid.spend()) this.peer.close(CLOSE.POLICY_VIOLATION, "too_many_invalid_messages");
    } else if (data.length > MAX_FRAME_BYTES) this.peer.close(CLOSE.TOO_BIG, "frame_too_big");
    else if (data.length > 0) {
      const { node, number } = this.channel;
      node.peer.sendBinary(withChannel(number, data));
    }
  }

  control(): void {
    this.probation?.countMessage();
  }

  congested(): void {
    this.away?.hold();
  }

  drained(): void {
    this.away?.release();
  }

  deliver(frame: Buffer): void {
    this.peer.sendBinary(frame);
  }

  end(code: number, reason: string, { cut } = { cut: false }): void {
    if (code === CLOSE.NODE_OFFLINE) this.peer.sendJson({ type: "error", code: RELAY_ERROR.NODE_OFFLINE });
    if (cut) this.peer.cut(this.v2.relay.clock, code, reason);
    else this.peer.close(code, reason);
  }

  ending(): void {
    this.probation?.end();
    this.away?.end();
    const { channel } = this;
    this.channel = undefined;
    channel?.node.gate.leave(this.peer);
    channel?.node.channelGone(channel.number);
    channel?.uncount();
  }

  closed(): void {
    this.ending();
  }

  private open(data: Buffer, isBinary: boolean): void {
    const text = isBinary || data.length > MAX_CLIENT_CONTROL_BYTES ? undefined : data.toString();
    const open = text === undefined ? undefined : decodeClientToRelay(text);
    if (open?.type !== "open") {
      this.refuse({ code: RELAY_ERROR.BAD_MESSAGE, close: CLOSE.BAD_REQUEST });
      return;
    }
    const via = "route" in open ? "offer" : "session";
    const found = "route" in open ? this.byRoute(open.route) : this.byToken(open);
    const { metrics } = this.v2.relay;
    if ("code" in found) {
      const cluster = this.probation === undefined ? undefined : this.v2.relay.elsewhere?.cluster;
      if (cluster !== undefined && found.elsewhere !== undefined) {
        void this.handOver(cluster, { key: found.elsewhere, via, open: data, otherwise: found });
        return;
      }
      metrics.opened(via, found.code);
      this.refuse(found);
      return;
    }
    const number = found.node.openChannel(this, found.via, this.peer.address);
    if (number === undefined) {
      metrics.opened(via, RELAY_ERROR.TOO_MANY_CHANNELS);
      this.refuse({ code: RELAY_ERROR.TOO_MANY_CHANNELS, close: CLOSE.RATE_LIMITED });
      return;
    }
    this.probation?.end();
    metrics.opened(via, "opened");
    this.channel = { node: found.node, number, uncount: metrics.channelOpened() };
    found.node.gate.enter(this.peer);
    this.peer.sendJson({ type: "opened" });
  }

  /** Lets another instance serve this client; if there is none that can, it is refused as it would be here. */
  private async handOver(
    cluster: Cluster,
    {
      key,
      via,
      open,
      otherwise,
    }: { key: ClusterKey; via: ChannelVia["via"]; open: Buffer; otherwise: Refusal },
  ): Promise<void> {
    const { peer, v2, probation } = this;
    const { clock, metrics } = v2.relay;
    const away = new HandedOver({ peer, cluster, clock, proved: () => probation?.end() });
    this.away = away;
    const result = await away.begin(key, open);
    metrics.opened(via, result === "nobody" ? otherwise.code : result);
    if (result === "nobody") this.refuse(otherwise);
    // That the node is away would be a guess: what it knows is that it cannot ask.
    else if (result === "unreachable") peer.close(CLOSE.RELAY_RESTARTING, "relay_restarting");
  }

  private byToken({ node_id, token }: Exclude<Open, { readonly route: string }>): Found | Refusal {
    const node = this.v2.relay.hub.get(node_id);
    // A relay that has just restarted knows no tokens: away is not revoked.
    if (!(node instanceof V2Node)) return { ...OFFLINE, elsewhere: nodeKey(node_id) };
    const device = node.devices.find(token);
    if (device === undefined) return { code: RELAY_ERROR.DENIED, close: CLOSE.DENIED };
    const retryMs = this.v2.deviceOpens.attempt(`${node_id} ${device}`);
    if (retryMs !== undefined) return rateLimited(retryMs);
    return { node, via: { via: "session", device } };
  }

  private byRoute(route: string): Found | Refusal {
    const retryMs = this.probation && this.v2.routeOpens.attempt(this.peer.address);
    if (retryMs !== undefined) return rateLimited(retryMs);
    const found = this.v2.relay.routes.find(route);
    if (found === "unknown_route") return { ...UNKNOWN_ROUTE, elsewhere: routeKey(route) };
    if (found === "offer_gone") return { code: RELAY_ERROR.OFFER_GONE, close: CLOSE.OFFER_GONE };
    const node = this.v2.relay.hub.get(found.nodeId);
    if (node instanceof V2Node) return { node, via: { via: "offer", route } };
    return { ...OFFLINE, elsewhere: nodeKey(found.nodeId) };
  }

  private refuse({ code, close, retryMs }: Refusal): void {
    this.peer.sendJson({
      type: "error",
      code,
      ...(retryMs !== undefined && { retry_ms: Math.ceil(retryMs) }),
    });
    this.peer.close(close, code);
  }
}

function rateLimited(retryMs: number): Refusal {
  return { code: RELAY_ERROR.RATE_LIMITED, close: CLOSE.RATE_LIMITED, retryMs };
}

const UNKNOWN_ROUTE: Refusal = { code: RELAY_ERROR.UNKNOWN_ROUTE, close: CLOSE.UNKNOWN_ROUTE };
const OFFLINE: Refusal = { code: RELAY_ERROR.NODE_OFFLINE, close: CLOSE.NODE_OFFLINE };
