/** How long everybody takes to be back after a fault: until each has had a right answer that was asked for after it. */
import type { Caller } from "./callers/caller.ts";
import { small } from "./jobs/bodies.ts";
import { carryOut, type JobContext } from "./jobs/job.ts";

/** Whoever is not back by then never comes. Beyond what every heartbeat of the product takes. */
const GIVE_UP_MS = 180_000;
const AGAIN_MS = 100;
const TELL_MS = 15_000;

export interface Recovery {
  readonly ms: number;
  /** Those that did not come back. */
  readonly missing: readonly string[];
}

export async function waitForAll(
  callers: readonly Caller[],
  context: () => Omit<JobContext, "progress" | "caller">,
  say: (line: string) => void,
): Promise<Recovery> {
  const beganAt = performance.now();
  const missing: string[] = [];
  const away = new Map(callers.map(({ name }) => [name, "nothing yet"]));
  const tell = setInterval(() => {
    for (const [name, word] of away) say(`  ${name} is not back: ${word}`);
  }, TELL_MS);
  const back = async (caller: Caller) => {
    while (performance.now() - beganAt < GIVE_UP_MS) {
      const outcome = await carryOut(small, { ...context(), caller });
      if (outcome.kind === "right") {
        away.delete(caller.name);
        return;
      }
      away.set(caller.name, outcome.kind === "told" ? outcome.word : outcome.what);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    missing.push(caller.name);
  };
  await Promise.all(callers.map(back));
  clearInterval(tell);
  return { ms: performance.now() - beganAt, missing };
}
