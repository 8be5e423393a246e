/**
 * A node's socket in protocol 1: it offers pairing codes and answers requests. Nobody knows who it is, so it is on
 * probation until a code of it was accepted, or while clients hold sessions with its id.
 */
import { RateLimit } from "#shared/mux/rate-limit.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { decodeFromNode, type FromNode } from "#shared/protocol/v1/decode.ts";
import {
  MESSAGE_ERROR,
  OFFER_ERROR,
  type PairRedeemed,
  REQUEST_ERROR,
} from "#shared/protocol/v1/messages.ts";
import { sha256 } from "../digest-table.ts";
import type { OnlineNode } from "../hub.ts";
import { InvalidBudget } from "../invalid-budget.ts";
import { V1_OFFERS_BURST, V1_OFFERS_PER_SECOND } from "../limits.ts";
import { idTag } from "../log.ts";
import { nodeOrigin } from "../node-origin.ts";
import type { PeerListener } from "../peer.ts";
import type { PeerSocket } from "../peer-socket.ts";
import type { Probation } from "../probation.ts";
import { ReadGate } from "../read-gate.ts";
import type { RelayState } from "../relay-state.ts";
import { decodeReceived, type Received } from "./big-message.ts";
import { PendingRequests } from "./pending.ts";

const REFUSALS = {
  empty: OFFER_ERROR.CODE_REQUIRED,
  taken: OFFER_ERROR.CODE_IN_USE,
  full: OFFER_ERROR.TOO_MANY_CODES,
} as const;

export class V1NodeSocket implements OnlineNode, PeerListener {
  readonly id: string;
  readonly version = 1;
  readonly peer: PeerSocket;
  readonly requests: PendingRequests;
  readonly gate = new ReadGate();
  private readonly relay: RelayState;
  private readonly probation: Probation;
  private readonly invalid: InvalidBudget;
  private readonly offered: RateLimit;
  /** Of offers for which others are asked, so that answers keep their order. */
  private answers: Promise<void> | undefined;

  constructor(options: { id: string; peer: PeerSocket; relay: RelayState; probation: Probation }) {
    const { relay, peer } = options;
    this.id = options.id;
    this.peer = peer;
    this.relay = relay;
    this.probation = options.probation;
    this.invalid = new InvalidBudget(relay.clock);
    this.offered = new RateLimit(V1_OFFERS_BURST, V1_OFFERS_PER_SECOND, relay.clock.now());
    this.requests = new PendingRequests({
      peer,
      clock: relay.clock,
      maxPending: relay.config.maxPending,
      maxBodyBytes: relay.config.maxBodyBytes,
      timeoutMs: relay.config.clientTimeoutSec * 1000,
    });
  }

  /** Goes online; the id is its own by now. */
  enter(): void {
    if (!this.peer.open) return;
    this.relay.hub.add(this);
    void this.relay.elsewhere?.nodes.enter(this, this.relay.clock.unixSeconds() * 1_000);
    const origin = nodeOrigin(this);
    if (this.relay.sessions.of(this.id).some((session) => session.origin === origin)) this.probation.end();
    this.relay.log.info({ node: idTag(this.id), v: 1 }, "node online");
  }

  message(data: Buffer, isBinary: boolean): void {
    if (!this.probation.countMessage()) return;
    if (isBinary) {
      this.refuse(MESSAGE_ERROR.BINARY);
      return;
    }
    const tooLarge = data.length > this.relay.config.maxMessageBytes;
    const received = decodeReceived(data, decodeFromNode);
    if (tooLarge) this.refuseTooLarge(received.message);
    else this.handle(received, data);
  }

  control(): void {
    this.probation.countMessage();
  }

  congested(): void {
    this.gate.close();
  }

  drained(): void {
    this.gate.open();
  }

  closed(code: number): void {
    this.probation.end();
    const left = this.relay.hub.remove(this);
    this.requests.failAll(REQUEST_ERROR.NODE_DISCONNECTED);
    this.gate.dispose();
    this.relay.elsewhere?.nodes.leave(this);
    if (left) this.relay.log.info({ node: idTag(this.id), code }, "node offline");
  }

  codeRedeemed(_session: unknown, offer: { notify: boolean }): void {
    const redeemed: PairRedeemed = { type: "pair_redeemed" };
    if (offer.notify) this.peer.sendJson(redeemed);
  }

  sessionEnded(): void {
    // Protocol 1 has no word for it.
  }

  replaced(): void {
    this.requests.failAll(REQUEST_ERROR.NODE_DISCONNECTED);
    this.peer.close(CLOSE.REPLACED, "node_id_in_use");
  }

  offerExposed(): void {
    // Only protocol 2 has typed codes.
  }

  private handle(received: Received<FromNode>, raw: Buffer): void {
    const { message } = received;
    switch (message.kind) {
      case "response":
        this.requests.answer({ ...received, message }, raw);
        return;
      case "bad_response":
        this.requests.answer({ ...received, message }, raw);
        this.countInvalid();
        return;
      case "pair_offer":
        this.offer(message.code, message.notify);
        return;
      case "pong":
        return;
      case "invalid":
        this.refuse(message.error, message.id);
    }
  }

  private offer(code: string, notify: boolean): void {
    const text = code.trim();
    const { offers, config, clock } = this.relay;
    if (!this.offered.take(1, clock.now())) {
      this.peer.close(CLOSE.RATE_LIMITED, "too_many_codes");
      return;
    }
    if (text === "") {
      this.answerOffer("empty", notify);
      return;
    }
    const digest = sha256(text);
    const origin = nodeOrigin(this);
    const refusal = offers.add(this.id, digest, { ttlMs: config.pairTtlSec * 1000, notify, origin });
    const codes = this.relay.elsewhere?.codes;
    if (refusal !== undefined || codes === undefined) this.answerOffer(refusal, notify);
    else {
      this.answers = Promise.all([codes.settle(this.id, digest), this.answers]).then(([taken]) =>
        this.answerOffer(taken, notify),
      );
    }
  }

  private answerOffer(refusal: keyof typeof REFUSALS | undefined, notify: boolean): void {
    const { config, clock } = this.relay;
    if (refusal !== undefined) {
      this.peer.sendJson({ type: "pair_offer_ack", ok: false, error: REFUSALS[refusal] });
      this.countInvalid();
      return;
    }
    this.probation.end();
    this.peer.sendJson({
      type: "pair_offer_ack",
      ok: true,
      expires_at: clock.unixSeconds() + config.pairTtlSec,
      ...(notify && { notify: true }),
    });
  }

  /** Its client should not wait for an answer that came and is too long to be passed on. */
  private refuseTooLarge(message: FromNode): void {
    if (message.kind === "response" || message.kind === "bad_response") {
      this.requests.fail(message.id, REQUEST_ERROR.BODY_TOO_LARGE);
    }
    this.refuse(MESSAGE_ERROR.TOO_LARGE);
  }

  private refuse(error: string, id?: string | number): void {
    this.peer.sendJson({ type: "error", ...(id !== undefined && { id }), error });
    this.countInvalid();
  }

  private countInvalid(): void {
    if (!this.invalid.spend()) this.peer.close(CLOSE.POLICY_VIOLATION, "too_many_invalid_messages");
  }
}
