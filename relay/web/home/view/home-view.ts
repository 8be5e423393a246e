/**
 * All that the page draws, as one value: made anew on every change, never patched. Texts from outside (names of PCs,
 * host names) are plain strings here and only ever become text.
 */
import type { HopState } from "#shared/looks/hop-state.ts";
import type { RingState } from "#shared/looks/ring-state.ts";
import type { Language } from "../texts/language.ts";
import type { Texts } from "../texts/texts.ts";
import type { PairTrouble } from "./pair-trouble.ts";
import type { Hop } from "./trouble.ts";

export interface HomeView {
  readonly language: Language;
  readonly texts: Texts;
  /** Undefined while they are being read. */
  readonly pcs: readonly PcView[] | undefined;
  /** They are there, and the browser has not given them: the list is not to look empty. */
  readonly isUnread: boolean;
  readonly scene: Scene;
  readonly notices: readonly Notice[];
  /** The relay's host, with its port where it has one. */
  readonly relayHost: string;
  /** The browser offers to put the page among the phone's apps. */
  readonly canInstall: boolean;
}

/** What is to be known about the page itself. */
export type Notice =
  /** It came over plain http from the network: anybody there could have changed it. */
  | { readonly kind: "plain_http" }
  /** Nothing can be kept: what is paired goes with the tab. */
  | { readonly kind: "not_kept"; readonly why: "absent" | "full" | "failed" }
  /** So many stored items could not be understood. */
  | { readonly kind: "damaged"; readonly count: number }
  /** The relay has a newer page. */
  | { readonly kind: "outdated" };

export type Scene =
  | { readonly at: "list" }
  | { readonly at: "add"; readonly scanner: "ready" | "insecure" | "absent" }
  | { readonly at: "scan" }
  | { readonly at: "code"; readonly deviceName: string; readonly trouble?: PairTroubleView }
  | Question
  /** The link is another relay's. */
  | { readonly at: "elsewhere"; readonly host: string }
  | { readonly at: "pairing"; readonly checkNumber?: string; readonly pcName?: string }
  | { readonly at: "paired"; readonly id: string; readonly checkNumber: string; readonly isKept: boolean }
  /** `isUnspent`: what was offered can be tried again. */
  | { readonly at: "failed"; readonly trouble: PairTroubleView; readonly isUnspent: boolean }
  | { readonly at: "pc"; readonly id: string; readonly deviceName: string }
  | { readonly at: "requests"; readonly id: string };

export interface Question {
  readonly at: "question";
  readonly deviceName: string;
  /** The PC is in the list already, under this name. */
  readonly knownAs?: string;
  /** Nothing can be kept: the PC would go with the tab. */
  readonly isKept: boolean;
}

export interface PairTroubleView {
  readonly trouble: PairTrouble;
  /** For support, in small print. */
  readonly code: string;
}

export interface PcView {
  readonly id: string;
  readonly nodeId: string;
  /** As the owner of this device calls it, else as it calls itself. */
  readonly name: string;
  /** As it calls itself. */
  readonly nodeName: string;
  readonly ring: RingState;
  /** Under the name: what is so, in a few words. */
  readonly line: string;
  readonly hops: readonly (readonly [Hop, HopState])[];
  /** When something is wrong: what is so, and what to do about it. */
  readonly words?: { readonly title: string; readonly advice: string; readonly code: string };
  /** Unix milliseconds of the next attempt. */
  readonly retryAt?: number;
  readonly remedy?: "try_now" | "pair_again";
  readonly openApp: "ready" | "opening" | "waiting" | "off" | "insecure";
  /** Why the last "Open app" came to nothing. */
  readonly openTrouble?: string;
  readonly isConnected: boolean;
}
