/** Says what a session is doing, one line per change, and never the same line twice in a row. */
import { describeState, type SessionState } from "#shared/client/session-state.ts";

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
      return `${text} [${hop}]. What to do: ${advice}`;
    case "revoked":
      return `${text}. What to do: ${advice}`;
    case "closed":
      return undefined;
  }
}
