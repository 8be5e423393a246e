/** Server-sent events, read for a while: each has its number, so that one that is missing or doubled is seen. */
import { type Job, trouble } from "./job.ts";

const SHORTEST_MS = 3_000;
const LONGEST_MS = 240_000;

export const events: Job = async ({ caller, key, random, stop, progress }) => {
  const leaving = new AbortController();
  const { signal } = leaving;
  const leave = () => leaving.abort();
  stop.addEventListener("abort", leave);
  if (stop.aborted) leave();
  const timer = setTimeout(leave, random.between(SHORTEST_MS, LONGEST_MS));
  const expected = eventChecker(key);
  let bytes = 0;
  try {
    const answer = await caller.ask({ path: `/events?key=${key}`, signal });
    const wrong = await trouble(answer, key);
    if (wrong !== undefined) return wrong;
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      if (!expected.isNext(chunk)) return { kind: "wrong", what: `events of ${key} are not in order` };
      progress();
    }
    // They never end by themselves.
    return { kind: "wrong", what: `events of ${key} ended in order` };
  } catch (error) {
    if (signal.aborted) return { kind: "right", bytes };
    throw error;
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", leave);
    leave();
  }
};

/** Takes a stream of events in any pieces. */
export function eventChecker(key: string): { isNext(chunk: Uint8Array): boolean } {
  const decoder = new TextDecoder();
  let text = "";
  let next = 0;
  return {
    isNext(chunk) {
      text += decoder.decode(chunk, { stream: true });
      const whole = text.split("\n\n");
      text = whole.pop() ?? "";
      return whole.every((event) => {
        next += 1;
        return event === `data: ${key} ${next - 1}`;
      });
    },
  };
}
