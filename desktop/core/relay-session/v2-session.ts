/**
 * One connection to a relay spoken in protocol 2 (protocol section 3). Nothing is sent before `welcome`; then the node
 * proves its key, registers everything and is online. From there the relay announces channels, whose content it
 * cannot read, and whatever else it says is a hint. A relay that answers out of turn or asks for nonsense gains nothing.
 */
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { type NodeAuthentication, startNodeAuthentication } from "#shared/crypto/node-auth.ts";
import { nodeIdFromPublicKey, type StaticKey } from "#shared/crypto/node-identity.ts";
import type { LinkListener } from "#shared/link.ts";
import { RateLimit } from "#shared/mux/rate-limit.ts";
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import { decodeRelayToNode, type V1Request } from "#shared/protocol/v2/decode-from-relay.ts";
import { WELCOME_TIMEOUT_MS } from "#shared/protocol/v2/limits.ts";
import {
  type CodeEntry,
  type NodeProof,
  type NodeToRelay,
  type OfferEntry,
  RELAY_ERROR,
  type RelayToNode,
  type SessionEntry,
  type Welcome,
} from "#shared/protocol/v2/relay-messages.ts";
import type { ChannelHost } from "../channels/channel-host.ts";
import { ChannelLeg } from "../channels/channel-leg.ts";
import type { Cancel, Clock } from "../clock.ts";
import type { Connection } from "../connector/connector.ts";
import type { Frame } from "../connector/relay-link.ts";
import type { OfferBook } from "../pairing/offer-book.ts";
import type { MessageText } from "../v1/answer.ts";

export type SessionEvent =
  | { readonly kind: "welcome"; readonly welcome: Welcome }
  | { readonly kind: "registered"; readonly refusedSessions: number }
  /** Somebody posted typed codes in the clear, or the relay says so. `count` of them since it was last told. */
  | { readonly kind: "code_exposed"; readonly count: number }
  | { readonly kind: "relay_error"; readonly error: string }
  /** A client that the relay can read has used a code. */
  | { readonly kind: "plaintext_paired"; readonly session: string; readonly peer: string }
  /** A plaintext request came although none is allowed. Told once for a connection. */
  | { readonly kind: "plaintext_dropped" };

/** Plaintext clients, when they are served. */
export interface PlaintextSide {
  request(request: V1Request, reply: (text: MessageText) => void): void;
  opened(id: string, peer: string, ttlSec: number, isNew: boolean): boolean;
  closed(id: string): void;
  disconnected(): void;
}

export interface V2SessionOptions {
  readonly backend: CryptoBackend;
  readonly clock: Clock;
  readonly nodeKey: StaticKey;
  /** What this node says of itself, for this connection. */
  readonly proof: () => NodeProof;
  readonly offers: OfferBook;
  readonly channels: ChannelHost;
  readonly sessions: () => SessionEntry[];
  readonly plaintext: PlaintextSide;
  /** Decided anew once the relay has said what it is. */
  readonly allowsPlaintext: (welcome: Welcome) => boolean;
  readonly event: (event: SessionEvent) => void;
}

/** A registration is renewed this often, so that devices that stay in use do not expire at the relay. */
const RENEW_SESSIONS_MS = 12 * 60 * 60 * 1000;
/** What a relay can say in a loop is told no more often. */
const TELL_INTERVAL_MS = 5_000;
/** Errors of a relay that are told at once. More of them come to its owner's ears as seldom as the rest. */
export const MAX_ERRORS_AT_ONCE = 16;
/** Errors after which the relay closes: what it said is worth more than the close's number. */
const FATAL: ReadonlySet<string> = new Set([
  RELAY_ERROR.NODE_AUTH_FAILED,
  RELAY_ERROR.ENROLMENT_REFUSED,
  RELAY_ERROR.WRONG_HOST,
]);
const TOO_OLD = { code: "relay_too_old" } as const;

type Step =
  | { readonly at: "welcome" }
  | { readonly at: "challenge"; readonly authentication: NodeAuthentication }
  | { readonly at: "working" }
  | { readonly at: "ready" }
  | { readonly at: "registering" }
  | { readonly at: "online" }
  | { readonly at: "over" };

export class V2Session implements LinkListener<Frame> {
  private readonly options: V2SessionOptions;
  private readonly connection: Connection;
  private readonly leg: ChannelLeg;
  private step: Step = { at: "welcome" };
  private welcome: Welcome | undefined;
  private servesPlaintext = false;
  private hasToldDrop = false;
  private readonly errors: RateLimit;
  private exposures = { untold: 0, toldAt: Number.NEGATIVE_INFINITY };
  private cancelTimer: Cancel;

  constructor(connection: Connection, options: V2SessionOptions) {
    this.options = options;
    this.connection = connection;
    this.leg = new ChannelLeg({ link: connection.link });
    this.errors = new RateLimit(MAX_ERRORS_AT_ONCE, 1_000 / TELL_INTERVAL_MS, options.clock.now());
    this.cancelTimer = options.clock.after(WELCOME_TIMEOUT_MS, () => connection.fail(TOO_OLD));
    connection.link.listen(this);
  }

  get isOnline(): boolean {
    return this.step.at === "online";
  }

  /** Says something to the relay, when it is ready to hear it. */
  send(message: NodeToRelay): void {
    if (this.step.at === "online" || this.step.at === "registering") this.transmit(message);
  }

