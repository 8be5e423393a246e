/**
 * The enrolment keys of a relay as its file holds them: a name, the hash of the key and two times. The keys are random
 * and long, so a plain hash gives nothing away.
 */
import * as v from "valibot";

/** Keys in one file, expired ones too. */
export const MAX_KEYS = 1_000;
/** Above what so many keys need. Bytes. */
export const MAX_KEY_FILE_BYTES = 1024 * 1024;
export const MAX_KEY_NAME_LENGTH = 64;

/** What a name may be, in words that end the sentence "allowed: …". */
export const KEY_NAME_ALLOWED = `1 to ${MAX_KEY_NAME_LENGTH} letters, digits, spaces and . _ @ -, beginning with a letter or a digit`;

const KEY_NAME = new RegExp(`^[\\p{L}\\p{N}][\\p{L}\\p{N} ._@-]{0,${MAX_KEY_NAME_LENGTH - 1}}$`, "u");

const unixSeconds = v.pipe(v.number(), v.integer(), v.minValue(0));

const enrolmentKey = v.object({
  name: v.pipe(v.string(), v.regex(KEY_NAME)),
  /** sha256 of the key's text in UTF-8, in hex. */
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  created: unixSeconds,
  /** Taken until then; left out: for ever. */
  expires: v.optional(unixSeconds),
});

const keyFile = v.object({
  version: v.literal(1),
  keys: v.pipe(v.array(enrolmentKey), v.maxLength(MAX_KEYS)),
});

export type EnrolmentKey = v.InferOutput<typeof enrolmentKey>;

export function isKeyName(name: string): boolean {
  return KEY_NAME.test(name);
}

/** Whether a relay takes this key at `now`, in unix seconds. */
export function isKeyValid({ expires }: EnrolmentKey, now: number): boolean {
  return expires === undefined || now < expires;
}

/** Undefined for anything that `encodeKeys` would not have written. */
export function decodeKeys(text: string): EnrolmentKey[] | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), keyFile), text);
  if (!parsed.success) return undefined;
  const { keys } = parsed.output;
  return new Set(keys.map(({ name }) => name)).size === keys.length ? keys : undefined;
}

export function encodeKeys(keys: readonly EnrolmentKey[]): string {
  return `${JSON.stringify({ version: 1, keys }, undefined, 2)}\n`;
}
