/** What a RESET means to whoever asked. */
import type { StreamReset } from "#shared/mux/stream.ts";
import type { Problem, ProblemCode } from "./problem.ts";
import { isRevocation } from "./session-state.ts";
import type { StreamDoor } from "./stream-door.ts";

const BY_RESET: Readonly<Record<StreamReset["code"], ProblemCode>> = {
  refused: "refused",
  cancelled: "stream_error",
  truncated: "truncated",
  internal: "stream_error",
  protocol: "bad_response",
  timeout: "timeout",
  too_large: "too_large",
  unreachable: "unreachable",
  // What the owner's rules forbid is an answer with 403.
  denied: "forbidden",
  cut: "truncated",
};

/** Its reason is the other end's text: it goes on only when it is one word. */
export function resetProblem({ code, reason }: StreamReset): Problem {
  const isWord = code !== "cut" && /^[\w:.-]{1,64}$/.test(reason);
  return { code: BY_RESET[code], ...(isWord && { detail: reason }) };
}

/**
 * The same for a request that got no answer. When the whole channel ended, that is what counts; a session learns of it
 * in the turn in which its streams are reset, but after them.
 */
export async function failureProblem(door: StreamDoor, reset: StreamReset): Promise<Problem> {
  await Promise.resolve();
  const { problem } = door;
  if (reset.code === "cut") return problem ?? { code: "connection_lost" };
  // A channel that ends in order resets its streams first, in the same record.
  const isOfChannel = problem !== undefined && (reset.code === "cancelled" || isRevocation(problem));
  return isOfChannel ? problem : resetProblem(reset);
}
