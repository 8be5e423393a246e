/** Sends a command and remembers why it was refused, for a word beside what was pressed. */
import { useState } from "preact/hooks";
import type { Result } from "../contract/results.ts";
import { useTexts } from "./texts-context.ts";

export interface Sending {
  readonly busy: boolean;
  /** Why the latest was refused. */
  readonly problem: string | undefined;
  /** The value when it worked. */
  send<Value>(command: () => Promise<Result<Value>>): Promise<Value | undefined>;
}

export function useCommand(): Sending {
  const { problems } = useTexts();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  return {
    busy,
    problem,
    async send(command) {
      setBusy(true);
      const result = await command();
      setBusy(false);
      setProblem(result.ok ? undefined : problems[result.problem]);
      return result.ok ? result.value : undefined;
    },
  };
}
