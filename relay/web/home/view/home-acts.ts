/** Everything that a tap on the page can do. Nothing else ever adds, opens, renames or forgets anything. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { RelaySession } from "#shared/client/connect-session.ts";
import type { Language } from "../texts/language.ts";

export interface HomeActs {
  add(): void;
  scan(): void;
  type(): void;
  back(): void;
  /** A QR code was read. False when it is none of ours, and the camera is to go on looking. */
  scanned(text: string): Promise<boolean>;
  submitCode(text: string, deviceName: string): void;
  /** The answer to "Add this PC?". */
  addOffered(deviceName: string): void;
  /** Adds with what was offered before, which was not used up. */
  addAgain(): void;
  /** Follows a link to the relay that it is for. */
  goElsewhere(): void;
  cancelPairing(): void;
  /** The numbers on the two screens differ. */
  differs(id: string): void;
  showPc(id: string): void;
  showRequests(id: string): void;
  /** Must be called in the tap itself. */
  openApp(id: string): void;
  tryNow(): void;
  /** Empty: what the PC calls itself. False when it could not be stored. */
  rename(id: string, label: string): Promise<boolean>;
  /** False when there is no connection. */
  renameDevice(id: string, name: string): boolean;
  /** False when it could not be deleted. */
  forget(id: string): Promise<boolean>;
  /** For the API client. */
  session(id: string): RelaySession | undefined;
  setLanguage(language: Language): void;
  install(): void;
  /** Reads the list again, which the browser has not given. */
  readAgain(): void;
  reload(): void;
}

/** Set by the page before anything is drawn. */
export const ActsContext = createContext<HomeActs | undefined>(undefined);

export function useActs(): HomeActs {
  const acts = useContext(ActsContext);
  if (acts === undefined) throw new Error("drawn outside the page");
  return acts;
}
