/**
 * Protocol version 1, the JSON protocol of the first implementation (protocol section 1). These are the
 * messages as they stand on the wire; `decode.ts` is the only place where text becomes one of them.
 */

/** Chosen by the client. A script may use a number, and gets it back as one. */
export type RequestId = string | number;

/** What went wrong with one request, in `http_response.error`. */
export const REQUEST_ERROR = {
  NODE_NOT_CONNECTED: "node_not_connected",
  ID_IN_USE: "id_in_use",
  TOO_MANY_PENDING: "too_many_pending",
  TIMEOUT: "timeout",
  NODE_DISCONNECTED: "node_disconnected",
  NODE_SEND_FAILED: "node_send_failed",
  BODY_TOO_LARGE: "body_too_large",
  BAD_METHOD: "bad_method",
  BAD_PATH: "bad_path",
  BAD_HEADERS: "bad_headers",
  BAD_BODY: "bad_body",
  BAD_RESPONSE: "bad_response",
} as const;

export type RequestError = (typeof REQUEST_ERROR)[keyof typeof REQUEST_ERROR];

/** What went wrong with a message as such, in `error.error`. */
export const MESSAGE_ERROR = {
  UNKNOWN_TYPE: "unknown_message_type",
  TOO_LARGE: "message_too_large",
  INVALID_JSON: "invalid_json",
  BINARY: "binary_not_supported",
  BAD_ID: "bad_id",
} as const;

export type MessageError = (typeof MESSAGE_ERROR)[keyof typeof MESSAGE_ERROR];

/** Why a code was not taken, in `pair_offer_ack.error`. */
export const OFFER_ERROR = {
  CODE_REQUIRED: "code_required",
  CODE_IN_USE: "code_in_use",
  TOO_MANY_CODES: "too_many_codes",
} as const;

/** One request: client → relay → node. */
export interface HttpProxy {
  readonly type: "http_proxy";
  readonly id: RequestId;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body_b64: string;
}

/** The local API's answer: node → relay → client. */
export interface HttpResponse {
  readonly type: "http_response";
  readonly id: RequestId;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body_b64: string;
}

/** A request that got no answer from the local API. */
export interface HttpFailure {
  readonly type: "http_response";
  readonly id: RequestId;
  readonly error: string;
}

/** Node → relay: take this code for pairing. `notify` is ours: an older relay ignores it. */
export interface PairOffer {
  readonly type: "pair_offer";
  readonly code: string;
  /** Asks for `pair_redeemed` when the code has been used. */
  readonly notify?: boolean;
}

/** Relay → node. */
export type PairOfferAck =
  | {
      readonly type: "pair_offer_ack";
      readonly ok: true;
      /** Unix seconds by the relay's clock. */
      readonly expires_at: number;
      /** The relay will say `pair_redeemed`. An older one does not promise it. */
      readonly notify?: boolean;
    }
  | { readonly type: "pair_offer_ack"; readonly ok: false; readonly error: string };

/** Relay → node, only to nodes that asked with `notify`: the code that was offered last has been used. */
export interface PairRedeemed {
  readonly type: "pair_redeemed";
}
