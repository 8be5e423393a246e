/** What the pairing window shows. The main process pushes it whole after each change; a hidden one holds no code at all. */
import type { AppView, StatusView } from "./status-view.ts";

/** Something that can be shown until a moment (ms since 1970). */
export interface Expiring<Value> {
  readonly value: Value;
  readonly expiresAt: number;
}

export interface QuestionView {
  readonly id: number;
  readonly name: string;
  /** Which program it says it is. */
  readonly client: string;
  readonly via: "link" | "code";
  /** Four digits, the same on the client's screen. */
  readonly checkNumber: string;
  /** When it is refused by itself. */
  readonly expiresAt: number;
}

export interface PairedView {
  readonly device: string;
  readonly name: string;
  readonly checkNumber: string;
}

export interface PairingView extends AppView {
  readonly pcName: string;
  readonly status: StatusView;
  /** The screen is locked: no code is in this view. */
  readonly hidden: boolean;
  /** Where a typed code is typed: the relay's address without scheme. */
  readonly typeAt: string;
  /** How long an offer lives in all, for the ring. */
  readonly ttlMs: number;
  /** The whole link, for the QR code. */
  readonly link?: Expiring<string>;
  /** `RRRR-SSSS`. */
  readonly typed?: Expiring<string>;
  /** Too many wrong guesses: no typed code until New code. */
  readonly typedIsPaused: boolean;
  /** Not encrypted. */
  readonly plaintext?: Expiring<string>;
  /** Who waits for an answer, the oldest first. */
  readonly questions: readonly QuestionView[];
  /** Who was let in while the window was open and was not dismissed, the newest first. */
  readonly paired: readonly PairedView[];
}
