/** What is wrong with the file of enrolment keys, in words for whoever runs the relay. */
export type EnrolmentProblem =
  | "keys_missing"
  | "keys_unreadable"
  | "keys_damaged"
  | "keys_exposed"
  | "keys_busy"
  | "keys_not_written"
  | "key_exists"
  | "key_unknown"
  | "keys_full";

/** The message names the file and what to do, and holds no key. */
export class EnrolmentError extends Error {
  readonly code: EnrolmentProblem;

  constructor(code: EnrolmentProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EnrolmentError";
    this.code = code;
  }
}
