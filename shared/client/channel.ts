/**
 * One attempt to reach a PC: dial the relay, open, prove both sides to each other (IK), and hand over the streams. It
 * says in one problem why it did not work, or why it ended: the PC's own word where there is one, else the relay's.
 */

import type { CryptoBackend } from "#shared/crypto/backend.ts";
import type { HandshakeFailure } from "#shared/crypto/handshake-failure.ts";
import type { StaticKey } from "#shared/crypto/node-identity.ts";
import { beginSession, openSession } from "#shared/crypto/open-session.ts";
import type { ChannelClose } from "#shared/mux/channel-close.ts";
import type { MuxClock } from "#shared/mux/clock.ts";
import { createClientMuxer } from "#shared/mux/create-muxer.ts";
import type { ClientMuxer, ControlMessage } from "#shared/mux/muxer.ts";
import { FEATURE } from "#shared/protocol/v2/app-messages.ts";
import { decodeNodeGreeting, type NodeGreeting } from "#shared/protocol/v2/pairing-messages.ts";
import type { OpenBySession } from "#shared/protocol/v2/relay-messages.ts";
import { AGENT } from "#shared/protocol/version.ts";
import type { Problem, ProblemCode } from "./problem.ts";
import { dialRelay, RelaySocket } from "./relay-socket.ts";
import type { SocketFactory } from "./socket.ts";

const FEATURES = [FEATURE.API, FEATURE.APPS] as const;

export interface ChannelHandlers {
  /** Once. */
  ended(problem: Problem): void;
  /** The PC wants new streams to go elsewhere. */
  draining(): void;
  /** One of the two drains, and the last stream is gone. */
  drained(): void;
  control(message: ControlMessage): void;
}

export type ChannelResult =
  | { readonly ok: true; readonly muxer: ClientMuxer }
  | { readonly ok: false; readonly problem: Problem };

/** The muxer has not been started: no handler is called before that. Aborting ends the attempt. */
export type OpenChannel = (handlers: ChannelHandlers, signal: AbortSignal) => Promise<ChannelResult>;

/** What every connection of this library is made with. */
export interface ChannelTools {
  readonly sockets: SocketFactory;
  readonly backend: CryptoBackend;
  readonly clock: MuxClock;
  /** Runs a function in a later turn; left out: the stream layer's own. */
  readonly schedule?: ((run: () => void) => void) | undefined;
}

export interface ChannelTarget {
  readonly socketUrl: string;
  readonly open: OpenBySession;
  readonly nodePublicKey: Uint8Array;
  readonly deviceKey: StaticKey;
  /** The PC said its name and what it can do, authenticated. */
  readonly greeted: (greeting: NodeGreeting) => void;
  /** Where the relay says that it serves web apps; undefined when it serves none. */
  readonly appsAt: (apps: string | undefined) => void;
}

export function channelOpener(tools: ChannelTools, target: ChannelTarget): OpenChannel {
  return async (handlers, signal) => {
    const { socketUrl, open, nodePublicKey, deviceKey } = target;
    const { sockets, clock, schedule } = tools;
    const dialling = dialRelay({ socketUrl, open, sockets, clock, signal });
    // Only now, while the relay is dialled: the backend may be made by being asked for.
    const { backend } = tools;
    const begun = beginSession({ backend, nodePublicKey, deviceKey });
    const socket = await dialling;
    if (!(socket instanceof RelaySocket)) return { ok: false, problem: socket };

    const stop = () => socket.close(1000, "");
    signal.addEventListener("abort", stop);
    const keys = { nodePublicKey, deviceKey };
    const session = await openSession({ link: socket, backend, clock, ...keys, begun }).catch(
      // A browser may have lost it.
      () => "key_unusable" as const,
    );
    signal.removeEventListener("abort", stop);
    if (session === "key_unusable") return { ok: false, problem: { code: session } };
    if (!session.ok) return { ok: false, problem: handshakeProblem(session, socket) };

    const greeting = decodeNodeGreeting(session.payload);
    if (greeting !== undefined) target.greeted(greeting);
    const { channelBufferBytes, apps } = socket;
    target.appsAt(apps);
    const muxer = createClientMuxer({
      link: session.channel,
      clock,
      ...(schedule !== undefined && { schedule }),
      ...(channelBufferBytes !== undefined && { settings: { channelBufferBytes } }),
      handlers: {
        control: (message) => handlers.control(message),
        draining: () => handlers.draining(),
        drained: () => handlers.drained(),
        closed: (close) => handlers.ended(closeProblem(close, socket)),
      },
    });
    muxer.sendControl({ type: "hello", features: FEATURES, agent: AGENT });
    return { ok: true, muxer };
  };
}

/** What a failed handshake means. `socket` knows what the relay said, which counts where the handshake only ended. */
export function handshakeProblem({ failure }: HandshakeFailure, socket: RelaySocket): Problem {
  switch (failure) {
    case "closed":
    case "offer_gone":
      return socket.problem ?? { code: "connection_lost" };
    case "timeout":
      return otherThanClosed(socket) ?? { code: "node_no_answer" };
    case "protocol":
    case "refused":
      return otherThanClosed(socket) ?? { code: "not_authentic" };
  }
}

const BY_CLOSE: Readonly<Record<Exclude<ChannelClose["code"], "cut">, ProblemCode>> = {
  bye: "node_stopped",
  rehandshake: "rehandshake",
  revoked: "revoked",
  denied: "denied",
  busy: "node_busy",
  full: "devices_full",
  protocol: "channel_protocol",
  internal: "node_error",
};

/** Only what came encrypted from the PC can say `revoked` or `denied`. */
function closeProblem({ code, by }: ChannelClose, socket: RelaySocket): Problem {
  if (by === "peer" && code !== "cut") return { code: BY_CLOSE[code] };
  if (by === "local") return { code: code === "protocol" || code === "busy" ? "channel_protocol" : "closed" };
  // The link ended. When this end did that, a record was not authentic or the channel too old.
  if (socket.problem === undefined) return { code: "connection_lost" };
  return otherThanClosed(socket) ?? { code: "not_authentic" };
}

/** What the relay said, when it was not merely this end that closed. */
function otherThanClosed({ problem }: RelaySocket): Problem | undefined {
  return problem?.code === "closed" ? undefined : problem;
}
