/** The clock, drawn anew each second while something counts down. */
import { useEffect, useState } from "preact/hooks";

const TICK_MS = 1_000;

/** Unix milliseconds. */
export function useNow(isCounting: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isCounting) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [isCounting]);
  return now;
}