  message(frame: Frame): void {
    if (this.step.at === "over") return;
    if (typeof frame !== "string") {
      if (this.isOnline) this.leg.receive(frame);
      return;
    }
    const message = decodeRelayToNode(frame);
    if (this.step.at === "welcome" && message.type !== "welcome") {
      // Only a relay that echoes what it does not understand speaks first of something else.
      this.connection.fail(TOO_OLD);
    } else if (message.type === "v1") this.v1(message);
    else if (message.type !== "invalid") this.relay(message);
  }

  drained(): void {
    this.leg.pump();
  }

  closed(close: { code: number; reason: string }): void {
    this.step = { at: "over" };
    this.cancelTimer();
    this.leg.end(close);
    this.options.offers.disconnected();
    this.options.plaintext.disconnected();
  }

  private relay(message: RelayToNode): void {
    const { offers, channels, plaintext, event } = this.options;
    switch (message.type) {
      case "welcome":
        if (this.step.at === "welcome") this.greeted(message);
        return;
      case "node_challenge":
        if (this.step.at === "challenge") this.answer(this.step.authentication, message.noise);
        return;
      case "node_ready":
        if (this.step.at === "ready") this.register();
        return;
      case "registered":
        if (this.step.at !== "registering") return;
        this.step = { at: "online" };
        this.connection.online();
        offers.registered(message.rejected);
        event({ kind: "registered", refusedSessions: this.refusedSessions(message.rejected) });
        return;
      case "error":
        if (FATAL.has(message.code)) this.connection.fail({ code: "relay_refused", detail: message.code });
        else this.tellError(message.code);
        return;
    }
    if (!this.isOnline) return;
    switch (message.type) {
      case "offered":
        offers.offered(message);
        return;
      case "channel_open":
        channels.open(this.leg, message, this.welcome?.limits.channel_buffer ?? 0);
        return;
      case "channel_closed":
        this.leg.closedByRelay(message.channel);
        return;
      case "offer_exposed":
        if (offers.exposed(message.route)) this.tellExposed();
        return;
      case "session_opened": {
        const { id, peer, ttl, code } = message;
        if (code !== undefined) offers.codeUsed(code);
        if (!this.servesPlaintext || !plaintext.opened(id, peer, ttl, code !== undefined)) {
          this.transmit({ type: "session_revoke", id });
        } else if (code !== undefined) {
          event({ kind: "plaintext_paired", session: id, peer });
        }
        return;
      }
      case "session_closed":
        plaintext.closed(message.id);
    }
  }

  private tellError(error: string): void {
    const { clock, event } = this.options;
    if (this.errors.take(1, clock.now())) event({ kind: "relay_error", error });
  }

  private tellExposed(): void {
    const { clock, event } = this.options;
    const { exposures } = this;
    exposures.untold += 1;
    if (clock.now() - exposures.toldAt < TELL_INTERVAL_MS) return;
    event({ kind: "code_exposed", count: exposures.untold });
    this.exposures = { untold: 0, toldAt: clock.now() };
  }

  private greeted(welcome: Welcome): void {
    const { backend, nodeKey, allowsPlaintext, event } = this.options;
    this.cancelTimer();
    this.welcome = welcome;
    this.servesPlaintext = allowsPlaintext(welcome);
    this.step = { at: "working" };
    event({ kind: "welcome", welcome });
    startNodeAuthentication({ backend, nodeKey }).then(
      (authentication) => {
        if (this.step.at !== "working") return;
        this.step = { at: "challenge", authentication };
        const noise = encodeBase64Url(authentication.hello);
        this.transmit({ type: "node_hello", node_id: nodeIdFromPublicKey(nodeKey.publicKey), noise });
      },
      () => this.connection.fail({ code: "relay_refused", detail: "key_unusable" }),
    );
  }

  private answer(authentication: NodeAuthentication, noise: string): void {
    this.step = { at: "working" };
    const challenge = decodeBase64Url(noise) ?? new Uint8Array(0);
    authentication.answer(challenge, this.options.proof()).then(
      (proof) => {
        if (this.step.at !== "working") return;
        if (proof === undefined) {
          this.connection.fail({ code: "relay_refused", detail: "bad_challenge" });
          return;
        }
        this.step = { at: "ready" };
        this.transmit({ type: "node_auth", noise: encodeBase64Url(proof) });
      },
      () => this.connection.fail({ code: "relay_refused", detail: "bad_challenge" }),
    );
  }

  private register(): void {
    this.step = { at: "registering" };
    const part: { offers: OfferEntry[]; codes: CodeEntry[] } = this.options.offers.connected((message) =>
      this.send(message),
    );
    this.transmit({ type: "register", sessions: this.options.sessions(), ...part });
    this.renewLater();
  }

  private renewLater(): void {
    this.cancelTimer = this.options.clock.after(RENEW_SESSIONS_MS, () => {
      this.send({ type: "sessions", add: this.options.sessions(), remove: [] });
      this.renewLater();
    });
  }

  /** How many devices the relay will not let through. */
  private refusedSessions(rejected: readonly ({ route: string } | { hash: string })[]): number {
    const hashes = new Set(this.options.sessions().map(({ hash }) => hash));
    return rejected.filter((entry) => "hash" in entry && hashes.has(entry.hash)).length;
  }

  private v1(request: V1Request): void {
    // The check that counts is here: in front of a node that keeps to encryption the relay is the attacker.
    if (!this.servesPlaintext || !this.isOnline) {
      if (!this.hasToldDrop) this.options.event({ kind: "plaintext_dropped" });
      this.hasToldDrop = true;
      return;
    }
    this.options.plaintext.request(request, (text) => this.connection.link.sendText(text));
  }

  private transmit(message: NodeToRelay): void {
    this.connection.link.send(JSON.stringify(message));
  }
}
