/**
 * Pairs this device with a PC (protocol section 5), by link or by typed code. It tries once: a typed code is worth one
 * guess, and only its user may spend another. A plaintext code is refused by name and never sent anywhere.
 */
import type { HandshakeFailure } from "#shared/crypto/handshake-failure.ts";
import { nodeIdFromPublicKey, type StaticKey } from "#shared/crypto/node-identity.ts";
import { pairByCode, pairByLink } from "#shared/crypto/pair.ts";
import type { ChannelClose } from "#shared/mux/channel-close.ts";
import { createClientMuxer } from "#shared/mux/create-muxer.ts";
import type { ClientMuxer } from "#shared/mux/muxer.ts";
import {
  decodePairAnswer,
  encodePairRequest,
  type PairRequest,
} from "#shared/protocol/v2/pairing-messages.ts";
import { AGENT } from "#shared/protocol/version.ts";
import { type ChannelTools, handshakeProblem } from "./channel.ts";
import type { PairingOffer } from "./pairing-offer.ts";
import type { PairingRecord } from "./pairing-record.ts";
import type { Problem, ProblemCode } from "./problem.ts";
import { RelayError } from "./relay-error.ts";
import { dialRelay, RelaySocket } from "./relay-socket.ts";

/** How long the PC's owner may take to allow it. Milliseconds. */
const CONFIRM_TIMEOUT_MS = 120_000;

/** The exchange had begun, and the PC burns a code at its first message: trying again needs another one. */
const BROKEN: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "connection_lost",
  "relay_restarting",
  "relay_error",
  "too_slow",
  "no_answer",
  "node_offline",
  "node_no_answer",
]);

export interface PairOptions {
  readonly offer: PairingOffer;
  /** Fresh for this pairing. */
  readonly deviceKey: StaticKey;
  readonly request: PairRequest;
  readonly signal?: AbortSignal | undefined;
}

/** Both sides have proved that they know the secret; the PC has yet to store this device. */
export interface Pairing {
  /** Four digits that both screens show. */
  readonly checkNumber: string;
  /** To be stored before anything else: if the confirmation gets lost, one session decides. */
  readonly pending: PairingRecord;
  /**
   * Resolves with the active record once the PC has confirmed. Rejects with a RelayError: `pairing_refused` when its
   * owner said no, `pairing_unconfirmed` when nobody knows (keep the pending record then).
   */
  readonly completed: Promise<PairingRecord>;
}

/** @throws RelayError */
export async function pair(tools: ChannelTools, options: PairOptions): Promise<Pairing> {
  const { offer, deviceKey, request, signal } = options;
  const { sockets, backend, clock } = tools;
  const route = offer.kind === "link" ? offer.link.route : offer.code.route;
  const { socketUrl } = offer.relay;
  const socket = await dialRelay({ socketUrl, open: { type: "open", route }, sockets, clock, signal });
  if (!(socket instanceof RelaySocket)) {
    if (signal?.aborted) throw signal.reason;
    throw new RelayError(offerProblem(socket, offer));
  }

  const stop = () => socket.close(1000, "");
  signal?.addEventListener("abort", stop);
  try {
    const base = { link: socket, backend, clock, deviceKey, payload: encodePairRequest(request) };
    const channel =
      offer.kind === "link"
        ? await pairByLink({ ...base, offer: offer.link })
        : await pairByCode({ ...base, code: offer.code });
    if (!channel.ok) throw new RelayError(failureProblem(channel, socket, offer));
    const answer = decodePairAnswer(channel.payload);
    if (answer === undefined) {
      socket.close(1000, "");
      throw new RelayError({ code: "channel_protocol" });
    }
    const pending: PairingRecord = {
      relayUrl: offer.relay.url,
      nodeId: nodeIdFromPublicKey(channel.nodePublicKey),
      nodeName: answer.node_name,
      deviceId: answer.device,
      routeToken: answer.route_token,
      status: "pending",
    };
    const completed = confirm(tools, channel.channel, signal).then(
      (): PairingRecord => ({ ...pending, status: "active" }),
    );
    // Whoever looks at it later still gets the error; until then it is not an unhandled one.
    completed.catch(() => undefined);
    return { checkNumber: channel.checkNumber, pending, completed };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function confirm(
  { clock, schedule }: ChannelTools,
  link: Parameters<typeof createClientMuxer>[0]["link"],
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let muxer: ClientMuxer | undefined;
    const settle = (outcome: "paired" | Problem | { reason: unknown }) => {
      cancel();
      signal?.removeEventListener("abort", aborted);
      if (outcome === "paired") resolve();
      else reject("reason" in outcome ? outcome.reason : new RelayError(outcome));
      muxer?.close("bye");
    };
    const aborted = () => settle({ reason: signal?.reason });
    const cancel = clock.after(CONFIRM_TIMEOUT_MS, () => settle({ code: "pairing_unconfirmed" }));
    signal?.addEventListener("abort", aborted);
    muxer = createClientMuxer({
      link,
      clock,
      ...(schedule !== undefined && { schedule }),
      handlers: {
        control: ({ type }) => {
          if (type === "paired") settle("paired");
        },
        closed: (close) => settle(closeProblem(close)),
      },
    });
    muxer.sendControl({ type: "hello", features: [], agent: AGENT });
    muxer.sendControl({ type: "pair_confirm" });
    muxer.start();
  });
}

const REFUSALS: ReadonlyMap<ChannelClose["code"], ProblemCode> = new Map<ChannelClose["code"], ProblemCode>([
  ["denied", "pairing_refused"],
  ["revoked", "pairing_refused"],
  ["full", "devices_full"],
]);

/** Only the PC's own word says that it refused, and why; everything else leaves it open. */
function closeProblem({ code, by }: ChannelClose): Problem {
  const refusal = by === "peer" ? REFUSALS.get(code) : undefined;
  return { code: refusal ?? "pairing_unconfirmed" };
}

/** What a relay's word means here: 4403 is how a node turns away a wrong code, and not a revocation. */
function offerProblem(problem: Problem, offer: PairingOffer): Problem {
  if (problem.code !== "maybe_revoked") return problem;
  return { code: offer.kind === "code" ? "wrong_code" : "code_used" };
}

function failureProblem(failure: HandshakeFailure, socket: RelaySocket, offer: PairingOffer): Problem {
  const problem = offerProblem(handshakeProblem(failure, socket), offer);
  if (offer.kind !== "code") return problem;
  // A code that is wrong gives each side another key, so the node's answer cannot be read.
  if (problem.code === "not_authentic") return { code: "wrong_code" };
  return BROKEN.has(problem.code) ? { code: "code_spent", detail: problem.code } : problem;
}
