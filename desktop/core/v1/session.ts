/**
 * One connection spoken in protocol 1: it offers codes, carries out what comes, many requests at a time, and answers
 * as they finish. The relay is not trusted to keep to the protocol: what is no message is dropped, what is too much is
 * refused by name, and nothing it sends ends this process. Nothing outlives the connection.
 */
import type { Link } from "#shared/link.ts";
import { type BadRequest, decodeFromRelay, type ProxyRequest } from "#shared/protocol/v1/decode.ts";
import { REQUEST_ERROR } from "#shared/protocol/v1/messages.ts";
import { Slots } from "#shared/slots.ts";
import type { Frame } from "../connector/relay-link.ts";
import type { LocalCall } from "../local-proxy/local-api.ts";
import { failureText, type MessageText } from "./answer.ts";
import { carryOut, type LocalSide } from "./carry-out.ts";
import { offerCodes, type PairOffersOptions } from "./pair-offers.ts";

/** Requests carried out at a time. A v1 relay keeps to 64 by itself unless its owner raised it. */
export const MAX_IN_FLIGHT = 128;

const PONG = JSON.stringify({ type: "pong" });

/** One that is being carried out. */
interface UnderWay {
  readonly call: LocalCall;
  /** Makes room for another, once. */
  over(): void;
}

/** A relay can invent error names without end. */
const MAX_ODDITIES = 8;

/** What a relay did that its owner may want to know; told once per kind and connection. */
export type RelayOddity =
  /** It answered a message of ours with this error. */
  | { readonly kind: "relay_error"; readonly error: string }
  /** It sent something that is no message of protocol 1. */
  | { readonly kind: "not_understood" };

export interface V1SessionOptions {
  readonly link: Link<Frame>;
  /** Sends on the link a text that may already be encoded. */
  readonly sendText: (text: MessageText) => void;
  readonly local: LocalSide;
  readonly offers: Omit<PairOffersOptions, "send">;
  readonly oddity: (oddity: RelayOddity) => void;
  /** A request this old has been given up by the relay, which cannot say so: its slot is freed. */
  readonly giveUpAfterMs: number;
}

export function runV1Session(options: V1SessionOptions): void {
  const { link, sendText, local, oddity, giveUpAfterMs } = options;
  const { clock } = options.offers;
  const calls = new Slots<UnderWay>();
  const told = new Set<string>();

  function tell(odd: RelayOddity): void {
    const name = odd.kind === "relay_error" ? odd.error : odd.kind;
    if (told.has(name) || told.size >= MAX_ODDITIES) return;
    told.add(name);
    oddity(odd);
  }

  function begin(call: LocalCall, gaveUp: () => void): UnderWay {
    const cancelTimer = clock.after(giveUpAfterMs, () => {
      one.over();
      gaveUp();
    });
    const one: UnderWay = {
      call,
      over() {
        cancelTimer();
        if (calls.at(place) === one) calls.delete(place);
      },
    };
    const place = calls.add(one);
    return one;
  }

  function proxy(message: ProxyRequest | BadRequest, length: number): void {
    const { id } = message;
    // Without an id there is nobody to answer.
    if (id === undefined) {
      tell({ kind: "not_understood" });
      return;
    }
    offers.requestArrived();
    if (length > local.maxMessageBytes) {
      link.send(failureText(id, REQUEST_ERROR.BODY_TOO_LARGE));
      return;
    }
    if (calls.size >= MAX_IN_FLIGHT) {
      link.send(failureText(id, REQUEST_ERROR.TOO_MANY_PENDING));
      return;
    }
    let one: UnderWay | undefined;
    const call = carryOut({ ...message, id }, local, (text) => {
      one?.over();
      sendText(text);
    });
    if (call === undefined) return;
    one = begin(call, () => {
      call.cancel();
      link.send(failureText(id, REQUEST_ERROR.TIMEOUT));
    });
  }

  function message(frame: Frame): void {
    if (typeof frame !== "string") {
      tell({ kind: "not_understood" });
      return;
    }
    const decoded = decodeFromRelay(frame);
    switch (decoded.kind) {
      case "http_proxy":
      case "bad_request":
        proxy(decoded, frame.length);
        return;
      case "pair_offer_ack":
        offers.acknowledged(decoded.ack);
        return;
      case "pair_redeemed":
        offers.redeemed();
        return;
      case "ping":
        link.send(PONG);
        return;
      case "error":
        tell({ kind: "relay_error", error: decoded.error });
        return;
      case "invalid":
        tell({ kind: "not_understood" });
    }
  }

  const offers = offerCodes({ ...options.offers, send: (offer) => link.send(JSON.stringify(offer)) });
  link.listen({
    message,
    drained: () => undefined,
    closed() {
      offers.stop();
      for (const { call, over } of calls.all()) {
        over();
        call.cancel();
      }
    },
  });
}
