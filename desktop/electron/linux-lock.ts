/**
 * Whether the screen is locked, on Linux, where Electron does not tell: the login manager is asked now and then, and only
 * while there is something to hide. Desktops that do not say so there (a screen locker of its own) stay unlocked here.
 */
import { execFile } from "node:child_process";
import type { Environment } from "#shared/config/settings.ts";
import type { Cancel, Clock } from "../core/clock.ts";

export const ASK_EVERY_MS = 2_000;
const ANSWER_TIMEOUT_MS = 1_500;
/** An answer is `yes` or `no`. */
const MAX_ANSWER_BYTES = 64;

export interface LockWatchOptions {
  readonly clock: Clock;
  /** Undefined: nobody can say. */
  readonly isLocked: () => Promise<boolean | undefined>;
  /** Nothing is asked while this is false and the screen was not locked. */
  readonly isNeeded: () => boolean;
  readonly changed: (locked: boolean) => void;
}

export function watchLock({ clock, isLocked, isNeeded, changed }: LockWatchOptions): { stop(): void } {
  let known = false;
  let isOver = false;
  let cancel: Cancel = clock.after(ASK_EVERY_MS, ask);
  function ask(): void {
    if (!isNeeded() && !known) {
      cancel = clock.after(ASK_EVERY_MS, ask);
      return;
    }
    void isLocked().then((locked = false) => {
      if (isOver) return;
      cancel = clock.after(ASK_EVERY_MS, ask);
      if (locked === known) return;
      known = locked;
      changed(locked);
    });
  }
  return {
    stop() {
      isOver = true;
      cancel();
    },
  };
}

/** Asks logind for the hint that GNOME, KDE and others set. Never rejects. */
export function logindLock(env: Environment): () => Promise<boolean | undefined> {
  const session = /^\w{1,32}$/.exec(env.XDG_SESSION_ID ?? "")?.[0] ?? "auto";
  const args = ["show-session", session, "--property=LockedHint", "--value"];
  return () =>
    new Promise((resolve) => {
      const options = { timeout: ANSWER_TIMEOUT_MS, maxBuffer: MAX_ANSWER_BYTES };
      execFile("loginctl", args, options, (error, stdout) => {
        const answer = error === null ? stdout.trim() : "";
        resolve(answer === "yes" ? true : answer === "no" ? false : undefined);
      });
    });
}
