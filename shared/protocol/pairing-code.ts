/**
 * The codes people read and type: Crockford base32, forgiving on input (case, spaces, hyphens, O for 0, I and L
 * for 1), canonical on output. Two kinds share nothing but the alphabet: the plaintext code of protocol 1
 * (`XXXXX-XXXXX`) and the typed code of protocol 2 (`RRRR-SSSS`), whose second half no relay may ever see.
 */

/** Fills and returns that many bytes from a cryptographic source. */
export type RandomBytes = (length: number) => Uint8Array;

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CANONICAL = /^[0-9A-HJKMNP-TV-Z]*$/;
/** Everything a phone keyboard or a clipboard makes of a space or a hyphen. */
const SEPARATORS = /[\s\u2010-\u2015\u2212-]/gu;
/** ASCII only, because upper-casing would turn a dotless i into I and a long s into S. */
const TYPEABLE = /^[0-9A-Za-z]*$/;

/** Longest text that is looked at, in UTF-16 units: a code with generous spacing. */
export const MAX_CODE_TEXT_LENGTH = 64;

const PLAINTEXT_CODE_LENGTH = 10;
const TYPED_HALF_LENGTH = 4;
const LINK_ROUTE_LENGTH = 16;

/** A typed code (protocol section 2): `route` is what the relay knows, `secret` (20 bits) is what it does not. */
export interface TypedCode {
  readonly route: string;
  readonly secret: string;
}

/** Brings a typed text to canonical Crockford base32 without separators; undefined when anything else is in it. */
export function normaliseCode(text: string): string | undefined {
  if (text.length > MAX_CODE_TEXT_LENGTH) return undefined;
  const bare = text.replace(SEPARATORS, "");
  if (!TYPEABLE.test(bare)) return undefined;
  const canonical = bare.toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
  return CANONICAL.test(canonical) ? canonical : undefined;
}

/** Makes a plaintext code of protocol 1, `XXXXX-XXXXX`: 50 random bits. */
export function generatePlaintextCode(randomBytes: RandomBytes): string {
  return formatPlaintextCode(randomSymbols(PLAINTEXT_CODE_LENGTH, randomBytes));
}

/** Reads a plaintext code as people type it; returns it as `XXXXX-XXXXX`, undefined when it cannot be one. */
export function parsePlaintextCode(text: string): string | undefined {
  const symbols = normaliseCode(text);
  return symbols?.length === PLAINTEXT_CODE_LENGTH ? formatPlaintextCode(symbols) : undefined;
}

/** Makes a typed code of protocol 2. Its halves are independent: the route tells nothing about the secret. */
export function generateTypedCode(randomBytes: RandomBytes): TypedCode {
  return splitTypedCode(randomSymbols(2 * TYPED_HALF_LENGTH, randomBytes));
}

/** Writes a typed code as it is shown: `RRRR-SSSS`. */
export function formatTypedCode(code: TypedCode): string {
  return `${code.route}-${code.secret}`;
}

/** Reads a typed code as people type it; undefined when it cannot be one. */
export function parseTypedCode(text: string): TypedCode | undefined {
  const symbols = normaliseCode(text);
  return symbols?.length === 2 * TYPED_HALF_LENGTH ? splitTypedCode(symbols) : undefined;
}

/** Makes the route of a link offer: 16 symbols, 80 random bits, so that nobody finds it by guessing. */
export function generateLinkRoute(randomBytes: RandomBytes): string {
  return randomSymbols(LINK_ROUTE_LENGTH, randomBytes);
}

/** Whether a text is the canonical route of a typed offer. */
export function isTypedRoute(text: string): boolean {
  return text.length === TYPED_HALF_LENGTH && CANONICAL.test(text);
}

/** Whether a text is the canonical route of a link offer. */
export function isLinkRoute(text: string): boolean {
  return text.length === LINK_ROUTE_LENGTH && CANONICAL.test(text);
}

function formatPlaintextCode(symbols: string): string {
  const middle = PLAINTEXT_CODE_LENGTH / 2;
  return `${symbols.slice(0, middle)}-${symbols.slice(middle)}`;
}

function splitTypedCode(symbols: string): TypedCode {
  return { route: symbols.slice(0, TYPED_HALF_LENGTH), secret: symbols.slice(TYPED_HALF_LENGTH) };
}

/** 256 is a multiple of 32, so five bits of each byte are as evenly spread as the byte: no rejection is needed. */
function randomSymbols(count: number, randomBytes: RandomBytes): string {
  return Array.from(randomBytes(count), (byte) => ALPHABET.charAt(byte & 31)).join("");
}
