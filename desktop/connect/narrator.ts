/** Says what a session is doing, one line per change, and never the same line twice in a row. */
import type { Hop } from "#shared/client/problem.ts";
import { describeState, type SessionState } from "#shared/client/session-state.ts";

/** Where it broke, for people. */
const PLACES: Readonly<Record<Hop, string>> = {
  client: "on this machine",
  "client-relay": "between this machine and the relay",
  relay: "at the relay",
  "relay-node": "between the relay and your PC",
  node: "on your PC",
  "local-api": "between your PC and its API",
};

/** A node with a new identity looks from here like one that is away: nobody can tell but its owner. */
const MAYBE_ANOTHER = ", or it was started anew without keeping its identity: pair again";

export function narrator(options: {
  /** The PC's name, as its user knows it. */
  readonly name: string;
  readonly now: () => number;
  readonly say: (line: string) => void;
}): (state: SessionState) => void {
  const { name, now, say } = options;
  let last = "";
  let hasConnected = false;
  return (state) => {
    hasConnected ||= state.status === "connected";
    const line = lineOf(state, { name, now: now(), hasConnected });
    if (line === undefined || line === last) return;
    last = line;
    say(line);
  };
}

function lineOf(
  state: SessionState,
  { name, now, hasConnected }: { name: string; now: number; hasConnected: boolean },
): string | undefined {
  const { text, hop, advice } = describeState(state, now);
  switch (state.status) {
    case "connecting":
      // After a wait that was announced, the attempt itself is no news.
      return state.problem === undefined && !hasConnected ? `connecting to ${name}` : undefined;
    case "connected":
      return `connected to ${name}`;
    case "waiting":
      return `${text}${placeOf(hop)}. What to do: ${advice}${state.problem.code === "node_offline" ? MAYBE_ANOTHER : ""}`;
    case "revoked":
      return `${text}. What to do: ${advice}`;
    case "closed":
      return undefined;
  }
}

function placeOf(hop: Hop | undefined): string {
  return hop === undefined ? "" : ` (${PLACES[hop]})`;
}
