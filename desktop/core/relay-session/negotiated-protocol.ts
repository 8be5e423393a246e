/**
 * Protocol 2, and protocol 1 where the relay serves no other and the owner allows plaintext (protocol section 6).
 * Nothing is negotiated down behind his back: without that permission an old relay is an outage that says so. Each
 * new connection asks for protocol 2 first.
 */
import type { NodeProtocol } from "../connector/connector.ts";
import type { Outage } from "../connector/outage.ts";

export interface NegotiatedProtocolOptions {
  readonly v2: NodeProtocol;
  readonly v1: NodeProtocol;
  readonly allowsPlaintext: () => boolean;
  /** Told when a connection falls back. */
  readonly fellBack: () => void;
}

export function negotiatedProtocol(options: NegotiatedProtocolOptions): NodeProtocol {
  const { v2, v1, allowsPlaintext, fellBack } = options;
  let current = v2;
  return {
    get subprotocols() {
      return current.subprotocols;
    },
    get address() {
      return current.address;
    },
    get maxMessageBytes() {
      return current.maxMessageBytes;
    },
    start: (connection) => current.start(connection),
    dialsAgain(outage: Outage) {
      const hasNoV2 = outage.code === "relay_too_old" || outage.code === "relay_has_no_v2";
      const falls = current === v2 && hasNoV2 && allowsPlaintext();
      current = falls ? v1 : v2;
      if (falls) fellBack();
      return falls;
    },
  };
}
