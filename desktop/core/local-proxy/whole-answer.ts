/**
 * Calls the local API and gathers the answer into one buffer, up to a cap: protocol 1 knows no pieces. A body that
 * passes the cap ends the call at that moment, so an endless one costs no more than the cap.
 */
import type { FailureName } from "./failure-name.ts";
import type { HeaderPair } from "./header-policy.ts";
import type { LocalApi, LocalCall, LocalRequest } from "./local-api.ts";

export type WholeAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: readonly HeaderPair[];
      readonly body: Buffer;
    }
  | { readonly kind: "failed"; readonly name: FailureName }
  | { readonly kind: "too_large" };

/** Calls `done` once, in a later turn, unless the call is cancelled. `maxBytes` bounds the body. */
export function callWhole(
  api: LocalApi,
  request: LocalRequest,
  maxBytes: number,
  done: (answer: WholeAnswer) => void,
): LocalCall {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let status = 0;
  let headers: readonly HeaderPair[] = [];
  let call: LocalCall | undefined;

  const tooLarge = () => {
    call?.cancel();
    done({ kind: "too_large" });
  };

  call = api.send(request, {
    head(responseStatus, responseHeaders) {
      status = responseStatus;
      headers = responseHeaders;
      // HEAD and 304 announce the length of a body that does not come.
      if (request.method !== "HEAD" && status !== 304 && announcedLength(headers) > maxBytes) tooLarge();
    },
    data(chunk) {
      size += chunk.length;
      if (size > maxBytes) tooLarge();
      else chunks.push(chunk);
    },
    end() {
      const [only] = chunks;
      const body = chunks.length === 1 && only instanceof Buffer ? only : Buffer.concat(chunks, size);
      done({ kind: "answer", status, headers, body });
    },
    failed(name) {
      done({ kind: "failed", name });
    },
  });
  return call;
}

function announcedLength(headers: readonly HeaderPair[]): number {
  const announced = headers.find(([name]) => name.toLowerCase() === "content-length");
  return announced ? Number(announced[1]) : 0;
}
