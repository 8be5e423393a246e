/** Protocol 2 for the connector: where to dial, and how a connection starts. No id and no token stands in the URL. */
import { MAX_NODE_CONTROL_BYTES, WELCOME_TIMEOUT_MS } from "#shared/protocol/v2/limits.ts";
import { isLoopbackHost, relayHost } from "#shared/protocol/v2/relay-host.ts";
import type { NodeProof, NodeToRelay } from "#shared/protocol/v2/relay-messages.ts";
import { AGENT, SUBPROTOCOL_V2 } from "#shared/protocol/version.ts";
import type { NodeProtocol } from "../connector/connector.ts";
import { V2Session, type V2SessionOptions } from "./v2-session.ts";

/** Longer than the wait for `welcome`, whose absence is a reason of its own. */
const ACCEPT_TIMEOUT_MS = WELCOME_TIMEOUT_MS + 5_000;

export interface V2ProtocolOptions extends Omit<V2SessionOptions, "proof"> {
  /** `ws:` or `wss:`; its path is the relay's base path. */
  readonly relayUrl: URL;
  readonly enrollKey: string | undefined;
  /** Bytes of the longest plaintext message that must be readable. */
  readonly maxMessageBytes: number;
}

export interface V2Protocol extends NodeProtocol {
  /** Says something to the relay while this node is online there, and else nothing: `register` tells everything. */
  send(message: NodeToRelay): void;
  /** The enrolment key is set and must not be sent, because this relay's address is neither encrypted nor local. */
  readonly withholdsEnrollKey: boolean;
}

export function v2Protocol({
  relayUrl,
  enrollKey,
  maxMessageBytes,
  ...session
}: V2ProtocolOptions): V2Protocol {
  const address = new URL(relayUrl);
  address.pathname = `${relayUrl.pathname.replace(/\/$/, "")}/ws/node`;
  const host = relayHost(relayUrl) ?? "";
  const mayEnroll = relayUrl.protocol === "wss:" || isLoopbackHost(host);
  let epoch = 0;
  let current: V2Session | undefined;

  function proof(): NodeProof {
    epoch = Math.max(epoch + 1, session.clock.now());
    const enroll = enrollKey !== undefined && mayEnroll ? { enroll: enrollKey } : {};
    return { host, agent: AGENT, epoch, ...enroll };
  }

  return {
    subprotocols: [SUBPROTOCOL_V2],
    address,
    maxMessageBytes: Math.max(MAX_NODE_CONTROL_BYTES, maxMessageBytes),
    acceptTimeoutMs: ACCEPT_TIMEOUT_MS,
    withholdsEnrollKey: enrollKey !== undefined && !mayEnroll,
    start(connection) {
      current = new V2Session(connection, { ...session, proof });
    },
    send: (message) => current?.send(message),
  };
}
