/**
 * `fetch` and XMLHttpRequest as the app has them, changed where they would not pass the worker: a keepalive request and
 * a beacon would reach the relay in clear, a synchronous request too. Bodies say how long they are, because the worker
 * is not told. A request that may be repeated and died with the worker is asked once more, and one whose answer takes
 * longer than a browser lets a worker work on it is asked for until it is there.
 */
import { CALL, LATER_HEADER, LENGTH_HEADER, WAITS, WAITS_HEADER } from "../calls/messages.ts";

export interface RequestTools {
  readonly fetch: typeof fetch;
  /** What relative addresses are relative to. */
  readonly base: () => string;
  /** Whether an address goes through the tunnel. */
  readonly isTunnelled: (address: string) => boolean;
  /** Whether the service worker is; without it what is asked here would reach the relay in clear. */
  readonly isThere: () => boolean;
  /** Settles when the worker has the cookies that were written so far. */
  readonly cookiesWritten: () => Promise<unknown> | undefined;
  readonly warn: (text: string) => void;
}

const MAY_REPEAT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Refuses what is for the PC once the service worker is gone: the browser would send it to the relay, in clear. */
export function onlyThroughWorker({
  fetch,
  isTunnelled,
  isThere,
  base,
}: Pick<RequestTools, "fetch" | "isTunnelled" | "isThere" | "base">): typeof fetch {
  return async (input, init) => {
    const address = input instanceof Request ? input.url : new URL(String(input), base()).href;
    if (!isThere() && isTunnelled(address))
      throw new TypeError("The way to the PC is gone: load this page again.");
    return fetch(input, init);
  };
}

export function wrapFetch({
  fetch,
  isTunnelled,
  base,
  cookiesWritten,
}: RequestTools): typeof globalThis.fetch {
  return async (input, init) => {
    const written = cookiesWritten();
    if (written !== undefined) await written;
    const isRequest = input instanceof Request;
    const address = isRequest ? input.url : new URL(String(input), base()).href;
    if (!isTunnelled(address)) return fetch(input, init);
    const { given, options } = prepared(input, init);
    const method = (options?.method ?? (isRequest ? input.method : "GET")).toUpperCase();
    const asked = { ...(isRequest && wordsOf(input)), ...options, method };
    const answered = async () => inTheEnd(await fetch(given, options), asked, fetch);
    if (!MAY_REPEAT.has(method)) return answered();
    try {
      return await answered();
    } catch (error) {
      // A worker that was stopped in the middle of it; a connection that is gone fails again.
      if (asked.signal?.aborted || !(error instanceof TypeError)) throw error;
      return answered();
    }
  };
}

/** Asks again, with what it was given, for as long as there is no answer. The body was sent the first time. */
async function inTheEnd(
  first: Response,
  asked: RequestInit,
  fetch: typeof globalThis.fetch,
): Promise<Response> {
  let answer = first;
  for (;;) {
    const ticket = answer.headers.get(LATER_HEADER);
    if (ticket === null) return answer;
    const { body: _, ...words } = asked;
    answer = await fetch(answer.url, { ...words, headers: { [WAITS_HEADER]: ticket } });
  }
}

/** All of a request but its body and headers, as `fetch` takes them. */
function wordsOf({ mode, credentials, cache, redirect, integrity, signal }: Request): RequestInit {
  return { mode, credentials, cache, redirect, integrity, signal };
}

function prepared(input: RequestInfo | URL, init: RequestInit | undefined) {
  const length = lengthOf(init?.body);
  const isKept = (input instanceof Request && input.keepalive) || init?.keepalive === true;
  // `no-cors` allows no header of ours; the worker finds out for itself.
  const mode = init?.mode ?? (input instanceof Request ? input.mode : "cors");
  let options = init;
  if (isKept) options = { ...options, keepalive: false };
  if (mode !== "no-cors") {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    headers.set(WAITS_HEADER, WAITS);
    if (length !== undefined) headers.set(LENGTH_HEADER, length);
    // What stands in a request object beside its headers would be forgotten for them (Fetch, "new Request", step 12).
    const { referrer, referrerPolicy } = input instanceof Request ? input : {};
    const said = { ...(referrer !== undefined && { referrer }), ...(referrerPolicy && { referrerPolicy }) };
    options = { ...said, ...options, headers };
  }
  return { given: input, options };
}

/** In bytes, or `stream`; undefined where it is not known before it was sent. */
function lengthOf(body: unknown): string | undefined {
  if (typeof body === "string") return String(new TextEncoder().encode(body).length);
  if (body instanceof URLSearchParams) return String(new TextEncoder().encode(String(body)).length);
  if (body instanceof Blob) return String(body.size);
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return String(body.byteLength);
  return body instanceof ReadableStream ? "stream" : undefined;
}

export function wrapRequestObjects(Native: typeof XMLHttpRequest, tools: RequestTools): void {
  const { isTunnelled, isThere, base, cookiesWritten, warn } = tools;
  const { open, send } = Native.prototype;
  const tunnelled = new WeakSet<XMLHttpRequest>();
  Native.prototype.open = function (
    method: string,
    url: string | URL,
    isAsync = true,
    ...rest: (string | null)[]
  ) {
    const isOurs = isTunnelled(new URL(String(url), base()).href);
    if (isOurs && !isAsync) {
      warn(
        "Synchronous XMLHttpRequest does not pass the tunnel to the PC and was refused: make it asynchronous.",
      );
      throw new DOMException("Synchronous requests are not available here.", "InvalidAccessError");
    }
    if (isOurs) tunnelled.add(this);
    else tunnelled.delete(this);
    // There is nothing at that address, and nobody is asked for it.
    const address = isOurs && !isThere() ? "about:invalid" : url;
    Reflect.apply(open, this, [method, address, isAsync, ...rest]);
  };
  Native.prototype.send = function (body?: Document | XMLHttpRequestBodyInit | null) {
    const length = tunnelled.has(this) ? lengthOf(body) : undefined;
    if (length !== undefined) this.setRequestHeader(LENGTH_HEADER, length);
    const written = tunnelled.has(this) ? cookiesWritten() : undefined;
    if (written === undefined) send.call(this, body);
    else {
      void written.then(() => {
        // It may have been aborted, or opened anew, meanwhile.
        if (this.readyState === Native.OPENED) send.call(this, body);
      });
    }
  };
}

/** `navigator.sendBeacon`: through the worker, which goes on with it when the page is gone. */
export function wrapBeacon(
  { fetch, isTunnelled, isThere, base }: RequestTools,
  native: Navigator["sendBeacon"],
): Navigator["sendBeacon"] {
  return (url, body) => {
    const to = new URL(String(url), base()).href;
    if (!isTunnelled(to)) return native(url, body);
    if (!isThere()) return false;
    const type = typeof body === "string" ? { "content-type": "text/plain;charset=UTF-8" } : undefined;
    const options = { method: "POST", body: body ?? null, ...(type && { headers: type }) };
    fetch(`${CALL.beacon}?to=${encodeURIComponent(to)}`, options).catch(() => undefined);
    return true;
  };
}
