/**
 * Being told to stop. npm passes Ctrl-C on to a program that has got it from the terminal already, so a second signal
 * counts as impatience only when it comes a while after the first.
 */
import { EXIT } from "#shared/config/exit-code.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const;
const SAME_SIGNAL_MS = 1_000;

/** Calls `stop` once at the first signal; a later one ends the process at once. */
export function onStopSignal(stop: (reason: string) => void): void {
  let first: number | undefined;
  function told(reason: string): void {
    if (first === undefined) {
      first = Date.now();
      stop(reason);
    } else if (Date.now() - first > SAME_SIGNAL_MS) {
      process.exit(EXIT.INTERRUPTED);
    }
  }
  for (const signal of SIGNALS) process.on(signal, () => told(signal));
}
