/**
 * One HTTP exchange with the API on the PC: a head and a body each way, streamed with back pressure. An answer that was
 * cut is an error and never a short success. A request is sent again only when that cannot do it twice: when the PC
 * has not seen it or refused it untouched, or when it is idempotent and has no body, and never after its body was read.
 */
import type { HeaderPairs, RequestHead } from "#shared/mux/heads.ts";
import { Attempt, type ExchangeResponse } from "./attempt.ts";
import { mayRepeat } from "./may-repeat.ts";
import { RelayError } from "./relay-error.ts";
import { RequestBody } from "./request-body.ts";
import { failureProblem } from "./reset-problems.ts";
import type { StreamDoor } from "./stream-door.ts";

/** A request is sent at most so often. */
const MAX_ATTEMPTS = 3;

export interface ExchangeRequest {
  readonly method: string;
  /** Path and query, beginning with one slash, sent as they stand. */
  readonly path: string;
  readonly headers: HeaderPairs;
  readonly body?: ReadableStream<Uint8Array> | null | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Longest wait for a connection, in milliseconds. */
  readonly waitMs?: number | undefined;
}

/**
 * Resolves with the head of the answer; the body comes after it.
 * @throws RelayError, or the signal's reason.
 */
export async function exchange(door: StreamDoor, request: ExchangeRequest): Promise<ExchangeResponse> {
  const { method, path, headers, signal, waitMs } = request;
  const body = request.body ? new RequestBody(request.body) : undefined;
  const head: RequestHead = { method, path, headers, ...(body === undefined && { end: true }) };
  try {
    for (let attempts = 1; ; attempts += 1) {
      const attempt = new Attempt(head, body, signal, () => door.released());
      const stream = door.tryOpen(head, attempt) ?? (await door.open(head, attempt, { signal, waitMs }));
      const result = await attempt.run(stream);
      if (result.ok) return result.response;
      const { reset, wasSent } = result;
      const isUntouched = reset !== undefined && body?.wasGiven !== true && attempts < MAX_ATTEMPTS;
      if (isUntouched && mayRepeat(reset, wasSent, { method, hasBody: body !== undefined })) continue;
      if (reset === undefined) throw result.error;
      throw new RelayError(await failureProblem(door, reset));
    }
  } catch (error) {
    body?.cancel(error);
    throw error;
  }
}
