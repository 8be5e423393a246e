/** The end of the app: it says goodbye within a deadline, then the process ends whatever is still under way. */
import type { Clock } from "../core/clock.ts";
import type { ElectronPort } from "./electron-port.ts";

export const QUIT_DEADLINE_MS = 4_000;

export interface QuitterOptions {
  readonly app: Pick<ElectronPort["app"], "exit">;
  readonly clock: Clock;
  readonly stop: () => Promise<void>;
}

/** A function that may be called more than once. */
export function quitter({ app, clock, stop }: QuitterOptions): () => void {
  let isQuitting = false;
  return () => {
    if (isQuitting) return;
    isQuitting = true;
    const exit = () => app.exit(0);
    clock.after(QUIT_DEADLINE_MS, exit);
    // A stop that fails ends the app as well.
    stop().then(exit, exit);
  };
}
