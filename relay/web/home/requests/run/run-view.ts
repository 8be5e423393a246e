/** What can be seen of a request and its answer at one moment. A value of its own, which does not change. */
import type { BodyKind } from "../body/body-kind.ts";
import type { Outgoing } from "../draft/outgoing.ts";
import type { LoggedEvent } from "../live/event-log.ts";
import type { AnswerHead } from "./answer-head.ts";
import type { Trouble } from "./trouble.ts";

export type Phase =
  /** No answer yet. */
  | "waiting"
  | "reading"
  /** The first part is here, the rest waits at the PC. */
  | "held"
  /** The whole is being saved as a file. */
  | "saving"
  | "done"
  | "failed"
  | "cancelled";

export interface RunView {
  readonly phase: Phase;
  readonly method: string;
  readonly path: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Of the request's body. */
  readonly sent: number;
  readonly toSend: number;
  readonly head: AnswerHead | undefined;
  readonly kind: BodyKind | undefined;
  /** From pressing the button to the answer's head, and to its end. Milliseconds. */
  readonly headMs: number | undefined;
  readonly endMs: number | undefined;
  /** Of the answer's body, unpacked. */
  readonly received: number;
  readonly kept: number;
  /** Everything came, and all of it is kept. */
  readonly isWhole: boolean;
  /** It comes bit by bit, and is shown as it comes. */
  readonly isLive: boolean;
  readonly events: readonly LoggedEvent[];
  readonly totalEvents: number;
  readonly tail: string;
  readonly hasLostTail: boolean;
  readonly trouble: Trouble | undefined;
  /** The whole was saved under this name. */
  readonly savedAs: string | undefined;
}

/** Of a request that has just been sent. */
export function firstView(request: Outgoing, startedAt: number): RunView {
  return {
    phase: "waiting",
    method: request.method,
    path: request.path,
    startedAt,
    sent: 0,
    toSend: request.body?.size ?? 0,
    head: undefined,
    kind: undefined,
    headMs: undefined,
    endMs: undefined,
    received: 0,
    kept: 0,
    isWhole: false,
    isLive: false,
    events: [],
    totalEvents: 0,
    tail: "",
    hasLostTail: false,
    trouble: undefined,
    savedAs: undefined,
  };
}
