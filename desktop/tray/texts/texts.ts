/**
 * Every text of the tray app that is not in a window: menu, tooltip, notifications, dialogs, and the sentences about
 * how things stand. Each language implements this whole; a missing text does not compile.
 */
import type { Language } from "../../windows/contract/status-view.ts";
import type { NoticeCode } from "../app-state.ts";
import type { StandingCode } from "../standing.ts";

/** Of an address that the relay names. Code points. */
export const MAX_ORIGIN_LENGTH = 48;

/** What a sentence about the standing may name. */
export interface StandingFacts {
  /** The relay's host; may be empty. */
  readonly relay: string;
  /** The local API's address. */
  readonly api: string;
  /** A time of day, or a day and a time, as `since` in a sentence. */
  readonly since: string;
  /** A status, an error code or names of items; may be empty. */
  readonly detail: string;
}

/** What is so, and what to do; the second may be empty. */
export interface Words {
  readonly title: (facts: StandingFacts) => string;
  readonly advice: string;
}

export interface TrayTexts {
  readonly language: Language;
  readonly standing: Readonly<Record<StandingCode, Words>>;
  readonly notices: Readonly<Record<NoticeCode, (detail: string) => string>>;
  readonly hops: Readonly<Record<"phone" | "relay" | "pc" | "app", string>>;
  readonly menu: {
    readonly showCode: string;
    readonly newCode: string;
    readonly copyLink: string;
    readonly answer: (name: string) => string;
    readonly devices: string;
    readonly noDevices: string;
    readonly connected: string;
    readonly lastSeen: (when: string) => string;
    /** A name and what is to be said of it, as one line. */
    readonly device: (name: string, presence: string) => string;
    readonly rename: string;
    readonly readOnly: string;
    readonly revoke: (name: string) => string;
    readonly notEncrypted: (peer: string) => string;
    readonly unknownPeer: string;
    readonly endSession: string;
    readonly revokeAll: string;
    readonly more: (count: number) => string;
    readonly activity: string;
    readonly settings: string;
    readonly pause: string;
    readonly resume: string;
    readonly startAtLogin: string;
    readonly about: string;
    readonly version: (version: string) => string;
    readonly licences: string;
    readonly openLogs: string;
    readonly newerRelease: (version: string) => string;
    readonly checkForUpdate: string;
    readonly quit: string;
  };
  readonly notify: {
    readonly paired: (name: string) => string;
    readonly pairedBody: (checkNumber: string) => string;
    readonly undo: string;
    readonly asks: (name: string) => string;
    readonly asksBody: (checkNumber: string) => string;
    readonly plaintextPaired: (peer: string) => string;
    readonly plaintextPairedBody: string;
    readonly undone: (name: string) => string;
    readonly undoneBody: string;
    readonly expired: (name: string) => string;
    readonly expiredBody: string;
    readonly notStored: (name: string) => string;
    readonly notStoredBody: string;
    readonly noRoomBody: string;
    readonly wrongCode: string;
    readonly wrongCodeBody: string;
    readonly linkCopied: string;
    readonly linkCopiedBody: string;
    readonly nothingToCopy: string;
    readonly nothingToCopyBody: string;
    readonly newer: (version: string) => string;
    readonly newerBody: string;
    readonly newest: string;
    readonly newestBody: (version: string) => string;
    readonly notFoundOut: string;
    readonly notFoundOutBody: string;
  };
  readonly dialog: {
    readonly cancel: string;
    readonly revoke: (name: string) => string;
    readonly revokeBody: string;
    readonly revokeButton: (name: string) => string;
    readonly revokeAll: (count: number) => string;
    readonly revokeAllBody: string;
    readonly revokeAllButton: (count: number) => string;
    readonly notDone: string;
    /** The keychain did not take it. */
    readonly notDoneBody: string;
    readonly failedBody: string;
  };
  readonly windows: { readonly pairing: string; readonly activity: string; readonly settings: string };
}
