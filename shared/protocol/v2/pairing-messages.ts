/**
 * What client and node tell each other inside the handshake messages of protocol 2 (sections 4 and 5): JSON as UTF-8,
 * encrypted by the handshake, at most 4,096 bytes. The other end is authentic by then, and still its texts are decoded
 * strictly: names become fit to be shown, anything malformed is undefined. Unknown fields are ignored.
 */
import { isFields, parseFields } from "#shared/protocol/json-fields.ts";
import { ROUTE_TOKEN_BYTES } from "./limits.ts";
import { exactB64u, idText } from "./message-fields.ts";

/** Longest name of a PC or a device, in UTF-16 units. A longer one is cut. */
export const MAX_NAME_LENGTH = 100;
/** Longest description of a client program, in UTF-16 units. */
const MAX_CLIENT_LENGTH = 100;
/** Of a hello, too. */
export const MAX_FEATURES = 64;

/** In PAIR_QR and PAIR_CODE: who asks. */
export interface PairRequest {
  /** What the PC's list of devices is to call it. */
  readonly name: string;
  /** Which program it is, such as `ora-connect/1.0.0`. */
  readonly client: string;
}

/** In HS2: who answers. */
export interface NodeGreeting {
  readonly node_name: string;
  /** Extensions the node speaks: words of `FEATURE`, and of its time to come. */
  readonly features: readonly string[];
}

/** In the HS2 that answers a pairing. */
export interface PairAnswer extends NodeGreeting {
  /** What the node calls the device: 1 to 64 letters, digits, `_` and `-`. */
  readonly device: string;
  /** 32 bytes, base64url. */
  readonly route_token: string;
}

export function encodePairRequest({ name, client }: PairRequest): Uint8Array {
  return encode({ name, client });
}

export function decodePairRequest(payload: Uint8Array): PairRequest | undefined {
  const fields = parseFields(decodeText(payload));
  if (fields === undefined || typeof fields.name !== "string") return undefined;
  const client = typeof fields.client === "string" ? showableText(fields.client, MAX_CLIENT_LENGTH) : "";
  return { name: showableName(fields.name, "device"), client };
}

export function encodePairAnswer({ node_name, features, device, route_token }: PairAnswer): Uint8Array {
  return encode({ node_name, features, device, route_token });
}

export function decodePairAnswer(payload: Uint8Array): PairAnswer | undefined {
  const fields = parseFields(decodeText(payload));
  const greeting = greetingFrom(fields);
  if (fields === undefined || greeting === undefined) return undefined;
  const device = idText(fields.device);
  const route_token = exactB64u(fields.route_token, ROUTE_TOKEN_BYTES);
  if (device === undefined || route_token === undefined) return undefined;
  return { ...greeting, device, route_token };
}

export function encodeNodeGreeting({ node_name, features }: NodeGreeting): Uint8Array {
  return encode({ node_name, features });
}

export function decodeNodeGreeting(payload: Uint8Array): NodeGreeting | undefined {
  return greetingFrom(parseFields(decodeText(payload)));
}

/** A name from the other side, made fit for a list and a terminal; `fallback` when nothing of it is left. */
export function showableName(name: string, fallback: string): string {
  return showableText(name, MAX_NAME_LENGTH) || fallback;
}

/** Without control, format, private and lone surrogate characters, which could draw over what surrounds them. */
function showableText(text: string, maxLength: number): string {
  const plain = text.slice(0, 4 * maxLength).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "");
  const cut = plain.slice(0, maxLength);
  // A pair that the cut has split leaves half of it.
  return cut.replace(/[\p{Cs}]/gu, "").trim();
}

function greetingFrom(value: unknown): NodeGreeting | undefined {
  if (!isFields(value) || typeof value.node_name !== "string") return undefined;
  const { features = [] } = value;
  if (!Array.isArray(features) || features.length > MAX_FEATURES) return undefined;
  const words = (features as unknown[]).map(idText);
  if (!words.every((word) => word !== undefined)) return undefined;
  return { node_name: showableName(value.node_name, "PC"), features: words };
}

function encode(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Empty, and so no JSON, for what is not UTF-8. */
function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The one thing it says is that this is no text.
    return "";
  }
}
