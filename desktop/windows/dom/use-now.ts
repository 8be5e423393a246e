/**
 * The main process's clock, carried on by this page's monotonic one: a jump of the system's clock moves no ring.
 */
import { useEffect, useState } from "preact/hooks";
import type { AppView } from "../contract/status-view.ts";
import type { Drawn } from "./start-page.tsx";

const TICK_MS = 1_000;

/** Milliseconds since 1970; drawn anew each second. */
export function useNow({ view, receivedAt }: Drawn<AppView>): number {
  const [clock, setClock] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setClock(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return view.now + Math.max(0, clock - receivedAt);
}
