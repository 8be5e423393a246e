/** One piece of work for a caller, and how it is watched: whoever makes no progress for too long has been forgotten. */
import type { Answer, Caller } from "../callers/caller.ts";
import type { Seeded } from "../seeded.ts";
import type { SoakApi } from "../soak-api.ts";
import { type Outcome, wordOf } from "../tally.ts";

export interface JobContext {
  readonly caller: Caller;
  readonly random: Seeded;
  readonly api: Pick<SoakApi, "hasArrived">;
  /** Unlike every other. */
  readonly key: string;
  /** Work without end ends here. */
  readonly stop: AbortSignal;
  readonly progress: () => void;
}

/** Rejects with what it was told. */
export type Job = (context: JobContext) => Promise<Outcome>;

/** Longer than any heartbeat of the product takes to find a dead path, and than any freeze. */
const PATIENCE_MS = 120_000;

/** Carries one out. What it was told by an error is an outcome, too. */
export async function carryOut(
  job: Job,
  context: Omit<JobContext, "progress">,
  patienceMs = PATIENCE_MS,
): Promise<Outcome> {
  let lastAt = performance.now();
  let look: NodeJS.Timeout | undefined;
  const forgotten = new Promise<Outcome>((resolve) => {
    look = setInterval(() => {
      if (performance.now() - lastAt < patienceMs) return;
      resolve({ kind: "stuck", what: `${context.caller.name}: nothing for ${patienceMs} ms` });
    }, patienceMs / 20);
  });
  const progress = () => {
    lastAt = performance.now();
  };
  const done = job({ ...context, progress }).catch(
    (error: unknown): Outcome => ({ kind: "told", word: wordOf(error) }),
  );
  return Promise.race([done, forgotten]).finally(() => clearInterval(look));
}

/** An answer that comes from something between the caller and the API, which says so. */
class Refused extends Error {
  readonly code: string;

  constructor(status: number) {
    super(`status ${status}`);
    this.code = `status ${status}`;
  }
}

/** Undefined when it is the API's answer to this question; throws what is honest, returns what is not. */
export async function trouble(answer: Answer, key: string): Promise<Outcome | undefined> {
  if (answer.status === 200) {
    return answer.key === key
      ? undefined
      : { kind: "wrong", what: `the answer to ${answer.key} came for ${key}` };
  }
  for await (const _ of answer.body);
  if (answer.status >= 500 && answer.key === undefined) throw new Refused(answer.status);
  return { kind: "wrong", what: `status ${answer.status} for ${key}` };
}

export async function textOf({ body }: Answer): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
