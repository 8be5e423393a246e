/**
 * The enrolment key: a secret that a relay and the nodes it takes share (protocol section 3). Every program reads it by
 * these rules, so that no key can be set on one side that the other would not take.
 */

/** Long enough that nobody guesses it over the network. UTF-16 units. */
export const MIN_ENROLL_KEY_LENGTH = 16;
/** With all else that is in it, a node's proof has to fit one message. UTF-16 units. */
export const MAX_ENROLL_KEY_LENGTH = 256;

/** What is allowed, in words that end the sentence "allowed: …". */
export const ENROLL_KEY_ALLOWED = `${MIN_ENROLL_KEY_LENGTH} to ${MAX_ENROLL_KEY_LENGTH} characters in one line`;

/** Every character but a control or half of one: what a line of `.env` can hold. Undefined for anything else. */
export function parseEnrollKey(value: string): string | undefined {
  if (value.length < MIN_ENROLL_KEY_LENGTH || value.length > MAX_ENROLL_KEY_LENGTH) return undefined;
  return /[\p{Cc}\p{Cs}]/u.test(value) ? undefined : value;
}
