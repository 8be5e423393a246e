/** Clients that landed at another instance, served here as if their sockets were here. */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { MAX_SOCKETS_PER_SESSION, MAX_V1_CLIENTS_PER_NODE } from "../limits.ts";
import type { Peer, PeerListener } from "../peer.ts";
import type { RelayState } from "../relay-state.ts";
import { V1ClientSocket } from "../v1/client-socket.ts";
import { unknownSession } from "../v1/unknown-session.ts";
import { V2ClientSocket } from "../v2/client-socket.ts";
import type { V2State } from "../v2/state.ts";
import type { ServeHandedOver } from "./node-places.ts";

export function serveHandedOver(relay: RelayState, v2: V2State | undefined): ServeHandedOver {
  return (hello, peer) => {
    if (hello.kind === "v2_client") {
      return v2 === undefined ? undefined : new V2ClientSocket({ peer, v2 });
    }
    return serveV1(relay, peer, hello.session ?? "");
  };
}

function serveV1(relay: RelayState, peer: Peer, hash: string): PeerListener {
  if (!/^[0-9a-f]{64}$/.test(hash)) return refused(peer, CLOSE.DENIED, "bad_token");
  const digest = Buffer.from(hash, "hex");
  const session = relay.sessions.get(digest);
  if (session === undefined) {
    const { code, reason } = unknownSession(relay.elsewhere, digest);
    return refused(peer, code, reason);
  }
  if (session.sockets.size >= MAX_SOCKETS_PER_SESSION) {
    return refused(peer, CLOSE.RATE_LIMITED, "too_many_sockets");
  }
  if (relay.sessions.socketsOf(session.nodeId) >= MAX_V1_CLIENTS_PER_NODE) {
    return refused(peer, CLOSE.RATE_LIMITED, "too_many_clients");
  }
  return new V1ClientSocket({ peer, relay, session, isHandedOver: true });
}

function refused(peer: Peer, code: number, reason: string): PeerListener {
  // Once it has its listener: an end tells that one.
  queueMicrotask(() => peer.close(code, reason));
  return { message: () => undefined, closed: () => undefined };
}
