/**
 * Being told to stop. npm passes Ctrl-C on to a program that has got it from the terminal already, so a second signal
 * counts as impatience only when it comes a while after the first. And npm stands behind a shell that dies of SIGTERM
 * without passing it on, so under npm the end of the parent counts as a signal too: nothing must be left running.
 */
import { EXIT } from "./exit-code.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const;
const SAME_SIGNAL_MS = 1_000;
const PARENT_CHECK_MS = 500;

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
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    if (first === undefined) told("npm ended");
  }, PARENT_CHECK_MS);
  check.unref();
}
