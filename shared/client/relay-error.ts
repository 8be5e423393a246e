/** The error of the client library: a problem that somebody's call ran into. */
import { describeProblem, type Hop, hopOf, type Problem, type ProblemCode } from "./problem.ts";

export class RelayError extends Error {
  override readonly name = "RelayError";
  readonly problem: Problem;

  /** The message is for people and holds no secret. */
  constructor(problem: Problem, options?: ErrorOptions) {
    super(describeProblem(problem), options);
    this.problem = problem;
  }

  get code(): ProblemCode {
    return this.problem.code;
  }

  /** The hop that broke. */
  get hop(): Hop {
    return hopOf(this.problem.code);
  }

  /** Milliseconds before another attempt makes sense, when the other side said so. */
  get retryMs(): number | undefined {
    return this.problem.retryMs;
  }
}
