/**
 * Answers that take longer than a browser lets one event of a worker last (Chromium: five minutes; then it stops the
 * worker, and the request with it). Before that, the page's script is told to ask again with a ticket, and gets the
 * answer to its first request: the PC is asked once, however long it takes.
 *
 * That is for `fetch` alone; the others end with the browser's error. An XMLHttpRequest could only be told by a redirect to
 * the same address, and where a browser does not bring the second request here it would reach the relay in clear. A
 * document could, but has no place for a ticket: the PC would be asked again.
 */
import { LATER_HEADER } from "../calls/messages.ts";

/** Safely below five minutes. Milliseconds. */
export const LATE_MS = 240_000;
/** A page that has not come back by then is gone, and nobody wants the answer. Milliseconds. */
export const ABANDONED_MS = 60_000;

/** Runs it later; returns how to call that off. */
export type After = (delayMs: number, run: () => void) => () => void;

interface Held {
  readonly answer: Promise<Response>;
  readonly abort: AbortController;
  /** Calls off that it is abandoned. */
  keep: () => void;
}

export interface LateAsked {
  /** What the page's script said: a ticket, or any other word when it asks for the first time. */
  readonly ticket: string;
  readonly signal: AbortSignal;
  /** Whether asking once more does no harm: a ticket is lost with the worker that gave it. */
  readonly mayRepeat: boolean;
  /** Asks the PC. It never rejects. */
  readonly begin: (signal: AbortSignal) => Promise<Response>;
}

export class LateAnswers {
  private readonly waiting = new Map<string, Held>();
  private readonly after: After;
  private readonly random: () => string;
  private readonly first: string;

  /** `first` is the word of a script that has no ticket yet. */
  constructor(options: { readonly after: After; readonly random: () => string; readonly first: string }) {
    this.after = options.after;
    this.random = options.random;
    this.first = options.first;
  }

  /** The answer, or in time one that says that it is late. */
  async answer({ ticket, signal, mayRepeat, begin }: LateAsked): Promise<Response> {
    const known = this.waiting.get(ticket);
    if (known === undefined && ticket !== this.first && !mayRepeat) return Response.error();
    const held = known ?? begun(begin);
    held.keep();
    this.waiting.delete(ticket);
    const abort = () => held.abort.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    let callOff: () => void = () => undefined;
    const late = new Promise<undefined>((resolve) => {
      callOff = this.after(LATE_MS, () => resolve(undefined));
    });
    const answer = await Promise.race([held.answer, late]);
    callOff();
    if (answer !== undefined) return answer;
    signal.removeEventListener("abort", abort);
    return this.later(held);
  }

  private later(held: Held): Response {
    const ticket = this.random();
    this.waiting.set(ticket, held);
    held.keep = this.after(ABANDONED_MS, () => {
      this.waiting.delete(ticket);
      held.abort.abort();
    });
    return new Response(null, { status: 204, headers: { [LATER_HEADER]: ticket } });
  }
}

function begun(begin: LateAsked["begin"]): Held {
  const abort = new AbortController();
  return { answer: begin(abort.signal), abort, keep: () => undefined };
}
