/** What the node speaks with its relay, put together: protocol 2, plaintext clients on it, and protocol 1 behind it. */
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import type { StaticKey } from "#shared/crypto/node-identity.ts";
import type { SessionEntry, Welcome } from "#shared/protocol/v2/relay-messages.ts";
import { PLAINTEXT_DEVICE } from "../access-rules/rule.ts";
import type { ChannelHost } from "../channels/channel-host.ts";
import type { Clock } from "../clock.ts";
import type { NodeConfig } from "../config.ts";
import type { NodeProtocol } from "../connector/connector.ts";
import type { LocalApi } from "../local-proxy/local-api.ts";
import type { CoreEvent } from "../node-event.ts";
import { type PlaintextPolicy, plaintextOwnerSide } from "../owner-policy.ts";
import type { OfferBook } from "../pairing/offer-book.ts";
import { v1Protocol } from "../v1/v1-protocol.ts";
import { negotiatedProtocol } from "./negotiated-protocol.ts";
import type { PlaintextSessions } from "./plaintext-sessions.ts";
import { plaintextSide } from "./plaintext-side.ts";
import { type V2Protocol, v2Protocol } from "./v2-protocol.ts";

/** Later than the relay's own timeout, because its owner may have raised that one. */
const GIVE_UP_FACTOR = 2;
/** So that one message that is too long is answered and does not cost the connection. */
const MESSAGE_ROOM = 4;

export interface RelayProtocolOptions {
  readonly config: NodeConfig;
  readonly clock: Clock;
  readonly backend: CryptoBackend;
  readonly nodeKey: StaticKey;
  readonly api: LocalApi;
  readonly forwarded: { readonly proto: "http" | "https"; readonly host: string };
  readonly policy: PlaintextPolicy;
  readonly offers: OfferBook;
  readonly channels: ChannelHost;
  readonly plaintext: PlaintextSessions;
  readonly sessions: () => SessionEntry[];
  /** Whether clients that the relay can read are served, now that it has said what it is; a v1 relay says nothing. */
  readonly allowsPlaintext: (welcome: Welcome | undefined) => boolean;
  readonly event: (event: CoreEvent) => void;
}

export function relayProtocol(options: RelayProtocolOptions): { v2: V2Protocol; protocol: NodeProtocol } {
  const { config, clock, backend, nodeKey, api, forwarded, policy, offers, channels } = options;
  const { plaintext, sessions, allowsPlaintext, event } = options;
  const giveUpAfterMs = GIVE_UP_FACTOR * config.clientTimeoutMs;
  const local = {
    api,
    basePath: config.api.basePath,
    context: {
      hostHeader: config.api.hostHeader,
      forwardedProto: forwarded.proto,
      forwardedHost: forwarded.host,
      device: PLAINTEXT_DEVICE,
    },
    maxBodyBytes: config.maxBodyBytes,
    maxMessageBytes: config.maxMessageBytes,
  };
  const v2 = v2Protocol({
    backend,
    clock,
    nodeKey,
    relayUrl: config.relayUrl,
    enrollKey: config.enrollKey,
    maxMessageBytes: MESSAGE_ROOM * config.maxMessageBytes,
    offers,
    channels,
    sessions,
    plaintext: plaintextSide({ sessions: plaintext, local, policy, clock, giveUpAfterMs }),
    allowsPlaintext,
    event,
  });
  const v1 = v1Protocol({
    relayUrl: config.relayUrl,
    nodeId: config.nodeId,
    local: { ...local, owner: plaintextOwnerSide(policy, "") },
    offers: {
      clock,
      randomBytes: backend.randomBytes,
      fixedCode: config.pairCode,
      ttlMs: config.pairTtlMs,
      event,
    },
    oddity: event,
    giveUpAfterMs,
  });
  const protocol = negotiatedProtocol({
    v2,
    v1,
    allowsPlaintext: () => allowsPlaintext(undefined),
    fellBack: () => event({ kind: "old_relay" }),
  });
  return { v2, protocol };
}
